"""The engines of each backend on this machine: they agree, keep to their threads, and say what they lack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from darkcsp.benchmark.machine import cores
from darkcsp.modelfile import HeadForm
from darkcsp.runtimes import BACKENDS, open_runtime
from tests.networks import DETECTOR, write_files

Files = tuple[Path, Path]
ENGINES = [
    (name, engine) for name, backend in BACKENDS.items() if backend.is_installed() for engine in backend.engines()
]
EXACT = [(name, engine.name) for name, engine in ENGINES if engine.may_be_chosen]
QUICK = [(name, engine.name) for name, engine in ENGINES if engine.quick_to_start]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("detector"), DETECTOR)


@pytest.mark.parametrize(("backend", "engine"), EXACT)
def test_engines_are_named_and_agree(backend: str, engine: str, files: Files) -> None:
    want = open_runtime(cfg=files[0], weights=files[1], backend="onnxruntime")
    runtime = open_runtime(cfg=files[0], weights=files[1], backend=backend, engine=engine)
    assert runtime.name == f"{backend}/{engine}"
    batch = np.random.default_rng(1).random((2, 3, 32, 32), np.float32)
    np.testing.assert_allclose(runtime.run(batch)[0], want.run(batch)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("head", ["raw", "decoded"])
@pytest.mark.parametrize(("backend", "engine"), EXACT)
def test_outputs_are_the_caller_s_own(backend: str, engine: str, head: HeadForm, files: Files) -> None:
    runtime = open_runtime(cfg=files[0], weights=files[1], backend=backend, engine=engine, head=head)
    one, other = (np.random.default_rng(seed).random((1, 3, 32, 32), np.float32) for seed in (1, 2))
    first = runtime.run(one)
    kept = [output.copy() for output in first]
    for output in runtime.run(other):
        output[:] = 7
    for output, same in zip(first, kept, strict=True):
        np.testing.assert_array_equal(output, same)
    for output, again in zip(first, runtime.run(one), strict=True):
        np.testing.assert_allclose(again, output, rtol=1e-5, atol=1e-6)


WIDE = "[net]\nwidth=160\nheight=160\nchannels=3\n" + 3 * (
    "[convolutional]\nbatch_normalize=1\nfilters=96\nsize=3\nstride=1\npad=1\nactivation=leaky\n"
)
"""Enough work in each layer to be worth a second thread."""

BUSY = """
import glob, json, sys
import numpy as np
from darkcsp.runtimes import open_runtime
def ticks():
    stats = {path: open(path + "/stat").read().rsplit(")", 1)[1].split() for path in glob.glob("/proc/self/task/*")}
    return {path: int(fields[11]) + int(fields[12]) for path, fields in stats.items()}
cfg, weights, backend, engine, threads = sys.argv[1:]
runtime = open_runtime(cfg=cfg, weights=weights, backend=backend, engine=engine, threads=int(threads), head="raw")
batch = np.random.default_rng(0).random((1, *runtime.input_shape), np.float32)
runtime.run(batch)
before = ticks()
busy = 0
while busy < int(threads):
    runtime.run(batch)
    spent = sorted((now - before.get(path, 0) for path, now in ticks().items()), reverse=True)
    busy = sum(used >= 20 for used in spent)  # hundredths of a second
print(json.dumps(spent))
"""
"""Runs until as many threads as asked for have worked for a while: however busy the machine, they come to it."""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads as Linux shows them")
@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.skipif(cores() < 2, reason="has one core"))])
@pytest.mark.parametrize(("backend", "engine"), QUICK)
def test_threads_are_as_many_as_asked_for(backend: str, engine: str, threads: int, tmp_path: Path) -> None:
    files = write_files(tmp_path, WIDE)
    environment = {key: value for key, value in os.environ.items() if not key.endswith(("NUM_THREADS", "THREADS_NUM"))}
    done = subprocess.run(
        [sys.executable, "-c", BUSY, *map(str, files), backend, engine, str(threads)],
        env=environment,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
        timeout=300,
    )
    spent = json.loads(done.stdout)
    assert spent[threads - 1] >= 20, spent
    assert all(ticks < max(10, spent[0] / 10) for ticks in spent[threads:]), spent
