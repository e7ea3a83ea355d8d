"""Figures from times, as data, CSV, JSON and a chart."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from darkcsp.benchmark.chart import _panels, write_chart
from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.machine import Machine, cores, this_machine
from darkcsp.benchmark.measure import Timing
from darkcsp.benchmark.results import Results, Row, to_csv, to_json
from darkcsp.errors import ModelError

MACHINE = Machine("a processor", 4, 2, {"darkcsp": "0"})
FAST = Row("net", Contender("opencv"), 2, 3e9, Timing("opencv/classic", (0.02, 0.01, 0.03), 0.01))
LOST = Row("net", Contender("torch", "eager", "int8"), 2, 3e9, Timing(error="no int8"))
UNCOUNTED = Row("other", Contender("openvino", "f32"), 1, None, Timing("openvino/f32", (0.5,), 0.5))
UNCOUNTED_HERE = Row("other", Contender("opencv"), 1, None, Timing("opencv/new", (0.5,), 0.5))
RESULTS = Results(MACHINE, (FAST, LOST, UNCOUNTED), 1e12)


def test_figures_are_for_one_picture() -> None:
    assert FAST.milliseconds == 10.0
    assert FAST.spread == (7.5, 12.5)
    assert FAST.fps == 100.0
    assert FAST.speed == 3e11
    assert RESULTS.share(FAST) == 0.3
    assert RESULTS.share(LOST) is RESULTS.share(UNCOUNTED) is None
    assert Results(MACHINE, (FAST,), None).share(FAST) is None


def test_the_engine_that_auto_chose_is_said() -> None:
    assert FAST.engine == "auto: classic"
    assert LOST.engine == "eager" and UNCOUNTED.engine == "f32"
    assert Row("net", Contender("onnxruntime"), 1, None, Timing("onnxruntime", (1.0,), 1.0)).engine == "auto"


def test_json() -> None:
    data = json.loads(to_json(RESULTS))
    assert data["machine"] == {
        "processor": "a processor",
        "cores": 4,
        "threads": 2,
        "versions": {"darkcsp": "0"},
        "peak_gflops": 1000.0,
    }
    first, lost, uncounted = data["rows"]
    assert (first["ms"], first["fps"], first["gflops"], first["share_of_peak"]) == (10.0, 100.0, 300.0, 0.3)
    assert (first["engine"], first["chosen"], first["error"]) == ("auto", "opencv/classic", "")
    assert lost["ms"] is None and lost["error"] == "no int8" and lost["precision"] == "int8"
    assert uncounted["ms"] == 500.0 and uncounted["gflops"] is None
    assert list(first) == list(lost) == list(uncounted)


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(RESULTS))))
    assert [row["model"] for row in rows] == ["net", "net", "other"]
    assert float(rows[0]["ms_upper_quartile"]) == 12.5
    assert rows[1]["ms"] == "" and rows[1]["error"] == "no int8"


def test_chart(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    pytest.importorskip("matplotlib")
    write_chart(RESULTS, tmp_path / "x.png")
    picture = cv2.imread(str(tmp_path / "x.png"))
    blue = (picture == (178, 114, 0)).all(axis=2)  # OpenCV's bar, BGR
    assert picture.shape[1] == 1080 and blue.sum() > 1000
    assert not (picture == (167, 121, 204)).all(axis=2).any()  # what failed has no bar
    taller = Results(MACHINE, (*RESULTS.rows, FAST, FAST), 1e12)
    write_chart(taller, tmp_path / "y.png")
    assert cv2.imread(str(tmp_path / "y.png")).shape[0] > picture.shape[0]
    for rows, panels in (((FAST, LOST, UNCOUNTED), 2), ((FAST, UNCOUNTED_HERE), 1), ((FAST,), 1)):
        assert len(_panels(rows)) == panels
    assert [name for name, _ in _panels((FAST, UNCOUNTED_HERE))["opencv auto"]] == ["net", "other"]
    with pytest.raises(ModelError, match=r"z\.png: cannot be written"):
        write_chart(RESULTS, tmp_path / "nowhere" / "z.png")


@pytest.mark.parametrize("name", ["$x^{$", "\\frac", "\udcff", "\x1b[2J", "x" * 10_000])
def test_any_model_s_name_can_be_drawn(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = (replace(FAST, model=name), replace(UNCOUNTED_HERE, model=name))
    for some in (rows, (*rows, LOST)):
        write_chart(Results(MACHINE, some, 1e12), tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 1000


def test_this_machine() -> None:
    assert this_machine(3).threads == 3
    found = this_machine(None)
    assert found.threads == found.cores == cores() >= 1
    assert found.processor and found.versions["numpy"]
