"""Section names are registered once."""

from __future__ import annotations

import pytest

from darkcsp.layers import registered
from darkcsp.spec.registry import layer
from tests.toy import Toy


def test_a_name_that_is_taken_is_refused() -> None:
    taken = type("Taken", (Toy,), {"sections": ("cost",)})
    with pytest.raises(ValueError, match=r"\[cost\] is registered twice: Cost and Taken"):
        layer(taken)
    assert registered()["cost"].__name__ == "Cost"


def test_what_is_returned_is_a_copy() -> None:
    registered().clear()
    assert {"convolutional", "conv", "Gaussian_yolo"} <= set(registered())
