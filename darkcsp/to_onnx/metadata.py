"""What a model says of itself in its metadata."""

from __future__ import annotations

import json
from collections.abc import Sequence

from darkcsp.graph.graph import Graph
from darkcsp.to_onnx.picture import InputType
from darkcsp.to_onnx.suppression import DEFAULT, Suppression
from darkcsp.version import __version__


def metadata(
    graph: Graph,
    head: str,
    names: Sequence[str],
    input: InputType = "float32",
    suppression: Suppression = DEFAULT,
) -> dict[str, str]:
    """What a reader of the file alone needs: how to prepare pictures and how to name what is found."""
    heads = [
        {
            "layer": spec.index,
            "type": spec.type,
            "classes": spec.classes,
            "compares_objectness": spec.compares_objectness,
            "nms": {"kind": spec.nms[0], "beta": spec.nms[1]},
            **spec.metadata,
        }
        for spec in graph.heads
    ]
    values: dict[str, object] = {
        "version": __version__,
        "cfg_sha256": graph.cfg.sha256,
        "head": head,
        "kind": "detector" if graph.heads else "classifier",
        "input": {"channels": graph.input.c, "height": graph.input.h, "width": graph.input.w},
        "letter_box": graph.net.letter_box,
        "heads": heads,
        "names": list(names),
    }
    if input != "float32":
        values["input_type"] = input
    if head == "nms" and graph.heads:
        values["suppression"] = {"threshold": suppression.threshold, "nms": suppression.nms}
    if graph.output.parents:
        values["parents"] = graph.output.parents
    return {f"darkcsp.{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
