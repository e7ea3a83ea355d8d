"""Everything that reads a file from others: how to call it, valid files, and words of the format.

A new reader is a function and a row of `TARGETS`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import cv2
import numpy as np

from darkcsp.cfg import parse_cfg
from darkcsp.checkpoint import read_parameters
from darkcsp.detect.data_file import read_data
from darkcsp.detect.names import read_names
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.differences import differences
from darkcsp.media import read_picture
from darkcsp.media.coco_annotations import read_annotations
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.runtimes import engines_of, open_runtime
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice.cache import remembered
from darkcsp.spec.program import AUTHORS, DIALECTS, SEMANTICS
from darkcsp.spec.registry import names_of
from darkcsp.to_onnx import build_onnx
from scripts.fuzzing.inputs.judging import Check
from scripts.fuzzing.networks.drawing import draw_network
from scripts.fuzzing.networks.families import FAMILIES
from tests.networks import CLASSIFIER, DETECTOR, POOLING, graph_of, weights_bytes, weights_of

Bytes = Callable[[], Sequence[bytes]]

SMALL = 1_000_000
"""Networks with up to this many numbers and multiplications are built completely."""

PICTURES = (".bmp", ".jpg", ".png", ".ppm", ".tiff", ".webp")


class Target(NamedTuple):
    """A reader.

    Attributes:
        check: passes it a file.
        files: valid files.
        tokens: bytes that may be inserted into them.
        seconds: processor time allowed for one file; 2 by default.
    """

    check: Check
    files: Bytes
    tokens: Bytes = tuple
    seconds: float | None = None


@contextmanager
def _file(data: bytes, suffix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"x{suffix}")
        path.write_bytes(data)
        yield path


@cache
def _cfgs() -> Sequence[bytes]:
    drawn = [draw_network(family, seed, 6)[0] for family in FAMILIES.values() for seed in range(60)]
    return [text.encode() for text in (DETECTOR, POOLING, CLASSIFIER, *drawn)]


@cache
def _cfg_words() -> Sequence[bytes]:
    names = sorted({name for author in AUTHORS for name in names_of(author)})
    keys = sorted({line.split(b"=")[0] for text in _cfgs() for line in text.split(b"\n") if b"=" in line})
    sections = [f"\n[{name}]\n".encode() for name in names]
    return [*sections, *(b"\n" + key + b"=" for key in keys), b",", b"#", b";", b"=", b"\0", b"\xff", b"\r", b"\x1b[2J"]


def _check_cfg(data: bytes) -> None:
    """Read it in a way chosen by its bytes; small networks are also written."""
    way = crc32(data)
    graph = build_graph(
        parse_cfg(data.decode("utf-8", "surrogateescape"), "x.cfg"),
        size=(None, None, (64, 32))[way // 7 % 3],
        semantics=SEMANTICS[way % len(SEMANTICS)],
        dialect=DIALECTS[way // 11 % len(DIALECTS)],
    )
    assert isinstance(differences(graph).line, str) and graph.flops >= 0
    for notice in graph.notices:
        assert str(notice).isprintable()
    if max(graph.parameters, graph.flops, sum(spec.output.size for spec in graph.layers)) < SMALL:
        build_onnx(graph, weights_of(graph), head=("decoded", "raw", "nms")[way // 13 % 3])


@cache
def _graph() -> Graph:
    return graph_of(DETECTOR)


@cache
def _their_graph() -> Graph:
    return graph_of(POOLING, dialect="wongkinyiu")


def _check_weights(data: bytes) -> None:
    with _file(data, ".weights") as path:
        weights = read_parameters(path, _graph())
        for blobs in weights.values():
            for array in blobs.values():
                float(np.abs(array).max())


def _check_checkpoint(suffix: str) -> Check:
    def check(data: bytes) -> None:
        with _file(data, suffix) as path:
            read_parameters(path, _their_graph())

    return check


@cache
def _checkpoints() -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Return the same parameters as `.pt` and as `.safetensors`."""
    import torch
    from safetensors.torch import save_file

    from darkcsp.to_torch import Network

    state = Network(_their_graph(), weights_of(_their_graph())).checkpoint()
    with tempfile.TemporaryDirectory() as folder:
        pickled, safe = Path(folder, "x.pt"), Path(folder, "x.safetensors")
        torch.save({"model": state}, pickled)
        save_file(dict(state), safe)
        return [pickled.read_bytes()], [safe.read_bytes()]


@cache
def _models() -> Sequence[bytes]:
    graphs = [graph_of(text) for text in (DETECTOR, CLASSIFIER)]
    made = [build_onnx(graph, weights_of(graph), head=head) for graph in graphs for head in ("decoded", "raw", "nms")]
    return [model.SerializeToString() for model in made]


