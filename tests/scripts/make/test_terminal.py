"""The recording of a terminal."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.make.terminal import WIDTH, printed, recording

SVG = "{http://www.w3.org/2000/svg}"


def test_every_line_is_there_and_appears_after_the_one_before() -> None:
    svg = recording([("first --option", ["one", "<two> & [bold]three[/bold]"]), ("second", ["x" * (WIDTH + 5)])])
    texts = [element for element in ElementTree.fromstring(svg).iter(f"{SVG}text") if "at-" in element.get("class", "")]
    lines: dict[str, str] = {}
    for element in texts:
        number = str(element.get("class")).partition("at-")[2]
        lines[number] = lines.get(number, "") + (element.text or "").replace("\u00a0", " ")
    shown = ["$ first --option", "one", "<two> & [bold]three[/bold]", "$ second", "x" * WIDTH, "xxxxx"]
    assert [lines[str(number)].rstrip() for number in range(6)] == shown
    delays = [float(rule.split("animation-delay: ")[1].split("s")[0]) for rule in svg.splitlines() if ".at-" in rule]
    assert len(delays) == 6 and delays == sorted(delays) and delays[0] < delays[1] < delays[3]
    assert "@font-face" not in svg and "http" not in svg.replace("http://www.w3.org", "").replace(
        "https://www.textualize.io", ""
    )


def test_what_a_command_prints_is_real(tmp_path: Path) -> None:
    assert printed("echo out; echo error >&2", tmp_path) == ["out", "error"]
    assert printed("darkcsp --version", tmp_path)[0].startswith("darkcsp, version ")
    with pytest.raises(Exception, match="returned non-zero exit status 2"):
        printed("darkcsp nothing", tmp_path)
