"""One call that opens any model with any backend."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypedDict

from darkcsp.errors import ArgumentError, ModelError, warn
from darkcsp.graph.reading import CfgReading
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.modelfile.agreement import checked_metadata
from darkcsp.modelfile.forms import HeadForm
from darkcsp.modelfile.reading import OnnxFile, read_onnx_file
from darkcsp.runtimes.backend import AUTO, Candidate
from darkcsp.runtimes.backends import BACKENDS, backend_named
from darkcsp.runtimes.choice import open_fastest
from darkcsp.runtimes.choice.contained import open_contained
from darkcsp.runtimes.loading import candidates, takes_no_onnx
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import DarknetSource, ModelSource, OnnxSource, PathLike, read_darknet
from darkcsp.spec.program import DEFAULT_SEMANTICS, Dialect, Semantics

if TYPE_CHECKING:
    from darkcsp.to_torch.network import Network


class OpenOptions(TypedDict, total=False):
    """Keyword arguments of `open_runtime` that say how a model is opened, for those who hand them on."""

    backend: str
    engine: str
    size: tuple[int, int] | None
    threads: int | None
    workers: int
    semantics: Semantics
    dialect: Dialect
    permissive: bool
    strict: bool
    trust: bool
    limits: Limits


def open_runtime(
    model: PathLike | Network | None = None,
    *,
    cfg: PathLike | None = None,
    weights: PathLike | None = None,
    backend: str = "opencv",
    engine: str = AUTO,
    head: HeadForm = "decoded",
    size: tuple[int, int] | None = None,
    threads: int | None = None,
    workers: int = 1,
    semantics: Semantics = DEFAULT_SEMANTICS,
    dialect: Dialect = "auto",
    permissive: bool = False,
    strict: bool = False,
    trust: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Runtime:
    """Open a model.

    Args:
        model: path of an ONNX file that darkcsp wrote, or a `darkcsp.Network`, which is run with the parameters that it
            has now, in evaluation mode, by "torch" as it is and by other backends as the ONNX file that it becomes; or
            else:
        cfg: path of a Darknet network, with
        weights: path of its `.weights` file, which must cover every layer, or of a checkpoint, see `read_parameters`.
        backend: one of `BACKENDS`, some of which need cfg and weights; "auto" measures those that are installed.
        engine: one of the backend's engines, see `engines_of`; "auto" measures them where there are several. What was
            chosen is kept in the user's cache folder (see `choice`), is told to the logger "darkcsp", and is the
            runtime's name. Nothing that changes numbers or takes minutes to start is chosen.
        head: "decoded": one output `detections`, (N, boxes, 5 + classes): cx, cy, w, h relative to the input,
            objectness, class probabilities times objectness. "raw": what each head is given. Networks without heads
            give their last output. An ONNX file has the form it was written with.
        size: (width, height) in place of the cfg's own; an ONNX file has the size it was written with, unless that is
            dynamic.
        threads: threads that the engine may use, divided among the workers, at least one for each; None leaves the
            number to the backend. OpenCV and PyTorch know one number for all of their work in the process: the last
            that a model was opened with.
        workers: threads of the caller that are to run the network at once, see `Runtime`; no more than there are
            processors are of use. OpenCV and torch's "compile" open the network once for each, which takes so many
            times the memory; elsewhere weights are shared. Recurrent networks have 1.
        semantics: "trained" or "cpu": what layers of cfg and weights compute, see `build_graph`; an ONNX file has the
            semantics it was written with.
        dialect: whose program the cfg is written for, see `build_graph`.
        permissive: whether an activation that Darknet does not know is relu, as in Darknet, and no error.
        strict: whether what Darknet silently ignores or replaces is an error, and weights that no training gives (see
            `Weights.faults`); without it they are a CfgWarning. An ONNX file is as it was when it was written.
        trust: whether an ONNX file that is not as darkcsp wrote it is opened at once. Otherwise the engine opens and
            runs it in another process first, within bounds of time and memory, so that a crash is an error; what has
            passed is kept in the cache folder too. Files of darkcsp 0.1 and 0.2 lack the seal that tells.
        limits: how much the cfg may ask for.

    Raises:
        LimitError: the cfg asks for more than the limits allow.
        ArgumentError: an argument is none of those that are possible, does not go with another, or not with the model.
        ModelError: the file is missing, broken or not darkcsp's, or the engine crashes on it.
        CfgError, WeightsError, UnsupportedLayerError: cfg and weights cannot be used.
        MissingBackendError: the backend's library is not installed.
    """
    named = None if backend == AUTO else backend_named(backend)
    if named is None and engine != AUTO:
        message = f"engine={engine!r}: name the backend that has this engine; backend='auto' chooses the engine as well"
        raise ArgumentError("engine", engine, "'auto' with backend='auto'", message)
    if threads is not None and threads < 1:
        raise ArgumentError("threads", threads, "1 or more")
    if workers < 1:
        raise ArgumentError("workers", workers, "1 or more")
    if isinstance(model, (str, os.PathLike)) and named is not None and not named.reads_onnx:
        raise takes_no_onnx(named, os.fspath(model))
    reading = CfgReading(size, semantics, dialect, permissive, strict, limits)
    source = _read(model, cfg, weights, head, reading, trust)
    if isinstance(source, DarknetSource):
        warn(source.graph.notices)
    runtime = _open(source, None if named is None else named.name, engine, threads, workers)
    if isinstance(source, DarknetSource):
        warn(source.weights.notices)  # now that the arrays have been read, and looked at with it
    return runtime


def _read(
    model: PathLike | Network | None,
    cfg: PathLike | None,
    weights: PathLike | None,
    head: HeadForm,
    reading: CfgReading,
    trust: bool,
) -> ModelSource:
    if model is None and cfg is not None and weights is not None:
        return read_darknet(cfg, weights, head, reading)
    if model is not None and cfg is None and weights is None:
        if not isinstance(model, (str, os.PathLike)):
            return _in_memory(model, head, reading)
        file = read_onnx_file(model)
        size = _check_fits(file, reading.size, reading.semantics)
        return OnnxSource(file, trust, size)
    expected = "model=, or both cfg= and weights="
    if model is not None:
        given = os.fspath(model) if isinstance(model, (str, os.PathLike)) else type(model).__name__
        raise ArgumentError("model", given, expected, f"model={given!r}: pass {expected}, not all of them")
    files = {"cfg": cfg, "weights": weights}
    missing = next(name for name, value in files.items() if value is None)
    others = "".join(f"{name}={os.fspath(value)!r} alone: " for name, value in files.items() if value is not None)
    raise ArgumentError(missing, None, expected, f"{others or 'no model is given: '}pass {expected}")


def _in_memory(network: Network, head: HeadForm, reading: CfgReading) -> ModelSource:
    module = sys.modules.get("darkcsp.to_torch.network")  # without which there is no network, and perhaps no PyTorch
    if module is None or not isinstance(network, module.Network):
        expected = "the path of an ONNX file, or a darkcsp.Network"
        found = type(network).__name__
        raise ArgumentError("model", found, expected, f"model= is a {found}; expected {expected}")
    from darkcsp.runtimes.in_memory import network_source

    return network_source(network, head, reading)


def _open(source: ModelSource, backend: str | None, engine: str, threads: int | None, workers: int) -> Runtime:
    if backend is not None and engine != AUTO:
        return open_contained(source, Candidate(backend, engine), threads, workers)
    found = candidates(backend, source)
    if not found:
        there = ", ".join(name for name, item in BACKENDS.items() if item.is_installed()) or "none"
        raise ModelError(source.path, f"none of the installed backends ({there}) runs ONNX files")
    if len(found) == 1:
        return open_contained(source, found[0], threads, workers)
    return open_fastest(source, found, threads, workers)


def _check_fits(model: OnnxFile, size: tuple[int, int] | None, semantics: Semantics) -> tuple[int, int] | None:
    """Return the size that a file for any size is opened at, None for its own. Raises ArgumentError."""
    metadata = checked_metadata(model)
    shape, own = metadata.input, metadata.program.semantics
    if size is not None and size != (shape.w, shape.h) and "size" not in metadata.dynamic:
        raise ArgumentError(
            "size",
            size,
            f"{shape.w}x{shape.h}",
            f"{model.path}: takes pictures of {shape.w}x{shape.h}, not {size[0]}x{size[1]}; the size of an ONNX file "
            "is set when it is made: darkcsp convert --size",
        )
    if semantics not in (DEFAULT_SEMANTICS, own):
        raise ArgumentError(
            "semantics",
            semantics,
            own,
            f"{model.path}: has semantics {own!r}, not {semantics!r}; those of an ONNX file are set when it is made: "
            "darkcsp convert --semantics",
        )
    return None if size == (shape.w, shape.h) else size
