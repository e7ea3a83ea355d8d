"""The line that says what a run came to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.cli.counting import Counter
from darkcsp.detect import Detections
from darkcsp.errors import MediaError
from darkcsp.media import Clip, Done, Frame, Targets, Unreadable

IMAGE = np.zeros((2, 2, 3), np.uint8)
PICTURE = Done(Frame("a.jpg", Path("a.jpg"), IMAGE), Detections.empty())
FRAME = Done(Frame("a.avi", Path("a.avi"), IMAGE, Clip(25.0)), Detections.empty())
BROKEN = Unreadable("b.jpg", MediaError("b.jpg", "is empty"))


@pytest.mark.parametrize(
    ("items", "seconds", "text"),
    [
        ([PICTURE], 0.5, "1 picture in 0.50 s"),
        (2 * [PICTURE], 0.5, "2 pictures in 0.50 s, 4.00 per second"),
        ([PICTURE, *999 * [FRAME]], 12.34, "1 picture and 999 frames in 12.3 s, 81.0 per second"),
        (3 * [FRAME] + [BROKEN], 250.0, "3 frames in 250 s, 0.01 per second; 1 could not be read"),
    ],
)
def test_what_was_done(items: list[Done | Unreadable], seconds: float, text: str, tmp_path: Path) -> None:
    moments = iter([0.0, seconds, seconds])
    counter = Counter(lambda: next(moments))
    for item in items:
        counter.add(item)
    assert counter.summary(None) == text
    drawn = Targets(tmp_path / "out")
    assert counter.summary(drawn) == f"{text}; boxes drawn in {tmp_path / 'out'}"
