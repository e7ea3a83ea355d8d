"""Writes the pages of docs/ that the code gives.

    scripts/make_docs [--check]

docs/layers.md, from the specs: every layer, its options with meaning and default, and which backend has it.
docs/zoo.md, from darkcsp.paper: the documents' tables, reproduced.
docs/onnx-contract.md: its tables of inputs, outputs and metadata; the text around them is written by hand.

An option's meaning is the text of the spec's attribute of that name, or of the one that `option_attributes` names, or
its line in `option_notes`; its default is what the spec asks for while it reads the section of its `sample`. With
--check nothing is written; the exit code tells whether it would change.
"""

from __future__ import annotations

import sys

from darkcsp.paper.page import to_markdown
from scripts.arguments import parser
from scripts.make.docs import contract, layers
from scripts.places import ROOT

CONTRACT = ROOT / "docs" / "onnx-contract.md"


def main() -> None:
    """Write the pages, or compare them."""
    arguments = parser("make_docs", __doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    pages = {
        ROOT / "docs" / "layers.md": layers.page(),
        ROOT / "docs" / "zoo.md": to_markdown(),
        CONTRACT: contract.page(CONTRACT.read_text()),
    }
    for path, text in pages.items():
        if not check:
            path.write_text(text)
        elif not path.is_file() or path.read_text() != text:
            sys.exit(f"{path} is not what scripts/make_docs writes; run it")


if __name__ == "__main__":
    main()
