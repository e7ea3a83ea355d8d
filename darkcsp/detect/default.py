"""Opens the model of a detector or classifier, and finds the default model that comes with the package."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast

from darkcsp.detect.data_file import DataFile, read_data
from darkcsp.detect.names import read_names
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.modelfile.class_names import checked_names
from darkcsp.runtimes.opening import OpenOptions, open_runtime
from darkcsp.runtimes.runtime import Runtime, is_runtime
from darkcsp.runtimes.source import PathLike

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from darkcsp.to_torch.network import Network

NAME = "digits"


def open_model(
    model: PathLike | Network | Runtime | None,
    cfg: PathLike | None,
    weights: PathLike | None,
    names: PathLike | Sequence[str] | None,
    data: PathLike | DataFile | None = None,
    **options: Unpack[OpenOptions],
) -> tuple[Runtime, tuple[str, ...]]:
    """Return a runtime and the class names.

    Args:
        model: a Runtime, which is used directly, an ONNX file, or a Network.
        cfg: a Darknet cfg; requires weights.
        weights: its `.weights` file. Without model, cfg and weights, the default model is opened.
        names: a names file or the names themselves; those of the model by default.
        data: a Darknet `.data` file that gives the names file, as a path or already read.
        options: how to open the model; the limits apply to the names file as well.

    Raises:
        DarkcspError: what `open_runtime` raises; MediaError for a names file or a `.data` file; ArgumentError for cfg,
            weights or workers together with a Runtime, for names together with data, and for invalid names.
    """
    given = _given_names(names, data, options.get("limits", DEFAULT_LIMITS))
    if model is None and cfg is None and weights is None:
        with default_files() as (own_cfg, own_weights, own_names):
            runtime = open_runtime(cfg=own_cfg, weights=own_weights, **options)
            known = read_names(own_names) if own_names else ()
    else:
        if not is_runtime(model):
            to_open = cast("PathLike | Network | None", model)
            runtime = open_runtime(to_open, cfg=cfg, weights=weights, **options)
        elif cfg is not None or weights is not None:
            raise ArgumentError(
                "model", model.name, "a file", "model= is already open; do not pass cfg= or weights= with it"
            )
        elif options.get("workers", 1) != 1:
            raise ArgumentError(
                "workers", options["workers"], "1", "model= is already open; pass workers= to open_runtime"
            )
        else:
            runtime = model
        known = runtime.metadata.names
    return runtime, known if given is None else given


def _given_names(
    names: PathLike | Sequence[str] | None, data: PathLike | DataFile | None, limits: Limits
) -> tuple[str, ...] | None:
    """Read the names given by the caller, before anything slow is done; None for the model's own."""
    if data is not None:
        if names is not None:
            raise ArgumentError("names", names, "None", "pass names= or data=, not both")
        return (data if isinstance(data, DataFile) else read_data(data, limits)).read_names(limits)
    if names is None:
        return None
    return read_names(names, limits) if isinstance(names, (str, os.PathLike)) else checked_names(names)


@contextlib.contextmanager
def default_files() -> Iterator[tuple[Path, Path, Path | None]]:
    """Yield the cfg, weights and names of the default model as files. Raises ModelError if they are not installed."""
    cfg, weights = _resource("cfgs", f"{NAME}.cfg"), _resource("weights", f"{NAME}.weights")
    names = _resource("weights", f"{NAME}.names")
    if cfg is None or weights is None:
        raise ModelError(NAME, "the default model is not installed; pass model=, or both cfg= and weights=")
    with contextlib.ExitStack() as stack:
        yield (
            stack.enter_context(resources.as_file(cfg)),
            stack.enter_context(resources.as_file(weights)),
            stack.enter_context(resources.as_file(names)) if names else None,
        )


def _resource(folder: str, name: str) -> Traversable | None:
    try:
        file = resources.files(f"darkcsp.data.{folder}") / name
    except ModuleNotFoundError:
        return None
    return file if file.is_file() else None
