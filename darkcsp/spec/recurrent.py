"""Common parts of recurrent layers: sublayers, and state that is kept from one image to the next.

At inference Darknet runs one time step per image, regardless of time_steps in [net], which is for training. It keeps
the state until it is reset.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from darkcsp.cfg.options import Options
from darkcsp.spec.batch_normalization import BatchNormalization
from darkcsp.spec.blob import Blob
from darkcsp.spec.padding import read_padding
from darkcsp.spec.parametric import Parametric
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, SpecFields

Parts = Mapping[str, Spec]
"""Sublayers by name, in file order."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Recurrent(Parametric):
    """A layer made of sublayers.

    Attributes:
        batch_normalize: whether every sublayer has batch norm.
        normalization: how batch norm is computed.
    """

    option_attributes: ClassVar[Mapping[str, str]] = {"output": "outputs"}

    batch_normalize: bool
    normalization: BatchNormalization

    @cached_property
    @abstractmethod
    def parts(self) -> Parts:
        """The sublayers by name, in file order."""

    @cached_property
    def blobs(self) -> tuple[Blob, ...]:
        """The sublayers' parameters, such as input.biases and input.weights."""
        return tuple(
            blob._replace(name=f"{name}.{blob.name}") for name, part in self.parts.items() for blob in part.blobs
        )

    @property
    def flops(self) -> float:
        """The sum of the sublayers' FLOPs."""
        return sum(part.flops for part in self.parts.values())

    def part_fields(self, given: Shape) -> SpecFields:
        """Return the fields of a sublayer whose input has the shape `given`."""
        return {"index": self.index, "place": self.place, "sources": (), "inputs": (given,)}


class Kernel(NamedTuple):
    """Settings shared by the convolutions of a recurrent layer; they keep their input's height and width."""

    size: int = 3
    groups: int = 1
    dilation: int = 1


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RecurrentConvolutions(Recurrent):
    """A recurrent layer made of convolutions.

    Attributes:
        kernel: the convolutions' kernels.
        activation: effective function of each convolution.
    """

    option_notes: ClassVar[Mapping[str, str]] = {
        "size": "height and width of the kernels; the state keeps the input's size",
        "stride": "must be 1",
        "padding": "must keep the input's size",
        "pad": "1 pads by half the kernel",
        "groups": "groups of channels in every convolution",
        "dilation": "spacing of the kernels' taps",
        "xnor": "must be 0",
    }

    kernel: Kernel
    activation: str


def read_kernel(options: Options, *widths: int) -> Kernel:
    """Read size, pad, padding, stride, groups and dilation; `widths` are the channels and filters that are grouped.

    Raises OptionError if the height or width of the output would differ from the state's, which Darknet does not check,
    and for `xnor`, with which Darknet writes beyond its binary weights.
    """
    size = options.window("size", 3, least=1)
    stride, padding = options.window("stride", 1), read_padding(options, size)
    if stride != 1:
        raise options.error("stride", "the state must keep the input's height and width; expected stride=1")
    if 2 * padding != size - 1:
        key = "size" if size % 2 == 0 else "padding" if options.has("padding") else "pad"
        raise options.error(
            key,
            f"the state must keep the input's height and width; expected an odd size and pad=1, not size={size} with a "
            f"padding of {padding}",
        )
    if options.flag("xnor"):
        raise options.error("xnor", "Darknet writes beyond the weights of recurrent layers with xnor=1; expected 0")
    groups = max(options.integer("groups", 1), 1)
    if any(width % groups for width in widths):
        raise options.error("groups", f"must divide the sublayers' channels, {', '.join(map(str, widths))}")
    return Kernel(size, groups, 1 if size == 1 else options.window("dilation", 1, least=1))
