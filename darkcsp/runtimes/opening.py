"""Opens any model with any backend."""

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
from darkcsp.runtimes.backend import AUTO, CPU, FASTEST, Candidate
from darkcsp.runtimes.backends import BACKENDS, backend_named
from darkcsp.runtimes.choice import is_beyond_question, open_by_rule, open_fastest
from darkcsp.runtimes.choice.contained import open_contained
from darkcsp.runtimes.loading import candidates, takes_no_onnx
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import DarknetSource, ModelSource, OnnxSource, PathLike, read_darknet
from darkcsp.spec.program import DEFAULT_SEMANTICS, Dialect, Semantics

if TYPE_CHECKING:
    from darkcsp.to_torch.network import Network


class OpenOptions(TypedDict, total=False):
    """Keyword arguments of `open_runtime` that say how to open a model, for functions that pass them on."""

    backend: str
    engine: str
    device: str
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
    device: str = CPU,
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
        model: path of an ONNX file that darkcsp wrote, or a `darkcsp.Network`. A Network runs in evaluation mode with
            its current parameters: directly with "torch", and converted to ONNX with the other backends. If None, pass
            cfg and weights.
        cfg: path of a Darknet cfg; requires weights.
        weights: path of its `.weights` file, which must cover every layer, or of a checkpoint, see `read_parameters`.
        backend: one of `BACKENDS`, some of which need cfg and weights; "auto" chooses among the installed ones.
        engine: one of the backend's engines, see `engines_of`. "auto" chooses by rule: nothing is timed or written,
            and the same model gets the same engine every time (see `choice.rule`). "fastest" times the engines for a
            second or more, stores the choice in the user's cache folder (see `choice.fastest`), and logs it to
            "darkcsp". Neither chooses an engine that changes numbers or takes minutes to start. The runtime's name
            says which engine was chosen.
        device: the device to run on: "cpu", or another one that the backend has here, such as "cuda" or "gpu".
        head: "decoded": one output `detections`, (N, boxes, 5 + classes): cx, cy, w, h relative to the input,
            objectness, class probabilities times objectness. "raw": the input of each head. Networks without heads
            return their last output. An ONNX file keeps the form it was written with.
        size: (width, height) to use instead of the cfg's; an ONNX file keeps the size it was written with, unless that
            is dynamic.
        threads: threads that the engine may use, divided among the workers, at least one for each; None leaves the
            number to the backend. OpenCV and PyTorch have one such setting per process: the model opened last sets it.
        workers: how many of the caller's threads run the network at the same time, see `Runtime`; more than the number
            of processors do not help. OpenCV and torch's "compile" open the network once per worker, which multiplies
            the memory; other engines share the weights. Recurrent networks can only have 1.
        semantics: "trained" or "cpu": what the cfg's layers compute, see `build_graph`; an ONNX file keeps the
            semantics it was written with.
        dialect: whose program the cfg is written for, see `build_graph`.
        permissive: whether an activation unknown to Darknet becomes relu, as in Darknet, instead of an error.
        strict: whether it is an error if Darknet silently ignores or replaces something, or if the weights have values
            that no training gives (see `Weights.faults`). Otherwise you get a CfgWarning. Does not affect ONNX files.
        trust: whether to open an ONNX file directly even if it is not as darkcsp wrote it. Otherwise the engine first
            opens and runs it in another process with limited time and memory, so that a crash becomes an error; files
            that pass are remembered in the cache folder. Files from darkcsp 0.1 and 0.2 lack the seal that shows it.
        limits: resource limits for reading the cfg.

    Raises:
        LimitError: the cfg exceeds the limits.
        ArgumentError: an argument is invalid, or conflicts with another one or with the model.
        ModelError: the file is missing, broken or not written by darkcsp, or the engine crashes on it.
        CfgError, WeightsError, UnsupportedLayerError: cfg and weights cannot be used.
        MissingBackendError: the backend's library is not installed.
    """
    named = None if backend == AUTO else backend_named(backend)
    if named is None and engine not in (AUTO, FASTEST):
        message = f"engine={engine!r} needs a named backend; backend='auto' chooses the engine as well"
        raise ArgumentError("engine", engine, "'auto' or 'fastest' with backend='auto'", message)
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
    runtime = _open(source, Candidate(backend, engine, device), threads, workers)
    if isinstance(source, DarknetSource):
        warn(source.weights.notices)  # only now have the arrays been read and checked
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
    others = "".join(
        f"only {name}={os.fspath(value)!r} is given; " for name, value in files.items() if value is not None
    )
    raise ArgumentError(missing, None, expected, f"{others or 'no model is given; '}pass {expected}")


def _in_memory(network: Network, head: HeadForm, reading: CfgReading) -> ModelSource:
    module = sys.modules.get("darkcsp.to_torch.network")  # not imported: there is no Network, and perhaps no PyTorch
    if module is None or not isinstance(network, module.Network):
        expected = "the path of an ONNX file, or a darkcsp.Network"
        found = type(network).__name__
        raise ArgumentError("model", found, expected, f"model= is a {found}; expected {expected}")
    from darkcsp.runtimes.in_memory import network_source

    return network_source(network, head, reading)


def _open(source: ModelSource, wanted: Candidate, threads: int | None, workers: int) -> Runtime:
    if wanted.engine not in (AUTO, FASTEST):
        return open_contained(source, wanted, threads, workers)
    found = candidates(None if wanted.backend == AUTO else wanted.backend, source, wanted.device)
    if not found:
        there = ", ".join(name for name, item in BACKENDS.items() if item.is_installed()) or "none"
        raise ModelError(source.path, f"none of the installed backends ({there}) runs ONNX files")
    if wanted.engine == FASTEST and not is_beyond_question(found, source.metadata):
        return open_fastest(source, found, threads, workers)
    return open_by_rule(source, found, threads, workers)


def _check_fits(model: OnnxFile, size: tuple[int, int] | None, semantics: Semantics) -> tuple[int, int] | None:
    """Return the size that a file for any size is opened at, None for its own. Raises ArgumentError."""
    metadata = checked_metadata(model)
    shape, own = metadata.input, metadata.program.semantics
    if size is not None and size != (shape.w, shape.h) and "size" not in metadata.dynamic:
        raise ArgumentError(
            "size",
            size,
            f"{shape.w}x{shape.h}",
            f"{model.path}: takes {shape.w}x{shape.h} pictures, not {size[0]}x{size[1]}; the size of an ONNX file is "
            "set when it is written (darkcsp convert --size)",
        )
    if semantics not in (DEFAULT_SEMANTICS, own):
        raise ArgumentError(
            "semantics",
            semantics,
            own,
            f"{model.path}: has semantics {own!r}, not {semantics!r}; those of an ONNX file are set when it is "
            "written (darkcsp convert --semantics)",
        )
    return None if size == (shape.w, shape.h) else size
