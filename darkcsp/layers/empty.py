"""[empty], also [silence]: a case of its own in parse_network_cfg_custom, src/parser.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import ANY_OTHER, layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Empty(Spec):
    """Passes its input on: the layer above's own memory."""

    sections = ("empty", "silence")
    vectors = "keeps"
    authors = ("AlexeyAB",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [empty] section; it has no options."""
        return cls(**chained(at))

    @property
    def hands_on(self) -> bool:
        """Always."""
        return True

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input


@reads(Empty, "silence", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> Empty:
    """Read a [silence] section as WongKinYiu's reader does."""
    _account_for_all(options)
    return Empty(**chained(at))


@reads(Empty, "reorg3d")
def read_reorg3d(options: Options, at: Position) -> Empty:
    """Read a [reorg3d] section, which moves nothing in WongKinYiu's readers."""
    _account_for_all(options)
    options.notice_section("hands its input on: WongKinYiu's reader does nothing there")
    return Empty(**chained(at))


@reads(Empty, ANY_OTHER)
def read_unknown(options: Options, at: Position) -> Empty:
    """Read a section that WongKinYiu's readers do not know: they say so, and hand its input on."""
    _account_for_all(options)
    options.notice_section("is not a layer that WongKinYiu's reader knows; it hands its input on")
    return Empty(**chained(at))


def _account_for_all(options: Options) -> None:
    """Mark every option as read: what hands its input on uses none."""
    for option in options.section.options:
        options.has(option.key)
