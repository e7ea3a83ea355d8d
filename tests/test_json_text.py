from __future__ import annotations

import json
from pathlib import Path

import pytest

import darkcsp
from darkcsp.json_text import json_text

NAN, INFINITE = float("nan"), float("inf")
ELSEWHERE = {"workers/process.py", "workers/serving.py", "runtimes/choice/cache.py", "modelfile/properties.py"}
"""Where the text is for darkcsp's own processes, or a key, or where numbers that are none are refused."""


@pytest.mark.parametrize("data", [{"a": [1, 2.5, None, "é", True], "b": {}}, [], 1e300, {"x": (1, 2)}])
def test_numbers_are_written_as_python_writes_them(data: object) -> None:
    assert json_text(data) == json.dumps(data)
    assert json_text(data, indent=1, ensure_ascii=False) == json.dumps(data, indent=1, ensure_ascii=False)


def test_what_is_no_number_is_null() -> None:
    data = {"a": [NAN, {"b": (1.0, INFINITE)}], "c": -INFINITE, "d": "NaN"}
    assert json.loads(json_text(data, indent=1)) == {"a": [None, {"b": [1.0, None]}], "c": None, "d": "NaN"}


def test_json_for_others_is_written_in_one_place() -> None:
    package = Path(darkcsp.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "json.dump" in path.read_text("utf-8") and path.name != "json_text.py"
    }
    assert found == ELSEWHERE
