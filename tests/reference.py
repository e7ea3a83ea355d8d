"""Cases measured with the real Darknet: single layers beside this file, whole networks where they are present.

There are families of them, `CASES`: what Darknet computes on a CPU, and what it computed where networks were trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.cfg import parse_cfg
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.program import Semantics
from darkcsp.weightfile import Header, Weights, parse_weights
from scripts.places import SHARED as SHARED
from scripts.places import UPSTREAM as UPSTREAM
from tests.initial_weights import initial_weights

HERE = Path(__file__).resolve().parent
INPUT_SALT = 0x5BD1E995
HEADER_BYTES = 20

Array = npt.NDArray[np.float32]
Sampled = dict[int, tuple[npt.NDArray[np.int64] | None, Array]]
"""Layer -> (indices of the sampled values, or None for all, values)."""


@dataclass
class Case:
    """One reference case.

    Attributes:
        cfg_text: the cfg.
        weights_bytes: the whole `.weights` file.
        inputs: (steps, values) float32, each step one picture in Darknet's order.
        layers: Darknet's own record of type, shape and BFLOPs of each layer.
        expected: what each step leaves.
        engine: whose Darknet was measured.
        semantics: on what it ran.
    """

    name: str
    cfg_text: str
    weights_bytes: bytes
    inputs: Array
    layers: list[dict[str, object]]
    expected: list[Sampled]
    engine: str
    semantics: Semantics

    def graph(self) -> Graph:
        return build_graph(parse_cfg(self.cfg_text, f"{self.name}.cfg"), semantics=self.semantics, permissive=True)

    def weights(self, graph: Graph) -> Weights:
        return parse_weights(self.weights_bytes, graph, f"{self.name}.weights")

    def error(self, layer: int, output: npt.NDArray[np.float32], step: int = 0) -> float:
        """Largest absolute difference at a layer, divided by the largest absolute reference value there."""
        index, want = self.expected[step][layer]
        got = np.asarray(output, np.float32).reshape(-1)
        assert got.size == self.layers[layer]["outputs"], f"{self.name}: layer {layer} has {got.size} values"
        got = got if index is None else got[index]
        return float(np.abs(got - want).max() / max(float(np.abs(want).max()), 1e-6)) if want.size else 0.0


def semantics_of(file: Container[str]) -> Semantics:
    """On what a case was measured; those from a CPU say nothing."""
    return "trained" if "semantics" in file else "cpu"


def load_op(path: Path) -> Case:
    """Load a single-layer case."""
    data = np.load(path, allow_pickle=False)
    layers = json.loads(str(data["layers"]))
    steps = data["input"].shape[0]
    expected: list[Sampled] = [
        {layer["i"]: (None, data[key]) for layer in layers if (key := f"out{step}_{layer['i']:02d}") in data.files}
        for step in range(steps)
    ]
    inputs = data["input"].reshape(steps, -1)
    case = Case(
        path.stem,
        str(data["cfg"]),
        data["weights"].tobytes(),
        inputs,
        layers,
        expected,
        str(data["engine"]),
        semantics_of(data.files),
    )
    if len(case.weights_bytes) == HEADER_BYTES and (graph := case.graph()).parameters:
        case.weights_bytes = initial_weights(graph)
    return case


def read_meta(path: Path) -> dict[str, Any]:
    """Read what a case of a network says of itself."""
    meta: dict[str, Any] = json.loads(str(np.load(path, allow_pickle=False)["meta"]))
    return meta


def load_net(path: Path) -> Case:
    """Load a whole network: weights and input are drawn from its seed, outputs are samples of every layer."""
    data, meta = np.load(path, allow_pickle=False), read_meta(path)
    raw = (UPSTREAM / meta["cfg"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == meta["sha256"], f"{meta['cfg']} is not the file that was measured"
    seed = meta["seed"]
    inputs = np.random.RandomState(seed ^ INPUT_SALT).random_sample(meta["inputs"]).astype("<f4")
    expected: Sampled = {}
    start = 0
    for layer, count in zip(data["index"].tolist(), data["sizes"].tolist(), strict=True):
        size = meta["layers"][layer]["outputs"]
        index = np.random.RandomState(seed + layer).randint(0, size, size=min(256, size))[:count]
        expected[layer] = (index, data["samples"][start : start + count])
        start += count
    weights = weights_file(meta)
    text = raw.decode("utf-8", "replace")
    return Case(path.stem, text, weights, inputs[None], meta["layers"], [expected], meta["engine"], semantics_of(meta))


def weights_file(meta: Mapping[str, Any]) -> bytes:
    """The `.weights` file of a whole network."""
    return Header(0, 2, 5).to_bytes() + draw_weights(meta["segments"], meta["seed"]).tobytes()


def draw_weights(segments: list[tuple[int, str, int, int]], seed: int) -> Array:
    """Values of a `.weights` file from its plan, [layer, kind, count, fan-in] in file order."""
    rng = np.random.RandomState(seed)
    draw: dict[str, Callable[[int, int], npt.NDArray[np.float64]]] = {
        "weight": lambda n, fan: rng.standard_normal(n) * 0.5 * np.sqrt(2.0 / max(fan, 1)),
        "bias": lambda n, fan: rng.standard_normal(n) * 0.3,
        "scale": lambda n, fan: 0.8 + 0.4 * rng.random_sample(n),
        "mean": lambda n, fan: rng.standard_normal(n) * 0.1,
        "var": lambda n, fan: 0.6 + 0.8 * rng.random_sample(n),
        "shortcut": lambda n, fan: rng.random_sample(n),
        "implicit": lambda n, fan: rng.standard_normal(n) * 0.02,
    }
    parts = [draw[kind](count, fan).astype("<f4") for _, kind, count, fan in segments]
    return np.concatenate(parts) if parts else np.zeros(0, "<f4")


class Cases(NamedTuple):
    """Cases of one kind that were measured in one way.

    Attributes:
        family: how: "cpu" or "trained".
        kind: a few layers, or a whole network.
        paths: the files.
        load: reads one of them.
        bound: largest error of a layer in PyTorch and ONNX Runtime.
    """

    family: str
    kind: Literal["op", "net"]
    paths: tuple[Path, ...]
    load: Callable[[Path], Case]
    bound: float


def _found(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.npz")))


CASES = (
    Cases("cpu", "op", _found(HERE / "golden"), load_op, 1e-5),
    Cases("cpu", "net", _found(SHARED / "golden" / "nets"), load_net, 1e-4),
    Cases("trained", "op", _found(HERE / "golden" / "trained"), load_op, 1e-5),
    Cases("trained", "net", _found(SHARED / "golden" / "trained" / "nets"), load_net, 1e-4),
)


FAMILIES = tuple(dict.fromkeys(cases.family for cases in CASES))


def paths_of(kind: Literal["op", "net"]) -> list[tuple[Cases, Path]]:
    """All files of a kind, each with its family."""
    return [(cases, path) for cases in CASES if cases.kind == kind for path in cases.paths]
