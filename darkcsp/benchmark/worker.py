"""A worker process: `python -m darkcsp.benchmark.worker runtime` or `peak`. See `workers.serving` for its answers."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import Any

from darkcsp.benchmark.peak import open_peak
from darkcsp.errors import CfgWarning
from darkcsp.limits import Limits
from darkcsp.workers.serving import Opened, serve


def open_model(options: Mapping[str, Any]) -> Opened:
    """Open a runtime with `options["runtime"]` (arguments of `open_runtime`) for `options["batch"]` random pictures."""
    from darkcsp.runtimes.opening import open_runtime
    from darkcsp.runtimes.runtime import noise

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CfgWarning)
        arguments = dict(options["runtime"])
        size = arguments.pop("size", None)
        limits = Limits(**arguments.pop("limits"))
        runtime = open_runtime(**arguments, size=tuple(size) if size else None, limits=limits)
    batch = noise(runtime, options["batch"])
    return Opened(runtime.name, lambda: runtime.run(batch))


if __name__ == "__main__":
    serve({"runtime": open_model, "peak": open_peak}[sys.argv[1]])
