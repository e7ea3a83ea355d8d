"""The tables in docs/onnx-contract.md that the code gives; the text around them is written by hand.

A table stands between `<!-- made by scripts/make_docs: NAME -->` and `<!-- end of NAME -->`.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from onnx import TensorProto, ValueInfoProto

from darkcsp.graph import Graph, build_graph
from darkcsp.modelfile import ExportOptions, Metadata, Suppression
from darkcsp.modelfile.frame import SEAL
from darkcsp.modelfile.metadata import Calibration
from darkcsp.modelfile.properties import PREFIX
from darkcsp.modelfile.targets import IR_VERSION, OPSET
from darkcsp.to_onnx import model_parts
from darkcsp.weightfile import Weights, read_weights
from scripts.places import ROOT

CFG, WEIGHTS = ROOT / "cfgs" / "digits.cfg", ROOT / "weights" / "digits.weights"

FILES: Mapping[str, ExportOptions] = {
    "the defaults": ExportOptions(),
    "`--head nms`": ExportOptions(head="nms"),
    "`--head raw`": ExportOptions(head="raw"),
    "`--head opencv4`": ExportOptions(head="opencv4"),
    "`--input uint8`": ExportOptions(input="uint8"),
    "`--batch 4`": ExportOptions(batch=4),
}

MEANINGS: Mapping[str, str] = {
    "version": "version of darkcsp that wrote the file",
    "cfg_sha256": "SHA-256 of the cfg, in hex",
    "author": "whose program's rules the cfg was read by",
    "semantics": "what the layers compute: as trained, or as Darknet does on a CPU",
    "head": "form of the output",
    "kind": "`detector` if the network has detection heads, else `classifier`",
    "input": "size of one picture",
    "letter_box": "whether pictures keep their aspect ratio, as with Darknet's `letter_box=1`",
    "resize": "how pictures are resized; without it, `letter_box` decides",
    "heads": "one object for each detection head, see below",
    "names": "class names, empty if none were given",
    "input_type": "element type of `images`; without it, float32",
    "suppression": "what head `nms` keeps",
    "parents": "for a classifier with a tree of classes: each class's parent, -1 for roots",
    "precision": "what layers are computed in or stored as; without it, fp32",
    "calibration": "how the ranges of an int8 file were chosen",
    "frame_sha256": "the file's seal: SHA-256 of everything except the values of large tensors",
}

HEAD_MEANINGS: Mapping[str, str] = {
    "layer": "number of the layer",
    "type": "section name in the cfg",
    "classes": "number of classes",
    "compares_objectness": "whether a box's objectness must exceed the threshold as well",
    "nms": "`nms_kind` and `beta_nms` of the cfg; threshold and overlap unless they are 0.25 and 0.45",
    "anchors": "(width, height) of the head's anchors; for `yolo` in pixels of the input",
    "scale_x_y": "how far a box's centre may lie outside its cell",
    "new_coords": "whether the network's outputs are used without sigmoid and exponential",
}


def page(text: str) -> str:
    """Return the page with its tables made anew. Raises ValueError for an unknown table, or one without an end."""
    for name in re.findall(r"<!-- made by scripts/make_docs: (.+?) -->", text):
        if name not in TABLES:
            raise ValueError(f"onnx-contract.md: there is no table {name!r}, only {', '.join(TABLES)}")
        begin, end = f"<!-- made by scripts/make_docs: {name} -->", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"onnx-contract.md: the table {name!r} has no end; write {end}")
        text = f"{before}{begin}\n\n" + "\n".join(TABLES[name]()) + f"\n\n{end}{after}"
    return text


def files() -> list[str]:
    """What the default model's files take and give, by the options of the conversion."""
    graph = build_graph(CFG)
    weights = read_weights(WEIGHTS, graph)
    return [
        "| `darkcsp convert digits.cfg digits.weights` with | input | outputs |",
        "| --- | --- | --- |",
        *(_file(name, graph, weights, options) for name, options in FILES.items()),
    ]


def _file(name: str, graph: Graph, weights: Weights, options: ExportOptions) -> str:
    model = model_parts(graph, weights, options).skeleton.graph
    return f"| {name} | {_values(model.input)} | {_values(model.output)} |"


def _values(infos: Iterable[ValueInfoProto]) -> str:
    """Names, element types and shapes."""
    texts = []
    elements: Mapping[int, str] = {TensorProto.FLOAT: "float32", TensorProto.UINT8: "uint8"}
    for info in infos:
        tensor = info.type.tensor_type
        shape = ", ".join(side.dim_param or str(side.dim_value) for side in tensor.shape.dim)
        texts.append(f"`{info.name}` {elements[tensor.elem_type]} ({shape})")
    return ", ".join(texts)


def versions() -> list[str]:
    """Opset and IR version."""
    return [f"Operators are those of opset {OPSET} of the default domain, the IR version is {IR_VERSION}."]


def metadata() -> list[str]:
    """Every key, with the value of a file that has them all."""
    plain = Metadata.of_graph(build_graph(CFG), ExportOptions(names=["zero", "one"]))
    full = dataclasses.replace(
        plain,
        resize="opencv",
        head="nms",
        pixels="uint8",
        suppression=Suppression(),
        parents=(-1, 0),
        precision="int8",
        calibration=Calibration("minmax", 300),
    )
    always, every = plain.to_properties(), {**full.to_properties(), SEAL: "9f86d081..."}
    rows = []
    for key, value in every.items():
        short = key.removeprefix(PREFIX)
        shown = {"cfg_sha256": f"{value[:8]}...", "heads": "[...]"}.get(short, value)
        when = "always" if key in always or key == SEAL else "unless default"
        rows.append((key, when, shown, MEANINGS[short]))
    return _table(("key", "written", "example", "meaning"), rows)


def heads() -> list[str]:
    """The members of a head."""
    properties = Metadata.of_graph(build_graph(CFG), ExportOptions()).to_properties()
    values, *_ = json.loads(properties[f"{PREFIX}heads"])
    rows = [(key, json.dumps(value), HEAD_MEANINGS[key]) for key, value in values.items()]
    return _table(("member", "example", "meaning"), rows)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows with all but the last column, and `written`, as code."""
    lines = ["| " + " | ".join(titles) + " |", "| " + " | ".join("---" for _ in titles) + " |"]
    for row in rows:
        named = zip(titles, row, strict=True)
        cells = [text if title in ("written", "meaning") else f"`{text}`" for title, text in named]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


TABLES: Mapping[str, Callable[[], list[str]]] = {
    "files": files,
    "versions": versions,
    "metadata": metadata,
    "heads": heads,
}
