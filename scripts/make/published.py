"""Writes darkcsp/data/published.json: hashes of published cfgs' layers, their paths, and whose program each is for.

    scripts/make_published [--check]

Reads the authors' repositories under ../shared/upstream. With --check nothing is written; the exit code tells whether
the file would change.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from darkcsp.cfg import read_cfg
from darkcsp.errors import CfgError
from darkcsp.graph.published import FILE, hash_of_layers
from darkcsp.spec.program import Author
from scripts.arguments import parser
from scripts.places import ROOT, UPSTREAM

TABLE = ROOT / "darkcsp" / "data" / FILE

AUTHORS: Mapping[str, Author] = {
    "AlexeyAB/darknet/": "AlexeyAB",
    "pjreddie/darknet/": "pjreddie",
    "WongKinYiu/CrossStagePartialNetworks/": "AlexeyAB",
    "WongKinYiu/PartialResidualNetworks/": "AlexeyAB",
    "WongKinYiu/PyTorch_YOLOv4/master/": "WongKinYiu",
    "WongKinYiu/PyTorch_YOLOv4/u3_preview/": "WongKinYiu-u3",
    "WongKinYiu/ScaledYOLOv4/yolov4-csp/": "WongKinYiu",
    "WongKinYiu/yolor/main/cfg/": "WongKinYiu",
    "WongKinYiu/yolor/main/darknet/": "AlexeyAB",
    "WongKinYiu/yolov7/darknet/": "WongKinYiu",
}
"""Folder -> the author whose program its cfgs are for."""

OF_DARKNET = "_darknet.cfg"
"""Ending of yolov7's cfgs for Darknet; the others are for PyTorch."""


def main() -> None:
    """Write the table, or compare it."""
    arguments = parser("make_published", __doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    found = published()
    if not found:
        sys.exit(f"{UPSTREAM}: no cfg found")
    text = to_text(found)
    if not check:
        TABLE.write_text(text)
        print(f"{len(found)} networks")
    elif TABLE.read_text() != text:
        sys.exit(f"{TABLE} is out of date; run scripts/make_published")


def published() -> dict[str, list[tuple[Author, str]]]:
    """Return hash of the layers -> (author, path) of each cfg with these layers."""
    found: dict[str, list[tuple[Author, str]]] = {}
    for path in sorted(UPSTREAM.rglob("*.cfg")):
        name = path.relative_to(UPSTREAM).as_posix()
        author = author_of(name)
        if author is not None:
            try:
                found.setdefault(hash_of_layers(read_cfg(path)), []).append((author, name))
            except CfgError as error:
                print(error, file=sys.stderr)
    return found


def to_text(found: Mapping[str, list[tuple[Author, str]]]) -> str:
    """Return the text of the file, with a line for each network."""
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(found[key])}" for key in sorted(found)) + "\n}\n"


def author_of(name: str) -> Author | None:
    """Return the author whose program a cfg is for, by its path; None if unknown."""
    author = next((author for folder, author in AUTHORS.items() if name.startswith(folder)), None)
    return "AlexeyAB" if author is not None and name.endswith(OF_DARKNET) else author


if __name__ == "__main__":
    main()
