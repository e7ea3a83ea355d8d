"""Headers of all ages."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from darkcsp.errors import WeightsHeaderError
from darkcsp.weightfile import parse_weights
from darkcsp.weightfile.header import parse_header
from tests.networks import graph_of

CONNECTED = "[net]\nwidth=2\nheight=1\nchannels=2\n\n[connected]\noutput=3\nactivation=linear\n"
RATES = struct.pack("<fffI", 0.001, 0.9, 0.0005, 640)


@pytest.mark.parametrize(
    ("data", "size", "transposed"),
    [
        (struct.pack("<iiiI", 0, 1, 0, 640), 16, False),
        (struct.pack("<iiiQ", 0, 2, 5, 640), 20, False),
        (struct.pack("<iiiQ", 1, 0, 0, 640), 20, False),
        (struct.pack("<iiiI", 1001, 0, 0, 640), 16, True),
        (RATES, 16, True),
    ],
)
def test_ages(data: bytes, size: int, transposed: bool) -> None:
    header = parse_header(data, "x.weights")
    assert (header.size, header.transposed, header.seen) == (size, transposed, 640)
    assert header.to_bytes() == data


def test_connected_weights_from_before_versions_are_transposed() -> None:
    graph = graph_of(CONNECTED)
    values = np.arange(15, dtype="<f4")
    plain = parse_weights(struct.pack("<iiiI", 0, 1, 0, 0) + values.tobytes(), graph)[0]["weights"]
    old = parse_weights(RATES + values.tobytes(), graph)[0]["weights"]
    np.testing.assert_array_equal(plain, values[3:].reshape(3, 4))
    np.testing.assert_array_equal(old, values[3:].reshape(4, 3).T)


def test_neither_version_nor_rates() -> None:
    with pytest.raises(WeightsHeaderError, match="which is not a version"):
        parse_header(struct.pack("<fffI", 0.001, 0.9, 5.0, 640), "x.weights")
