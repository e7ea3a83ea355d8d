"""Jobs take turns, and one that fails does not hinder the others."""

from __future__ import annotations

from darkcsp.benchmark.measure import Plan, Timing, measure, ratio
from darkcsp.workers.process import Job
from tests.workers.stub import job

PLAN = Plan(rounds=3, seconds=0.0, least=2, limit=60.0)


def test_every_job_has_a_median_for_each_round() -> None:
    told: list[str] = []
    one, other = measure([job(name="one", sleep=0.001), job(name="other")], PLAN, told.append)
    assert (one.name, other.name) == ("one", "other")
    assert len(one.rounds) == len(other.rounds) == 3
    assert not one.error and 0.001 <= one.best <= one.median
    assert told == ["starting 1 of 2", "starting 2 of 2", "round 1 of 3", "round 2 of 3", "round 3 of 3"]


def test_jobs_that_fail_at_any_time_are_told_and_the_others_go_on() -> None:
    # One run to look at the outputs, 3 and more to warm up; the sleep keeps it at exactly 3. Then 3 for each round.
    late = job(sleep=0.11, fails_at=9)
    found = measure([job(refuse="no"), late, Job(("/nowhere/python",)), job()], PLAN)
    assert [timing.error for timing in found[:3]] == [
        "no",
        "second thoughts",
        "/nowhere/python cannot be started: No such file or directory",
    ]
    assert not any(timing.rounds for timing in found[:3])
    assert found[1].name == "stub"
    assert len(found[3].rounds) == 3 and not found[3].error


def test_median_and_quartiles_are_of_the_rounds() -> None:
    timing = Timing("x", (5.0, 1.0, 2.0, 4.0, 3.0), 0.5)
    assert timing.median == 3.0
    assert timing.quartiles == (2.0, 4.0)
    assert Timing("x", (2.0,), 2.0).quartiles == (2.0, 2.0)


def test_a_ratio_is_taken_round_by_round() -> None:
    # The second round was disturbed, and both alike.
    assert ratio(Timing("a", (2.0, 20.0, 2.0)), Timing("b", (1.0, 10.0, 1.0))) == 2.0
    assert ratio(Timing("a", (2.0, 3.0, 40.0)), Timing("b", (1.0, 1.0, 10.0))) == 3.0
