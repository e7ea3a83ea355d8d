"""Every block of code in README and docs/ runs, in order, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.places import ROOT
from tests.docs.blocks import PYTHON, SHELL, Block, blocks_of, follow
from tests.docs.reader import prepare

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

NO_CODE = {"", "text"}
"""Languages of blocks that are to be read: diagrams, what a command prints."""

NOT_RUN = [
    ("README.md", "installs packages; tests/contracts/test_wheel.py installs this one"),
    ("README.md", "makes a virtual environment, installs packages and runs the tests"),
]
"""All blocks that are not run, by page and reason."""


def _blocks() -> list[Block]:
    return [block for page in PAGES for block in blocks_of(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_in_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not any(block.language in (PYTHON, SHELL) and not block.reason for block in blocks_of(page)):
        return
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    for _ in follow(page, tmp_path):
        pass


def test_what_is_not_run_is_listed_here() -> None:
    assert [(block.page, block.reason) for block in _blocks() if block.reason is not None] == NOT_RUN


def test_every_block_is_code_that_is_run_or_none() -> None:
    assert {block.language for block in _blocks()} <= {PYTHON, SHELL, *NO_CODE}


PAGE = """\
# A page

<!-- not run: needs a camera -->

```sh
darkcsp run 0
```

- ```python
  value = 1
  ```

```text
nothing
```

```python
value += 1
```

```sh
darkcsp --version > version.txt
echo "$PWD" > folder.txt
```
"""


def test_blocks_are_found_and_run_in_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    camera, *others = blocks_of(page)
    assert camera == Block("page.md", 6, SHELL, "darkcsp run 0\n", "needs a camera")
    assert [(block.line, block.language, block.reason) for block in others] == [
        (10, PYTHON, None),
        (14, "text", None),
        (18, PYTHON, None),
        (22, SHELL, None),
    ]
    monkeypatch.chdir(tmp_path)
    values = [variables["value"] for _, variables in follow(page, tmp_path)]
    assert values == [1, 1, 2, 2]
    assert (tmp_path / "version.txt").read_text().startswith("darkcsp, version ")
    assert (tmp_path / "folder.txt").read_text().strip() == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```sh\necho told >&2\nfalse\necho no further\n```\n", "page.md:2: exit code 1\ntold\n$"),
        ("```sh\ntrue | false | true\n```\n", "page.md:2: exit code 1"),
        ("```sh\necho $nothing\n```\n", "unbound variable"),
        ("```sh\ndarkcsp info nowhere.cfg\n```\n", "page.md:2: exit code 2\nnowhere.cfg: "),
        ("text\n\n    indented\n", "fence the indented code 'indented'"),
        ("<!-- not run: no reason -->\n\nText.\n", "<!-- not run: no reason --> stands above no block of code"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises((AssertionError, ValueError), match=message):
        list(follow(page, tmp_path))


def test_errors_in_python_name_the_line_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\nvalue = 1\nraise RuntimeError('wrong')\n```\n")
    with pytest.raises(RuntimeError, match="wrong") as caught:
        list(follow(page, tmp_path))
    assert (str(caught.traceback[-1].path), caught.traceback[-1].lineno + 1) == (str(page), 5)
