"""Measures an engine for another process: `python -m darkcsp.runtimes.measure REQUEST`, see `apart`.

REQUEST is JSON: `arguments` of `open_runtime`, `seconds` to measure for, and `outputs`, the file for the arrays. The
answer is a line of JSON on standard output: `seconds`, or `error`.
"""

from __future__ import annotations

import json
import sys
import warnings

import numpy as np

from darkcsp.errors import CfgWarning, DarkcspError
from darkcsp.runtimes.measuring import first_run, take_turns
from darkcsp.runtimes.opening import open_runtime


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.argv[1])
    arguments = request["arguments"]
    if arguments.get("size"):
        arguments["size"] = tuple(arguments["size"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CfgWarning)
            runtime = open_runtime(**arguments)
        outputs = first_run(runtime)
        (seconds,) = take_turns([runtime], request["seconds"])
    except DarkcspError as error:
        print(json.dumps({"error": str(error)}))
        return
    np.savez(request["outputs"], *outputs)  # type: ignore[arg-type, unused-ignore]
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
