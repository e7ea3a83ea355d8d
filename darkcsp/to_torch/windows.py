"""Windows over pictures of any size: what follows from the tensor given to a layer, and not from the cfg's size."""

from __future__ import annotations

import dataclasses
from typing import Protocol, TypeVar

from torch import Tensor
from torch.nn import functional as F

from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec
from darkcsp.to_torch.tracing import is_traced

S = TypeVar("S", bound=Spec)


class Window(Protocol):
    """The window of a pooling layer; its values are those of `spec.pooling.Pooling`."""

    size: int
    stride: tuple[int, int]
    padding: int


def fitted(spec: S, x: Tensor) -> S:
    """Return the spec of a layer with one source for a picture (N, c, h, w) of any size."""
    return dataclasses.replace(spec, inputs=(Shape(*x.shape[1:]),))


def pad_windows(x: Tensor, window: Window, value: float) -> Tensor:
    """Pad or crop (N, c, h, w) so that every window is whole, as `Pooling.pads` does for the cfg's size."""
    before = window.padding // 2
    below, right = (
        (length + window.padding - window.size) // step * step + window.size - length - before
        for length, step in zip(x.shape[2:], window.stride, strict=True)
    )
    pads = [before, right, before, below]
    # A trace cannot ask for numbers, and pads by 0 too.
    return F.pad(x, pads, value=value) if is_traced() or any(pads) else x
