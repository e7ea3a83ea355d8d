"""Claims about a way compared with a peer, and whether they hold."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.bench.eight.network import Network
from scripts.bench.eight.ways import BF16, F32, IMPORTER, INT8, ORT, ORT_INT8, ORT_PLAIN, OURS, PLAIN, UNFOLDED

NOISE = 0.05
"""How far a ratio may fall short of 1: two processes that do the same differ by as much."""


@dataclass(frozen=True)
class Claim:
    """A claim about a way compared with a peer.

    Attributes:
        title, text: short and long.
        way, peer: what is compared.
        mish: whether it is about networks with Mish, or those without; None for all.
        mean: how many times as fast the way must be in the geometric mean.
        least: and for each network.
    """

    title: str
    text: str
    way: str
    peer: str
    mish: bool | None = None
    mean: float | None = None
    least: float | None = None

    @property
    def wanted(self) -> str:
        """The required ratios as text."""
        parts = [f"{self.mean:g} times in the geometric mean"] if self.mean else []
        return " and ".join(parts + ([f"{self.least:g} times for each network"] if self.least else []))


@dataclass(frozen=True)
class Line:
    """A claim and the measured ratios, by network."""

    claim: Claim
    ratios: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Geometric mean."""
        return statistics.geometric_mean(self.ratios.values())

    @property
    def verdict(self) -> str:
        """The measured and required ratios, and whether the claim holds."""
        claim, worst = self.claim, min(self.ratios, key=lambda name: self.ratios[name])
        fails = claim.mean is not None and self.mean < claim.mean
        fails |= claim.least is not None and self.ratios[worst] < claim.least - NOISE
        measured = f"{self.mean:.2f} times, the least {self.ratios[worst]:.2f} ({worst})"
        return f"{measured}; required: {claim.wanted}: {'DOES NOT HOLD' if fails else 'holds'}"


OPENCV = "OpenCV's default engine with the plain export"
CLAIMS = (
    Claim("opencv / plain", f"OpenCV, engine auto, against {OPENCV}", OURS, PLAIN, mean=1.2, least=1.0),
    Claim("opencv / unfolded", "the same against the unfolded export", OURS, UNFOLDED),
    Claim("opencv / importer", "OpenCV against OpenCV 4's Darknet importer", OURS, IMPORTER, mean=1.45),
    Claim("ort / Mish operator", "ONNX Runtime against the Mish operator", ORT, ORT_PLAIN, mish=True, mean=2.5),
    Claim("ort / ort plain", "ONNX Runtime against the plain export", ORT, ORT_PLAIN, mish=False, least=1.0),
    Claim("openvino / plain", f"OpenVINO in float32 against {OPENCV}", F32, PLAIN),
    Claim("bf16 / plain", f"OpenVINO in bf16 against {OPENCV}", BF16, PLAIN, mean=4.0),
    Claim("openvino int8 / plain", f"OpenVINO in int8 against {OPENCV}", INT8, PLAIN, mean=4.0),
    Claim("ort int8 / plain", f"ONNX Runtime in int8 against {OPENCV}", ORT_INT8, PLAIN, mean=4.0),
)


def settle(claim: Claim, networks: Sequence[Network]) -> Line | None:
    """Return the measurement for a claim, None if there is none."""
    of = [network for network in networks if claim.mish in (None, network.mish)]
    ratios = {network.name: network.times_faster(claim.way, claim.peer) for network in of}
    found = {name: ratio for name, ratio in ratios.items() if ratio is not None}
    return Line(claim, found) if found else None
