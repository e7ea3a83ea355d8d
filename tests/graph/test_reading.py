"""How a cfg is read, as one value."""

from __future__ import annotations

from darkcsp.cfg import parse_cfg
from darkcsp.graph import build_graph
from darkcsp.graph.reading import CfgReading, read_graph
from darkcsp.limits import NO_LIMITS
from darkcsp.modelfile.options import ExportOptions
from tests.networks import DETECTOR


def test_every_field_is_handed_on() -> None:
    cfg = parse_cfg(DETECTOR, "x.cfg")
    reading = CfgReading((64, 96), "cpu", "alexeyab", True, True, NO_LIMITS)
    graph = read_graph(cfg, reading)
    assert (graph.input, graph.program.semantics, graph.limits) == ((3, 96, 64), "cpu", NO_LIMITS)
    assert read_graph(cfg, CfgReading()).program == build_graph(cfg).program


def test_options_of_an_export_say_how_the_cfg_is_read() -> None:
    reading = CfgReading((64, 96), "cpu", "alexeyab", True, True, NO_LIMITS)
    assert ExportOptions(**reading._asdict()).reading == reading
    assert ExportOptions().reading == CfgReading()
