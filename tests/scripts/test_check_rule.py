"""What scripts/check_rule makes of the times of two engines."""

from __future__ import annotations

import pytest

from scripts.check.rule import Row, merged, models_of_the_zoo, table


@pytest.mark.parametrize(("chosen", "ratio", "holds"), [("new", 1.05, True), ("classic", 1 / 1.05, True)])
def test_the_ratio_is_the_chosen_engine_s(chosen: str, ratio: float, holds: bool) -> None:
    row = Row("x", 100.0, chosen, {"new": [1.05, 10.5, 2.1], "classic": [1.0, 10.0, 2.0]})
    assert row.ratio == pytest.approx(ratio)
    assert row.holds == holds


def test_passes_count_together_and_a_wrong_choice_shows() -> None:
    one, other = (Row("x", 100.0, "new", {"new": [new], "classic": [1.0]}) for new in (1.0, 1.2))
    row = merged(one, other)
    assert row.times == {"new": [1.0, 1.2], "classic": [1.0, 1.0]}
    assert not row.holds
    text = table([row], ("new", "classic"))
    assert text.splitlines()[-1] == "| x | 100 | 1100.0 | 1000.0 | new | 1.10 | 1.00 | **no** |"


def test_there_are_84_models() -> None:
    assert len(models_of_the_zoo()) == 84
