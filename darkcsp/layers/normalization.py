"""[normalization]: parse_normalization in src/parser.c, src/normalization_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Normalization(Spec):
    """Local response normalisation: y = x (kappa + alpha s)^-beta, where s is the sum of squares of nearby channels.

    Unlike in the AlexNet paper (section 3.3), alpha is not divided by the size, and Darknet's running sum omits one
    channel: see `taps`.

    Attributes:
        size: channels in the window.
        alpha, beta, kappa: the constants.
    """

    sections = ("normalization", "lrn")

    size: int
    alpha: float
    beta: float
    kappa: float

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [normalization] section."""
        spec = cls(
            **chained(at),
            size=options.integer("size", 5, least=1),
            alpha=options.number("alpha", 0.0001),
            beta=options.number("beta", 0.75),
            kappa=options.number("kappa", 1.0),
        )
        if spec.size // 2 > spec.input.c:
            raise options.error("size", f"size/2 must be at most {spec.input.c}, the channels of the input")
        return spec

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input

    @property
    def constants(self) -> int:
        """The table of `taps`, and the kernel built from it."""
        return 2 * self.input.c**2

    @property
    def taps(self) -> tuple[tuple[int, ...], ...]:
        """For each output channel, the factor of each input channel's square in the sum: 0, 1 or -1.

        Darknet starts with the channels below size/2 and then moves the window, so channel size/2 itself is never
        added, but it is subtracted when the window has passed it.
        """
        channels, after, before = self.input.c, self.size // 2, (self.size - 1) // 2
        return tuple(
            tuple(int(here - before <= other <= here + after) - int(other == after) for other in range(channels))
            for here in range(channels)
        )
