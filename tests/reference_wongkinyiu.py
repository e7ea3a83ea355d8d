"""Cases measured with WongKinYiu's PyTorch readers: sections beside this file, networks where they are present."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from darkcsp.cfg import parse_cfg
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.program import Dialect
from darkcsp.weightfile import Header, Weights, parse_weights
from tests.reference import HERE, INPUT_SALT, SHARED, UPSTREAM, Array

OPS = tuple(sorted((HERE / "golden" / "wongkinyiu").glob("*.npz")))
NETS = tuple(sorted((SHARED / "golden" / "wongkinyiu").glob("*.npz")))
PICTURES = HERE / "golden" / "wongkinyiu" / "pictures" / "letterbox.npz"
EVERY = 8
"""Every such channel of a batch normalisation is narrow, so that its epsilon shows."""

PLAIN = {"bias": (0.6, -0.3), "mean": (0.6, -0.3), "implicit_add": (0.6, -0.3), "implicit_cat": (0.6, -0.3),
         "implicit_mul": (0.6, 0.7), "fusion": (4.0, -2.0)}  # fmt: skip
"""Kind of values -> (width, start) of the range that they are drawn from."""

NARROW = {"scale": 0.05, "var": 0.0025}
"""Kinds between 0.5 and 1.5, and what narrow channels are multiplied by."""

Sampled = tuple[npt.NDArray[np.int64] | None, Array]
"""(flat indices of the values, or None for all of them; values)."""


@dataclass(frozen=True)
class Case:
    """One reference case.

    Attributes:
        meta: its record.
        cfg_text, cfg_path: the cfg, and the path by which its reader chose strides.
        weights_bytes: the whole `.weights` file.
        learned: {layer: values} of what no such file holds.
        inputs: (N, 3, H, W).
        expected: by name: layer_0, head0, decoded, nms.
    """

    name: str
    meta: Mapping[str, Any]
    cfg_text: str
    cfg_path: str
    weights_bytes: bytes
    learned: Mapping[int, Array]
    inputs: Array
    expected: Mapping[str, Sampled]

    @property
    def dialect(self) -> Dialect:
        return "wongkinyiu-u3" if self.meta["reader"][1] == "u3_preview" else "wongkinyiu"

    def graph(self) -> Graph:
        height, width = self.inputs.shape[2:]
        return build_graph(parse_cfg(self.cfg_text, self.cfg_path), (width, height), dialect=self.dialect)

    def weights(self, graph: Graph) -> Weights:
        """Those of the file, and what it does not hold."""
        found = parse_weights(self.weights_bytes, graph, f"{self.name}.weights")
        arrays = dict(found)
        for layer, values in self.learned.items():
            (blob,) = graph.layers[layer].blobs
            arrays[layer] = {blob.name: values.reshape(blob.shape)}
        return Weights(arrays, Header(always_wide=True), found.path, found.layers_total)

    def error(self, name: str, output: npt.NDArray[np.float32]) -> float:
        """Largest absolute difference, divided by the largest absolute reference value."""
        return relative_error(output, self.expected[name])


def relative_error(output: npt.NDArray[np.float32], expected: Sampled) -> float:
    index, want = expected
    got = np.asarray(output, np.float32).reshape(-1)
    got = got if index is None else got[index]
    assert got.shape == want.reshape(-1).shape
    difference = float(np.abs(got - want.reshape(-1)).max(initial=0))
    return difference / max(float(np.abs(want).max(initial=0)), 1e-6)


def load_case(path: Path) -> Case:
    """Load a case: what it does not hold itself is drawn from its seed."""
    data = np.load(path, allow_pickle=False)
    meta = json.loads(str(data["meta"]))
    seed = zlib.crc32(path.stem.encode())
    assert seed == meta["seed"]
    arrays = _drawn(meta["segments"], seed, meta["gain"])
    held = meta["in_file"]
    inputs = np.random.RandomState(seed ^ INPUT_SALT).random_sample(meta["input"]).astype("<f4")
    return Case(
        name=path.stem,
        meta=meta,
        cfg_text=str(data["cfg"]) if "cfg" in data.files else _upstream(meta),
        cfg_path=meta["cfg"],
        weights_bytes=Header(always_wide=True).to_bytes() + b"".join(array.tobytes() for array in arrays[:held]),
        learned={segment[0]: array for segment, array in zip(meta["segments"][held:], arrays[held:], strict=True)},
        inputs=inputs,
        expected=dict(_expected(data, meta)),
    )


def _upstream(meta: Mapping[str, Any]) -> str:
    raw: bytes = (UPSTREAM / meta["cfg"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == meta["sha256"], f"{meta['cfg']} is not the file that was measured"
    return raw.decode("utf-8")


def _drawn(segments: list[tuple[int, str, int, int]], seed: int, gain: float) -> list[Array]:
    rng = np.random.RandomState(seed)

    def weight(count: int, fan: int) -> npt.NDArray[np.float64]:
        return cast("npt.NDArray[np.float64]", rng.standard_normal(count) * (gain * np.sqrt(2.0 / max(fan, 1))))

    def plain(width: float, start: float) -> Callable[[int, int], npt.NDArray[np.float64]]:
        return lambda count, _: rng.random_sample(count) * width + start

    def narrow(factor: float) -> Callable[[int, int], npt.NDArray[np.float64]]:
        return lambda count, _: (rng.random_sample(count) + 0.5) * np.where(np.arange(count) % EVERY, 1.0, factor)

    draw: dict[str, Callable[[int, int], npt.NDArray[np.float64]]] = {"weight": weight}
    draw |= {kind: plain(*limits) for kind, limits in PLAIN.items()}
    draw |= {kind: narrow(factor) for kind, factor in NARROW.items()}
    return [draw[kind](count, fan).astype("<f4") for _, kind, count, fan in segments]


def _expected(data: Any, meta: Mapping[str, Any]) -> list[tuple[str, Sampled]]:
    found: list[tuple[str, Sampled]] = []
    for name in meta["tensors"]:
        index = np.cumsum(data[f"i_{name}"].astype(np.int64)) if f"i_{name}" in data.files else None
        found.append((name, (index, data[f"v_{name}"])))
    start = 0
    for layer in meta["layers"]:
        count = layer["samples"]
        if count:
            rng = np.random.RandomState((meta["seed"] + layer["i"]) & 0xFFFFFFFF)
            index = rng.randint(0, int(np.prod(layer["shape"])), size=count)
            found.append((f"layer_{layer['i']}", (index, data["layer_values"][start : start + count])))
            start += count
    return found


BOUND = 2e-4
"""Largest error that the cases allow; their page says how close an interpreter can come."""


class Cases(NamedTuple):
    """Cases of one kind; as those of Darknet in reference.py, but for what is in them."""

    family: str
    kind: Literal["op", "net"]
    paths: tuple[Path, ...]
    bound: float = BOUND


CASES = (Cases("wongkinyiu", "op", OPS), Cases("wongkinyiu", "net", NETS))