def _check_model(data: bytes) -> None:
    with _file(data, ".onnx") as path:
        file = read_onnx_file(path)
        Metadata.from_properties(file.properties, file.path)


def _check_engine(data: bytes) -> None:
    """Open it with an engine chosen by its bytes, and run it, in a separate process first."""
    choices = [(name, engine) for name in ("onnxruntime", "opencv", "openvino") for engine in sorted(engines_of(name))]
    backend, engine = choices[crc32(data) % len(choices)]
    with _file(data, ".onnx") as path:
        runtime = open_runtime(path, backend=backend, engine=engine)
        runtime.run(np.zeros((1, *runtime.input_shape), np.float32))


@cache
def _properties() -> Sequence[bytes]:
    graphs = [graph_of(text) for text in (DETECTOR, CLASSIFIER)]
    models = [build_onnx(graph, weights_of(graph), head=head) for graph in graphs for head in ("decoded", "nms")]
    return [json.dumps({item.key: item.value for item in model.metadata_props}).encode() for model in models]


def _check_properties(data: bytes) -> None:
    """Read what is still an object of strings; anything else cannot be in a file."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(found, dict):
        Metadata.from_properties({key: str(value) for key, value in found.items()}, "x.onnx")


def _check_names(data: bytes) -> None:
    with _file(data, ".names") as path:
        read_names(path)


def _check_data(data: bytes) -> None:
    with _file(data, ".data") as path:
        found = read_data(path)
        found.read_names()
        found.pictures()


def _check_annotations(data: bytes) -> None:
    with _file(data, ".json") as path:
        read_annotations(path).image_id("a/1.jpg")


TREE = b"thing -1\nanimal 0\nvehicle 0\ndog 1\ncat 1\ncar 2\n"
TREE_CFG = "[net]\nwidth=8\nheight=8\n\n[convolutional]\nfilters=6\n\n[softmax]\ntree=x.tree\nclasses=6\n"


def _check_tree(data: bytes) -> None:
    with _file(data, ".tree") as path:
        graph = build_graph(parse_cfg(TREE_CFG, str(path.with_suffix(".cfg"))))
        build_onnx(graph, weights_of(graph))


@cache
def _pictures() -> Sequence[bytes]:
    picture = np.random.default_rng(0).integers(0, 256, (9, 14, 3), np.uint8)
    return [cv2.imencode(suffix, picture)[1].tobytes() for suffix in PICTURES]


def _check_picture(data: bytes) -> None:
    with _file(data, PICTURES[crc32(data) % len(PICTURES)]) as path:
        read_picture(path)


def _check_choice(data: bytes) -> None:
    with _file(data, ".json") as path:
        remembered(path, [Candidate("opencv", "new")])


DEEP = b"[" * 5000

TARGETS: Mapping[str, Target] = {
    "cfg": Target(_check_cfg, _cfgs, _cfg_words),
    "weights": Target(_check_weights, lambda: [weights_bytes(_graph())]),
    "pt": Target(_check_checkpoint(".pt"), lambda: _checkpoints()[0], lambda: [b"c", b"R", b".", b"posix\nsystem\n"]),
    "safetensors": Target(_check_checkpoint(".safetensors"), lambda: _checkpoints()[1], lambda: [b"{", DEEP]),
    "onnx": Target(_check_model, _models, lambda: [b"darkcsp.heads", DEEP, b"NaN"]),
    "engine": Target(_check_engine, _models, seconds=90.0),
    "metadata": Target(_check_properties, _properties, lambda: [DEEP, b"NaN", b"Infinity", b"null", b"{}", b"\\u001b"]),
    "names": Target(_check_names, lambda: [b"dog\ncat\n\nhorse\n"], lambda: [b"\0", b"\xff", b"\xe2\x80\xa8", b"\x1b"]),
    "data": Target(
        _check_data,
        lambda: [b"classes= 2\nnames = data/x.names\nvalid = x.txt\n"],
        lambda: [b"\0", b"/dev/zero", b"..", b"=", b"names=", b"valid="],
    ),
    "annotations": Target(
        _check_annotations,
        lambda: [b'{"images": [{"id": 1, "file_name": "a/1.jpg"}], "categories": [{"id": 1, "name": "cat"}]}'],
        lambda: [DEEP, b"NaN", b"null", b"{}", b"[]", b'"id"', b'"images"', b"\\ud800", b"9" * 5000],
    ),
    "tree": Target(_check_tree, lambda: [TREE], lambda: [b"\n", b" -1", b"\0", b"\xff"]),
    "picture": Target(_check_picture, _pictures),
    "choice": Target(_check_choice, lambda: [b'{"model": "x", "chosen": "opencv/new"}'], lambda: [DEEP]),
}
"""Name -> reader."""
