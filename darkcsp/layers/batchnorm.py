"""[batchnorm]: parse_batchnorm in src/parser.c, src/batchnorm_layer.c.

pjreddie's CPU program crashes on it (it copies to memory that it has not set aside); what its GPU program computes
follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.batch_normalization import BatchNormalization, batch_normalization_of
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import chained


@layer
@dataclass(frozen=True, kw_only=True)
class Batchnorm(Parametric):
    """Batch normalisation as a layer of its own. Darknet counts no FLOPs for it.

    Attributes:
        normalization: how it is computed.
        stores_biases: whether the file has biases; in pjreddie's program they are 0.
    """

    sections = ("batchnorm",)

    normalization: BatchNormalization
    stores_biases: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Batchnorm:
        """Read a [batchnorm] section. Darknet does not ask for `dontloadscales` here."""
        return cls(
            **chained(at),
            normalization=batch_normalization_of(at.program),
            stores_biases=at.program.author != "pjreddie",
            loads=not options.flag("dontload"),
        )

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases where they are stored, scales, means, variances."""
        names = ["biases"] if self.stores_biases else []
        return tuple(Blob(name, (self.input.c,)) for name in [*names, "scales", "means", "variances"])
