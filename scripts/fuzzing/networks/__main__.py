"""Draws random networks over all layers and options, and compares PyTorch with ONNX Runtime.

    scripts/fuzz_networks [--family trained | --family cpu] [--count 200] [--seed 0] [--sections 8]

Every layer's output and the decoded boxes must agree, for each family of programs that read cfgs (see
scripts/fuzzing/networks/families.py). A network that differs is printed with its seed, and the exit code is 1.
"""

from __future__ import annotations

import sys
from collections import Counter

from scripts.arguments import parser
from scripts.fuzzing.networks.comparing import compare
from scripts.fuzzing.networks.drawing import draw_network
from scripts.fuzzing.networks.families import FAMILIES


def main() -> None:
    """Draw and compare."""
    arguments = parser("fuzz_networks", __doc__)
    arguments.add_argument("--family", action="append", choices=FAMILIES, help="only this family; may be repeated")
    arguments.add_argument("--count", type=int, default=200, help="networks of each family")
    arguments.add_argument("--seed", type=int, default=0, help="seed of the first network")
    arguments.add_argument("--sections", type=int, default=8)
    options = arguments.parse_args()
    failed = 0
    for name in options.family or FAMILIES:
        drawn: Counter[str] = Counter()
        differing = 0
        for seed in range(options.seed, options.seed + options.count):
            text, graph = draw_network(FAMILIES[name], seed, options.sections)
            drawn.update(spec.type for spec in graph.layers)
            if differences := compare(graph, seed):
                differing += 1
                first = differences[0]
                print(f"{name}, seed {seed}: {first.place} differs by {first.size:.1e} of its largest value\n\n{text}")
        kinds = f"{sum(drawn.values())} layers of {len(drawn)} kinds"
        print(f"{name}: {options.count - differing} of {options.count} networks agree; {kinds}", flush=True)
        failed += differing
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
