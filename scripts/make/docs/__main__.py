"""Writes the pages of docs/ that are generated from the code.

    scripts/make_docs [--check]

docs/layers.md comes from the specs: every layer, its options with meaning and default, and its backends.
docs/zoo.md comes from darkcsp.paper: the tables of the CSPNet paper and its authors' README, reproduced.
The tables of inputs, outputs and metadata in docs/onnx-contract.md; the text around them is written by hand.

The meaning of an option is the docstring of the spec's attribute with the same name, or with the name in
`option_attributes`, or its line in `option_notes`. Its default is the one that the spec passes when it reads the
section in its `sample`. With --check nothing is written; the exit code tells whether a page would change.
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
            sys.exit(f"{path} is out of date; run scripts/make_docs")


if __name__ == "__main__":
    main()
