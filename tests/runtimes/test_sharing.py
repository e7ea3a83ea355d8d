"""One Runtime, Detector or Classifier and many threads: each gets what a single thread would."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from darkcsp import Classifier, Detector
from darkcsp.arrays import Array
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.runtimes import BACKENDS, Runtime, engines_of, open_runtime
from darkcsp.runtimes.backend import Threads
from darkcsp.runtimes.runtime import Pixels
from darkcsp.runtimes.sharing import for_all, one_at_a_time, pooled
from darkcsp.to_onnx import convert
from scripts.bench.run.pictures import noise
from scripts.threads.check import compare
from tests.detect.stub import Stub, detector_stub
from tests.networks import CLASSIFIER, DETECTOR, write_files
from tests.reference import HERE, load_op
from tests.runtimes.test_engines import QUICK

THREADS = 4
LIMIT = 120.0


@pytest.fixture(autouse=True)
def _process_keeps_its_threads() -> Iterator[None]:
    """OpenCV and PyTorch know one number of threads for all of their work in the process."""
    tell = [(BACKENDS["opencv"].library(), "getNumThreads", "setNumThreads")]
    if BACKENDS["torch"].is_installed():
        tell.append((BACKENDS["torch"].library(), "get_num_threads", "set_num_threads"))
    before = [getattr(library, get)() for library, get, _ in tell]
    yield
    for (library, _, put), number in zip(tell, before, strict=True):
        getattr(library, put)(number)


def together(work: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """Do the same in several threads that begin at one moment; return what each does, in order."""
    start = threading.Barrier(threads)

    def begin(number: int) -> object:
        start.wait(LIMIT)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads), timeout=LIMIT))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("backend", "engine"), QUICK)
def test_all_threads_get_the_right_answers(backend: str, engine: str, workers: int) -> None:
    """A short scripts/check_threads, on the default model."""
    detector = Detector(backend=backend, engine=engine, workers=workers, threads=workers, threshold=0.001)
    verdict = compare(detector, threads=THREADS, requests=40)
    assert verdict.is_right and verdict.equal + verdict.rounded == 40, verdict


@pytest.mark.slow
@pytest.mark.skipif(not BACKENDS["torch"].is_installed(), reason="torch is not installed")
@pytest.mark.parametrize("workers", [1, 2])
def test_all_threads_get_the_right_answers_of_compiled_networks(workers: int) -> None:
    detector = Detector(backend="torch", engine="compile", workers=workers, threshold=0.001)
    verdict = compare(detector, threads=THREADS, requests=40)
    assert verdict.is_right, verdict


@pytest.mark.parametrize(("backend", "engine"), QUICK)
def test_classifiers_and_onnx_files(backend: str, engine: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    if BACKENDS[backend].reads_onnx:
        model = convert(cfg, weights, tmp_path / "x.onnx")
        classifier = Classifier(model, backend=backend, engine=engine, workers=2)
    else:
        classifier = Classifier(cfg=cfg, weights=weights, backend=backend, engine=engine, workers=2)
    rng = np.random.default_rng(0)
    pictures = [noise(rng, 40 + 8 * i, 64) for i in range(6)]
    wanted = [classifier(picture) for picture in pictures]
    for found in together(lambda _: [classifier(picture) for picture in pictures * 4]):
        assert found == wanted * 4


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
def test_threads_share_one_sequence(backend: str, tmp_path: Path) -> None:
    """With the same picture at every step, all threads together get what one thread would, in whatever order."""
    case = load_op(HERE / "golden" / "pj_lstm.npz")
    (tmp_path / "x.cfg").write_text(case.cfg_text)
    (tmp_path / "x.weights").write_bytes(case.weights_bytes)
    runtime = open_runtime(cfg=tmp_path / "x.cfg", weights=tmp_path / "x.weights", backend=backend, head="raw")
    picture = case.inputs[0].reshape(1, *runtime.input_shape)
    steps = 5
    wanted = sorted(runtime.run(picture)[0].tobytes() for _ in range(THREADS * steps))
    runtime.reset()
    found = together(lambda _: [runtime.run(picture)[0].tobytes() for _ in range(steps)])
    assert sorted(output for own in found for output in own) == wanted  # type: ignore[attr-defined]
    with pytest.raises(ArgumentError, match=r"x\.cfg: carries state .* one worker"):
        open_runtime(cfg=tmp_path / "x.cfg", weights=tmp_path / "x.weights", backend=backend, workers=2)


class Busy(Stub):
    """Notes how many threads are within it, and fails where it is told to."""

    def __init__(self, meeting: threading.Barrier | None = None) -> None:
        stub = detector_stub([])
        super().__init__(stub.metadata, stub.output)
        self.inside, self.most, self.meeting = 0, 0, meeting

    def run(self, batch: Pixels) -> list[Array]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            if self.meeting:
                self.meeting.wait(LIMIT)
            if not batch.any():
                raise ModelError(self.path, "a stone in the gears")
            return super().run(batch)
        finally:
            self.inside -= 1


PICTURE = np.ones((1, 3, 100, 100), np.float32)


def test_one_at_a_time() -> None:
    session = Busy()
    runtime = one_at_a_time(session)
    together(lambda _: [runtime.run(PICTURE) for _ in range(50)])
    assert session.most == 1 and len(session.given) == 50 * THREADS


def test_threads_run_at_once_where_the_engine_lets_them() -> None:
    session = Busy(threading.Barrier(THREADS))
    runtime = for_all(session)
    together(lambda _: runtime.run(PICTURE))  # or it waits for ever
    assert session.most == THREADS


def test_workers_run_at_once_each_by_itself() -> None:
    meeting = threading.Barrier(2)
    sessions = [Busy(meeting), Busy(meeting)]
    runtime = pooled(sessions)
    together(lambda _: [runtime.run(PICTURE) for _ in range(10)])
    assert [session.most for session in sessions] == [1, 1]
    assert [len(session.given) for session in sessions] == [20, 20]


@pytest.mark.parametrize("share", [one_at_a_time, for_all, lambda session: pooled([session, session])])
def test_what_fails_is_free_again(share: Callable[[Runtime], Runtime]) -> None:
    runtime = share(Busy())
    for _ in range(5):
        with pytest.raises(ModelError, match="a stone in the gears"):
            runtime.run(np.zeros_like(PICTURE))
    assert runtime.run(PICTURE)


@pytest.mark.parametrize(("backend", "engine"), QUICK)
def test_errors_in_one_thread_leave_the_others_alone(backend: str, engine: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    runtime = open_runtime(cfg=cfg, weights=weights, backend=backend, engine=engine)
    good, bad = np.random.default_rng(0).random((1, 3, 32, 32), np.float32), np.zeros((1, 3, 32, 31), np.float32)
    (wanted,) = runtime.run(good)

    def work(number: int) -> None:
        for _ in range(20):
            if number % 2:
                with pytest.raises(ModelError, match="takes batches of shape"):
                    runtime.run(bad)
            else:
                np.testing.assert_array_equal(runtime.run(good)[0], wanted)

    together(work)


@pytest.mark.parametrize(("backend", "engine"), QUICK)
def test_models_are_opened_and_thrown_away_beside_each_other(backend: str, engine: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    picture = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    shared = [open_runtime(cfg=cfg, weights=weights, backend=backend, engine=engine, threads=1)]
    (wanted,) = shared[0].run(picture)

    def work(number: int) -> None:
        mine = shared[0]
        for _ in range(2):
            np.testing.assert_allclose(mine.run(picture)[0], wanted, rtol=1e-5, atol=1e-6)
            mine = open_runtime(cfg=cfg, weights=weights, backend=backend, engine=engine, threads=1)
            shared[:] = [mine]  # the last of another thread's may go now
            gc.collect()

    together(work)


def test_threads_are_shared_among_workers() -> None:
    assert [Threads(total, 4).each for total in (None, 1, 4, 9)] == [None, 1, 1, 2]


@pytest.mark.parametrize(("backend", "ask"), [("opencv", "getNumThreads"), ("torch", "get_num_threads")])
def test_engines_are_told_each_worker_s_threads(backend: str, ask: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    open_runtime(cfg=cfg, weights=weights, backend=backend, engine=engines_of(backend)[0], threads=6, workers=2)
    assert getattr(BACKENDS[backend].library(), ask)() == 3


@pytest.mark.parametrize("workers", [0, -1])
def test_workers_are_one_or_more(workers: int) -> None:
    with pytest.raises(ArgumentError, match=f"workers={workers}: expected 1 or more"):
        Detector(workers=workers)


def test_an_open_runtime_has_the_workers_that_it_has() -> None:
    with pytest.raises(ArgumentError, match="model= is already open; pass workers= to open_runtime"):
        Detector(detector_stub([]), workers=2)
