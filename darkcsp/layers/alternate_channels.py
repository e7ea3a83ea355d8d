"""[alternate_channels] of WongKinYiu's programs (yolor)."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.guided import Guided
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AlternateChannels(Guided):
    """The concatenation of an earlier layer, broadcast to the shape of the layer above, and the layer above."""

    sections = ("alternate_channels", "alternate_channels_2d")

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a section. Raises GraphError if the earlier layer cannot be broadcast to the layer above."""
        spec = super().read(options, at)
        assert isinstance(spec, AlternateChannels)
        if spec.input.broadcast(spec.guide) != spec.input:
            raise GraphError(
                options.place_of("from"),
                f"from: the layer it refers to is {spec.guide}, which cannot be broadcast to the layer above, "
                f"{spec.input}",
            )
        return spec

    @property
    def output(self) -> Shape:
        """Twice the channels of the layer above."""
        return self.input._replace(c=2 * self.input.c)
