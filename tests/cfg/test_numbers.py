from __future__ import annotations

import ctypes
import ctypes.util
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.cfg.numbers import atof, atof_all, atoi, atoi_all


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("32", 32, ""),
        ("32#x", 32, "#x"),
        ("-4", -4, ""),
        ("+7", 7, ""),
        ("leaky", 0, "leaky"),
        ("", 0, ""),
        ("1.9", 1, ".9"),
        ("0x10", 0, "x10"),
        ("99999999999", 2**31 - 1, ""),
        ("--3", 0, "--3"),
        ("9" * 5000, 2**31 - 1, ""),
        ("-" + "9" * 5000 + "#", -(2**31), "#"),
        ("0" * 5000 + "14", 14, ""),
        ("-" + "0" * 5000, 0, ""),
        ("+00000002147483646", 2**31 - 2, ""),
    ],
)
def test_atoi(text: str, value: int, rest: str) -> None:
    assert atoi(text) == (value, rest)


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        (".1", 0.1, ""),
        ("1.", 1.0, ""),
        ("1e-3", 0.001, ""),
        ("1e", 1.0, "e"),
        ("0.2abc", 0.2, "abc"),
        ("0x1p4", 16.0, ""),
        ("inf", math.inf, ""),
        ("-infinity", -math.inf, ""),
        ("0x1p99999", math.inf, ""),
        ("-0x1p99999x", -math.inf, "x"),
        ("0x1p-99999", 0.0, ""),
        ("1e" + "9" * 5000, math.inf, ""),
        ("1" * 5000, math.inf, ""),
        (".", 0.0, "."),
        ("", 0.0, ""),
    ],
)
def test_atof(text: str, value: float, rest: str) -> None:
    assert atof(text) == (value, rest)


LIBC = ctypes.CDLL(ctypes.util.find_library("c")) if sys.platform == "linux" else None
if LIBC is not None:
    LIBC.atof.restype = ctypes.c_double
    LIBC.atof.argtypes = LIBC.atoi.argtypes = [ctypes.c_char_p]

numeric_text = st.text(alphabet="0123456789+-.eExXpPnaif #,", max_size=14)


@pytest.mark.skipif(LIBC is None, reason="needs the C library")
@given(numeric_text)
def test_numbers_are_what_the_c_library_reads(text: str) -> None:
    assert LIBC is not None
    integer, _ = atoi(text)
    if abs(integer) < 2**31 - 1:
        assert integer == LIBC.atoi(text.encode())
    mine, reference = atof(text)[0], LIBC.atof(text.encode())
    assert mine == reference or (math.isnan(mine) and math.isnan(reference))


@given(st.lists(st.text(alphabet="0123456789+-.eE_ x\u0663", max_size=12), max_size=4))
def test_lists_are_read_as_their_items_are(texts: list[str]) -> None:
    assert atoi_all(texts) == [atoi(text) for text in texts]
    assert atof_all(texts) == [atof(text) for text in texts]
