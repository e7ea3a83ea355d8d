"""The numbers in the paper's figures 7 and 8: computational bottlenecks, and memory traffic."""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.paper.reproduce import count


class Claim(NamedTuple):
    """One statement of the paper.

    Attributes:
        name: figure-7 or figure-8.
        text: the statement.
        printed: the number as printed.
        computed: the same number for darkcsp's networks.
        unit: unit of both numbers.
        from_: how the number is computed.
    """

    name: str
    text: str
    printed: float
    computed: float
    unit: str
    from_: str


def claims() -> tuple[Claim, ...]:
    """Compute every number that the paper gives for figures 7 and 8."""
    efm, prn, yolo = (count(name) for name in ("csppeleenet-efm", "peleenet-prn", "peleenet-yolov3"))
    plain, csp = count("peleenet"), count("csppeleenet")
    return (
        Claim(
            "figure-7",
            "CSPPeleeNet-EFM's largest layer against PeleeNet-PRN's, which is in the backbone",
            -44,
            change(efm.largest, prn.largest),
            "%",
            f"{efm.largest:.4f} and {prn.largest:.4f} BFLOPs at 416 x 416",
        ),
        Claim(
            "figure-7",
            "CSPPeleeNet-EFM's largest layer against PeleeNet-YOLO's",
            -80,
            change(efm.largest, yolo.largest),
            "%",
            f"{efm.largest:.4f} and {yolo.largest:.4f} BFLOPs at 416 x 416",
        ),
        Claim(
            "figure-7",
            "CSPPeleeNet's largest layer against PeleeNet's",
            -44,
            change(csp.largest, plain.largest),
            "%",
            f"{csp.largest:.4f} and {plain.largest:.4f} BFLOPs at 224 x 224",
        ),
        Claim("figure-8", "CIO of ResNeXt-50", 34.4, count("resnext50").traffic, "M", "at 256 x 256"),
        Claim("figure-8", "CIO of CSPResNeXt-50", 32.6, count("csresnext50").traffic, "M", "at 256 x 256"),
    )


def change(ours: float, theirs: float) -> float:
    """Return by how many percent `ours` exceeds `theirs`."""
    return 100 * (ours / theirs - 1)
