"""Small cfgs that ask for much are refused before the work begins, and what is large and simple is read fast."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from pathlib import Path

import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.errors import CfgError, GraphError, LimitError, OptionError
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.differences import differences
from darkcsp.limits import DEFAULT_LIMITS, NO_LIMITS, LimitName, Limits
from darkcsp.spec.program import Dialect, Semantics
from tests.reference import UPSTREAM


def net(width: int, height: int, channels: int) -> str:
    return f"[net]\nwidth={width}\nheight={height}\nchannels={channels}\n"


NET = net(8, 8, 3)
THEIRS = "size=1\nstride=1\npad=0\nactivation=linear\n"


def build(
    text: str,
    limits: Limits = DEFAULT_LIMITS,
    dialect: Dialect = "auto",
    semantics: Semantics = "trained",
    permissive: bool = False,
) -> Graph:
    cfg = parse_cfg(text, "x.cfg", limits=limits)
    return build_graph(cfg, limits=limits, dialect=dialect, semantics=semantics, permissive=permissive)


TOO_MUCH: list[tuple[LimitName, str]] = [
    ("cfg_bytes", NET + "#" * 1_000_000),
    ("sections", NET + "[empty]\n" * 12_000),
    ("options", NET + "[empty]\n" + "a=1\n" * 1001),
    ("items", NET + "[convolutional]\nfilters=18\n[yolo]\nclasses=1\nnum=100000000\n"),
    ("items", NET + "[region]\nclasses=1\nnum=2147483647\n"),
    ("items", NET + "[empty]\n[route]\nlayers=" + "0," * 20_000),
    ("digits", NET + "[convolutional]\nfilters=" + "1" * 5000 + "\n"),
    ("digits", NET + "[yolo]\nanchors=1,2," + "3" * 5000 + "\n"),
    ("window", NET + "[local_avgpool]\npadding=2147483647\n"),
    ("window", NET + "[local_avgpool]\nsize=2147483647\n"),
    ("window", NET + "[maxpool]\nsize=100000\nstride=1\n"),
    ("window", NET + "[deconvolutional]\nstride=2147483647\n"),
    ("window", NET + "[upsample]\nstride=-2147483648\n"),
    ("window", NET + "[crnn]\npad=1\nsize=99999\n"),
    ("window", NET + "[local]\npad=99999\n"),
    ("window", NET + "[reorg]\nstride=20000\n"),
    ("window", NET + "[convolutional]\nsize=3\npad=1\ndilation=50000\n"),
    ("activations", NET + "[upsample]\nstride=800\n" + "[activation]\n" * 2000),
    ("parameters", NET + "[empty]\n" + "[route]\nlayers=0\n[connected]\noutput=10000000\n" * 3),
    ("multiplications", net(500, 500, 3) + "[convolutional]\nfilters=1000\nsize=499\npad=1\n"),
    ("multiplications", net(300, 300, 900) + "[deconvolutional]\nfilters=20\nsize=300\n"),
    ("constants", net(10000, 10000, 3) + "[convolutional]\nfilters=6\n[yolo]\nclasses=1\n"),
    ("constants", NET + "[convolutional]\nfilters=100000\n[normalization]\n"),
    ("constants", NET + "[reorg3d]\nstride=8\n[history]\nhistory_size=50000\n[maxpool]\nantialiasing=1\n"),
    ("constants", net(4096, 4096, 4) + "[conv_lstm]\npad=1\noutput=4\nbottleneck=1\nshortcut=1\n"),
    ("constants", net(8, 8, 3) + "[implicit_add]\nfilters=100000000\n"),
    ("steps", NET + "[upsample]\nstride=20\n[local]\nsize=120\n"),
    ("steps", net(1, 1, 1_000_000) + "[maxpool]\nmaxpool_depth=1\nout_channels=1\n"),
    ("steps", NET + "[empty]\n" + ("[shortcut]\nfrom=" + "0," * 5000 + "0\n") * 2),
]


@pytest.mark.parametrize(("name", "text"), TOO_MUCH)
def test_what_asks_for_too_much_is_refused_before_the_work(name: LimitName, text: str) -> None:
    began = time.process_time()
    with pytest.raises(LimitError, match=rf"Limits\({name}=\.\.\.\) or --no-limits") as caught:
        build(text)
    assert time.process_time() - began < 2
    assert caught.value.limit == name
    assert caught.value.found > caught.value.most
    assert len(str(caught.value)) < 400


def test_limits_can_be_raised_one_by_one() -> None:
    text = net(64, 64, 3) + "[convolutional]\nfilters=6\n[yolo]\nclasses=1\n"
    low = Limits(constants=8191, window=1)
    with pytest.raises(
        LimitError, match=r"x\.cfg:7: \[yolo\] up to this layer, the network has 8,192 constants besides"
    ):
        build(text, low)
    graph = build(text, Limits(constants=8192, window=1))
    assert graph.limits == Limits(constants=8192, window=1)
    assert differences(graph).layers == {}
    assert build(text, NO_LIMITS).layers == graph.layers


def test_windows_without_limits_are_as_darknet_has_them() -> None:
    assert build(NET + "[maxpool]\nsize=20000\nstride=1\n", NO_LIMITS).layers[0].output == (3, 8, 8)
    with pytest.raises(GraphError, match="at most 2147483647"):
        build(NET + "[local_avgpool]\nsize=2147483647\npadding=2147483647\n".replace("=2", "=1", 1), NO_LIMITS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[dropout]\nprobability=nan\n", "probability=nan: nan is not a finite float32 number"),
        ("[upsample]\nscale=0x1p99999\n", "scale=0x1p99999: inf is not a finite"),
        ("[upsample]\nscale=-1e400\n", "scale=-1e400: -inf is not a finite"),
        ("[upsample]\nscale=1e39\n", "scale=1e39: 1e[+]39 is not a finite"),
        ("[yolo]\nclasses=1\nanchors=1,inf\n", "anchors=1,inf: inf is not a finite"),
        (
            "[convolutional]\nactivation=" + "q" * 1_000_000,
            "activation='q{80}'[.]{3}: AlexeyAB's Darknet does not know this",
        ),
        ("[" + "q" * 1_000_000 + "]\n", "'q{80}'[.]{3}. is not a layer that Darknet knows"),
        ("[softmax]\ngroups=5\n" + "q" * 1_000_000 + "=1\n", "groups=5: must divide the 192 values"),
        ("[convolutional\x1b[31m]\n", r"'convolutional.x1b.31m'. is not a layer"),
    ],
)
def test_values_that_no_network_can_have_are_one_short_line(text: str, message: str) -> None:
    with pytest.raises((OptionError, GraphError), match=message) as caught:
        build(NET + text, NO_LIMITS)
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["5,000", "folder", "null", "loop"])
def test_trees_that_are_no_files_are_not_found(name: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    tree = {"5,000": "x" * 5000, "folder": str(tmp_path), "null": "a\0b", "loop": "loop"}[name]
    cfg = parse_cfg(NET + f"[softmax]\ntree={tree}\n", str(tmp_path / "x.cfg"))
    (notice,) = build_graph(cfg).notices
    assert str(notice).endswith("the file was not found in the current folder, the cfg's folder or its parent folder")
    assert len(notice.message) < 250


def test_trees_that_are_too_large_are_errors_at_the_option(tmp_path: Path) -> None:
    with (tmp_path / "x.tree").open("wb") as file:
        file.truncate(100 * 10**9)
    cfg = parse_cfg(NET + "[softmax]\ntree=x.tree\n", str(tmp_path / "x.cfg"))
    with pytest.raises(LimitError, match=r"x\.cfg:6: \[softmax\] has 100,000,000,000 bytes of class names; at most"):
        build_graph(cfg)


def test_trees_of_too_many_classes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.tree").write_text("\n" * 600_000)
    cfg = parse_cfg(net(1, 1, 600_000) + "[softmax]\ntree=x.tree\n", str(tmp_path / "x.cfg"))
    with pytest.raises(
        LimitError, match=r"x\.cfg:6: \[softmax\] tree=x\.tree: 14,400,000 constants besides the parameters"
    ):
        build_graph(cfg)


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="Linux alone has it")
def test_a_tree_of_the_kernels_messages_is_not_waited_for(tmp_path: Path) -> None:
    cfg = parse_cfg(NET + "[softmax]\ntree=/proc/kmsg\n", str(tmp_path / "x.cfg"))
    with pytest.raises(OptionError, match=r"/proc/kmsg (cannot be read|has .* classes)|gives .* the parent"):
        build_graph(cfg)


MANY, ITEMS = 20_000, 1_000_000

LINEAR = {
    "sections": (NET + "[empty]\n" * MANY, "auto"),
    "sections of theirs": (NET + "[silence]\n" * MANY, "wongkinyiu"),
    "layers with bin_output": (NET + "[convolutional]\nfilters=32\nxnor=1\nbin_output=1\n" * (MANY // 4), "auto"),
    "sums in place": (
        NET
        + f"[convolutional]\nfilters=2\n{THEIRS}[convolutional]\nfilters=4\n{THEIRS}"
        + "[shortcut]\nfrom=0\nactivation=linear\n" * (MANY // 2),
        "wongkinyiu",
    ),
    "unknown options": (NET + "[empty]\n" + "".join(f"a{number}=1\n" for number in range(MANY)), "auto"),
    "unknown options of theirs": (NET + "[foo]\n" + "".join(f"a{i}=1\n" for i in range(MANY)), "wongkinyiu"),
    "options of the first section": (NET + "".join(f"a{i}=1\n" for i in range(MANY)) + "[silence]\n", "wongkinyiu"),
    "repeated options of a long value": (NET + "[empty]\na=" + "q" * ITEMS + "\n" + "a=1\n" * MANY, "auto"),
    "a long name with many options": (NET + "[" + "q" * ITEMS + "]\n" + "a=1\n" * MANY, "wongkinyiu"),
    "sources": (NET + "[empty]\n[route]\nlayers=" + "0," * ITEMS + "0\n", "auto"),
    "sources with remarks": (NET + "[empty]\n[route]\nlayers=" + "0x," * (ITEMS // 4) + "0\n", "auto"),
    "sources of theirs": (NET + "[silence]\n[route]\nlayers=" + "0," * ITEMS + "0\n", "wongkinyiu"),
    "anchors": (NET + "[convolutional]\nfilters=18\n[yolo]\nclasses=1\nnum=3\nanchors=" + "1.5," * ITEMS, "auto"),
}
"""Cfgs that took minutes or hours, when reading them was quadratic."""


@pytest.mark.parametrize("kind", LINEAR)
def test_without_limits_reading_is_linear(kind: str) -> None:
    text, dialect = LINEAR[kind]
    began = time.process_time()
    build(text, NO_LIMITS, dialect)  # type: ignore[arg-type]
    assert time.process_time() - began < 20


def test_a_hundred_thousand_sections_are_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(LimitError, match="has 100,001 sections; at most 12,000"):
        build(NET + "[empty]\n" * 100_000, Limits(cfg_bytes=None))
    assert time.process_time() - began < 5


@pytest.mark.skipif(not UPSTREAM.exists(), reason="no reference data here")
def test_published_cfgs_need_a_tenth_of_the_limits_at_most() -> None:
    tenth = Limits(
        **{
            field.name: getattr(DEFAULT_LIMITS, field.name) // 10
            for field in dataclasses.fields(Limits)
            if field.name != "seconds"
        }
    )
    names = ["AlexeyAB/darknet/cfg/yolov4.cfg", "AlexeyAB/darknet/cfg/yolov4-csp.cfg"]
    for name in names:
        build_graph(UPSTREAM / name, (4096, 4096), limits=tenth)
    for path in sorted(UPSTREAM.rglob("*.cfg")):
        with contextlib.suppress(CfgError):
            build_graph(path, limits=tenth)
