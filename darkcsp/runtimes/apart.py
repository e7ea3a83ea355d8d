"""Measuring an engine in a process of its own: thread pools of several libraries in one spin in each other's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from darkcsp.errors import ModelError
from darkcsp.runtimes.measuring import Measured

_WORKER = "darkcsp.runtimes.measure"
_PATIENCE = 120
"""Seconds after which a measurement is given up."""


def measure_apart(arguments: Mapping[str, object], seconds: float) -> Measured:
    """Open and measure a model in another process.

    Args:
        arguments: of `open_runtime`; paths are absolute.
        seconds: see `measuring.take_turns`.

    Raises ModelError where it cannot be opened or run, or the process cannot be started or dies.
    """
    if not sys.executable:
        raise ModelError("there is no Python to measure with")
    with tempfile.TemporaryDirectory() as folder:
        outputs = Path(folder) / "outputs.npz"
        request = json.dumps({"arguments": dict(arguments), "seconds": seconds, "outputs": str(outputs)})
        package = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        try:
            done = subprocess.run(
                [sys.executable, "-m", _WORKER, request],
                env={**os.environ, "PYTHONPATH": paths},
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
            )
            answer = json.loads(done.stdout.splitlines()[-1])
        except subprocess.TimeoutExpired:
            raise ModelError(f"takes longer than {_PATIENCE} s") from None
        except (OSError, ValueError, IndexError):
            raise ModelError("the process that measures it ends without an answer") from None
        if "error" in answer:
            raise ModelError(str(answer["error"]))
        with np.load(outputs) as arrays:
            return Measured(float(answer["seconds"]), tuple(arrays[name] for name in arrays.files))
