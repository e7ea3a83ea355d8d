"""[batchnorm]: parse_batchnorm in src/parser.c, src/batchnorm_layer.c.

pjreddie's CPU program crashes on it (it copies to memory that it has not set aside); what its GPU program computes
follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.spec import Blob, Parametric, Position, Shape, chained, layer


@layer
@dataclass(frozen=True, kw_only=True)
class Batchnorm(Parametric):
    """Batch normalisation as a layer of its own. Darknet counts no FLOPs for it."""

    sections = ("batchnorm",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Batchnorm:
        """Read a [batchnorm] section. Darknet does not ask for `dontloadscales` here."""
        return cls(**chained(at), loads=not options.flag("dontload"))

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases, scales, means, variances; pjreddie's program stores no biases, they are 0."""
        names = ["biases"] if self.dialect == "AlexeyAB" else []
        return tuple(Blob(name, (self.input.c,)) for name in [*names, "scales", "means", "variances"])
