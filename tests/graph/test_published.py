"""Published cfgs are known by their layers, whatever else stands in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.graph.published import find_publications, hash_of_layers
from tests.networks import DETECTOR
from tests.reference import UPSTREAM

ROOT = Path(__file__).resolve().parents[2]


def hashed(text: str) -> str:
    return hash_of_layers(parse_cfg(text, "x.cfg"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("width=32", "width=64\nbatch=8"),
        ("[maxpool]", "# a comment\n\n[maxpool]"),
        ("size=2\nstride=2", "stride=2\nsize = 2"),
        ("classes=2", "classes=80"),
        ("anchors=4,6,", "anchors=5,6,"),
        ("filters=14", "filters=255"),
        ("classes=2", "classes=2\nmax_delta=5\njitter=.3"),
    ],
)
def test_what_does_not_count(old: str, new: str) -> None:
    assert hashed(DETECTOR.replace(old, new)) == hashed(DETECTOR) != hashed(DETECTOR.replace("filters=8", "filters=9"))


@pytest.mark.parametrize(
    ("old", "new"),
    [("activation=leaky", "activation=mish"), ("from=-2", "from=-1"), ("mask=2", "mask=1"), ("[maxpool]", "[avgpool]"),
     ("scale_x_y=1.1", "scale_x_y=1.2"), ("batch_normalize=1\n", "")],
)  # fmt: skip
def test_what_counts(old: str, new: str) -> None:
    assert old in DETECTOR
    assert hashed(DETECTOR.replace(old, new)) != hashed(DETECTOR)


def test_others_are_not_known() -> None:
    assert find_publications(parse_cfg(DETECTOR)) == ()
    assert find_publications(parse_cfg("[net]\nwidth=1\n")) == ()


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the published cfgs are not beside this repository")
def test_the_table_is_current() -> None:
    command = [sys.executable, "-m", "scripts.make.published", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
