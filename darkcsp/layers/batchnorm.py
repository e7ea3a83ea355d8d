"""[batchnorm]: parse_batchnorm in src/parser.c, src/batchnorm_layer.c.

pjreddie's CPU program crashes on it (it copies to memory that it has not allocated), so this follows his GPU program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.batch_normalization import BatchNormalization, batch_normalization_of, batchnorm_names
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Batchnorm(Parametric):
    """Batch norm as a separate layer. Darknet counts no FLOPs for it.

    Attributes:
        normalization: how it is computed.
        stores_biases: whether the file has biases; in pjreddie's program they are 0.
        initial: initial (mean, variance) of each channel if they are in no file, or a single pair if all channels have
            the same; () if they come from the file.
    """

    sections = ("batchnorm",)

    normalization: BatchNormalization
    stores_biases: bool
    initial: tuple[tuple[float, float], ...] = ()

    @classmethod
    def read(cls, options: Options, at: Position) -> Batchnorm:
        """Read a [batchnorm] section. Darknet does not read `dontloadscales` here."""
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
        """Biases (if they are stored), scales, means, variances."""
        names = ["biases"] if self.stores_biases else []
        return tuple(Blob(name, (self.input.c,)) for name in [*names, "scales", "means", "variances"])

    @property
    def initial_values(self) -> Mapping[str, float | tuple[float, ...]]:
        """The values of `initial`."""
        if not self.initial:
            return {}
        means, variances = zip(*self.initial, strict=True)
        if len(self.initial) == 1:
            (means,), (variances,) = means, variances
        return {"biases": 0.0, "scales": 1.0, "means": means, "variances": variances}

    @property
    def checkpoint_names(self) -> Mapping[str, str]:
        """The names of a BatchNorm2d."""
        return batchnorm_names()


IMAGENET = ((0.485, 0.0524), (0.456, 0.0502), (0.406, 0.0506))
"""(mean, variance) of ImageNet's red, green and blue, the initial values in WongKinYiu's program."""


@reads(Batchnorm, "BatchNorm2d")
def read_for_pytorch(options: Options, at: Position) -> Batchnorm:
    """Read a [BatchNorm2d] section of WongKinYiu's readers, whose parameters are in no `.weights` file."""
    of_picture = at.index == 0 and at.input.c == 3
    return Batchnorm(
        **chained(at),
        normalization=batch_normalization_of(at.program),
        stores_biases=True,
        initial=IMAGENET if of_picture else ((0.0, 1.0),),
        loads=False,
    )
