"""Writes the cfg of every model into cfgs/, and models.csv, the numbers that `darkcsp zoo` lists.

    scripts/make_cfgs [--check]

With --check nothing is written; the exit code tells whether a file would change. Other files in the folder are not
touched.
"""

from __future__ import annotations

import sys
from pathlib import Path

from darkcsp.files import write_whole
from darkcsp.graph import build_graph
from darkcsp.paper.headers import shipped_cfg
from darkcsp.zoo.catalogue import CATALOGUE
from darkcsp.zoo.listing import FILE_NAME, ListedModel, to_csv
from scripts.arguments import parser
from scripts.places import ROOT

FOLDER = ROOT / "cfgs"


def main() -> None:
    """Write the files, or compare them."""
    arguments = parser("make_cfgs", __doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    cfgs = [(entry, shipped_cfg(entry)) for entry in CATALOGUE.values()]
    files = {f"{entry.name}.cfg": cfg.to_bytes() for entry, cfg in cfgs}
    models = (ListedModel.of(entry, build_graph(cfg)) for entry, cfg in cfgs)
    files[FILE_NAME] = to_csv(models).encode()
    changed = [name for name, data in files.items() if not _is(FOLDER / name, data)]
    if check and changed:
        sys.exit(f"out of date, run scripts/make_cfgs: {', '.join(changed)}")
    for name in changed:
        with write_whole(FOLDER / name) as file:
            file.write(files[name])
    print(f"{len(cfgs)} models, {len(changed)} files {'differ' if check else 'written'}")


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


if __name__ == "__main__":
    main()
