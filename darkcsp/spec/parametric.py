"""Layers with parameters in the `.weights` file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from darkcsp.cfg.options import Options
from darkcsp.spec.blob import Blob
from darkcsp.spec.spec import Spec

_SCALES = frozenset(["scales", "means", "variances"])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Parametric(Spec):
    """A layer with parameters, which its section can exclude from the file.

    Attributes:
        loads: whether the layer is in the file; `dontload=1` excludes it.
        loads_scales: whether scales, means and variances are in the file; `dontloadscales=1` excludes them.
    """

    option_attributes: ClassVar[Mapping[str, str]] = {"dontload": "loads", "dontloadscales": "loads_scales"}

    loads: bool = True
    loads_scales: bool = True

    @property
    def stored(self) -> tuple[Blob, ...]:
        """The blobs in the file: none for layers that share another's parameters, or are not loaded."""
        if self.parameters_of != self.index or not self.loads:
            return ()
        return tuple(blob for blob in self.blobs if self.loads_scales or blob.name not in _SCALES)


class Loading(TypedDict):
    """The fields of Parametric."""

    loads: bool
    loads_scales: bool


def read_loading(options: Options) -> Loading:
    """Read dontload and dontloadscales."""
    return {"loads": not options.flag("dontload"), "loads_scales": not options.flag("dontloadscales")}
