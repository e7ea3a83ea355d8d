"""Table 5 beside what was measured."""

from __future__ import annotations

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.machine import Machine
from darkcsp.benchmark.measure import Timing
from darkcsp.benchmark.results import Results, Row
from darkcsp.benchmark.table5 import Line, table5_lines, verdict
from darkcsp.paper.printed_paper import TABLE_5

MACHINE = Machine("a processor", 4, 2, {})
WAY = Contender("opencv")


def lines(speeds: dict[str, float], way: Contender = WAY) -> list[Line]:
    """The table where networks reach so many times the printed pictures per second; 0 fails."""
    rows = []
    for row in TABLE_5.rows:
        if row.network is not None:
            factor = speeds.get(row.network, 1.0)
            fps = float(row.cells["CPU fps"].replace("-", "30")) * factor
            timing = Timing("opencv/new", (1 / fps,) * 3, 1 / fps) if factor else Timing(error="broken")
            rows.append(Row(row.network, WAY, 1, None, timing))
    return table5_lines(Results(MACHINE, tuple(rows), None), way)


def test_the_table_is_printed_in_full() -> None:
    found = lines({})
    assert [line.title for line in found] == [row.cells["Model"] for row in TABLE_5.rows]
    assert [line.printed for line in found] == [32, 47, 54, 71, None, None, 52, 75, 95, 102]
    assert [line.row is None for line in found] == [True] * 2 + [False] * 8
    last = found[-1]
    assert last.printed_ratio == 102 / 54 and last.ratio is not None and abs(last.ratio - 102 / 54) < 1e-9
    data = last.as_data()
    assert (data["fps"], data["printed_fps"], data["engine"], data["error"]) == (102.0, 102.0, "auto: new", "")
    assert found[0].as_data()["error"] == "darkcsp has no cfg for it" and found[0].ratio is None


def test_whether_the_order_holds() -> None:
    held = verdict(lines({"cspdensenetb-ref-prn": 1.01}))
    assert held is not None and held.holds and held.swapped == ()
    slower = verdict(lines({"cspdensenetb-ref-prn": 0.99}))
    assert slower is not None and not slower.holds and slower.fastest == "CSPDenseNetb Ref.-PRN"
    swapped = verdict(lines({"csppeleenet-ref-prn": 1.5, "cspdensenetb-ref-prn": 1.01}))
    assert swapped is not None and not swapped.holds and swapped.fastest == "CSPPeleeNet Ref.-PRN"
    assert swapped.swapped == (
        ("CSPPeleeNet Ref.-PRN", "CSPDenseNet Ref.-PRN"),
        ("CSPPeleeNet Ref.-PRN", "CSPDenseNetb Ref.-PRN"),
    )


def test_without_the_two_that_matter_there_is_no_verdict() -> None:
    assert verdict(lines({"yolov3-tiny": 0})) is None
    assert verdict(lines({"cspdensenetb-ref-prn": 0})) is None
    assert verdict(lines({}, Contender("torch"))) is None
    found = lines({"yolov3-tiny-prn": 0})
    assert found[3].ratio is None and found[3].as_data()["error"] == "broken" and verdict(found) is not None
