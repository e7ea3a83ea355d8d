"""After os.fork() there are right answers or clear errors, and nothing hangs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from darkcsp.runtimes import BACKENDS
from tests.networks import DETECTOR, write_files
from tests.runtimes.test_engines import EXACT, QUICK

CHILDREN = """
import json, multiprocessing, os, signal, sys, threading
import numpy as np
from darkcsp.errors import ModelError
from darkcsp.runtimes import open_runtime
cfg, weights, backend, engine = sys.argv[1:]

def new(threads):
    return open_runtime(cfg=cfg, weights=weights, backend=backend, engine=engine, threads=threads)

def answer(runtime):
    return runtime.run(picture)[0].tolist()

def told(work):
    signal.alarm(30)  # ends a child that hangs
    try:
        return "right" if np.allclose(work(), wanted, rtol=1e-5, atol=1e-6) else "wrong"
    except ModelError as error:
        return str(error)
    finally:
        signal.alarm(0)

def forked(work):
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, told(work).encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    return os.fdopen(read).read() or f"ended with status {status}"

def of_pool(threads):
    return told(lambda: answer(new(threads)))

def beside_running_threads(work):
    stop = threading.Event()
    def run():
        while not stop.is_set():
            answer(runtime)
    busy = [threading.Thread(target=run) for _ in range(3)]
    for thread in busy:
        thread.start()
    found = [forked(work) for _ in range(2)]
    stop.set()
    for thread in busy:
        thread.join()
    return found

runtime = new(2)
picture = np.random.default_rng(0).random((1, *runtime.input_shape), np.float32)
wanted = answer(runtime)
report = {
    "inherited": [forked(lambda: answer(runtime)), *beside_running_threads(lambda: answer(runtime))],
    "reset": [forked(lambda: runtime.reset())],
    "opened": [
        result
        for threads in (1, 2, None)
        for work in [lambda: answer(new(threads))]
        for result in (forked(work), *beside_running_threads(work))
    ],
}
with multiprocessing.get_context("fork").Pool(2) as pool:
    report["pool"] = pool.map_async(of_pool, [1, 2, 1]).get(60)
report["auto"] = [forked(lambda: answer(open_runtime(cfg=cfg, weights=weights, backend="auto")))]
report["parent"] = [told(lambda: answer(runtime))]
print(json.dumps(report))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no os.fork")
@pytest.mark.parametrize(("backend", "engine"), QUICK)
def test_children_get_right_answers_or_clear_errors(backend: str, engine: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    command = [sys.executable, "-W", "ignore", "-c", CHILDREN, str(cfg), str(weights), backend, engine]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    inherited = f"{cfg}: was opened before os.fork(), and its engine's threads do not survive a fork; "
    assert {text.removeprefix(inherited) for text in found["inherited"] + found["reset"]} == {
        "open it only in the child, or start processes with spawn"
    }
    title, works = BACKENDS[backend].title, BACKENDS[backend].survives_fork
    lost = f"{cfg}: {title} was in use before os.fork(), and its threads do not survive a fork; "
    remedy = "use it only in the child, or start processes with spawn"
    assert set(found["opened"] + found["pool"]) == {"right" if works else lost + remedy}
    assert found["parent"] == ["right"]
    assert found["auto"] == ["right" if (backend, engine) in EXACT else "wrong"]  # it chooses another engine then
