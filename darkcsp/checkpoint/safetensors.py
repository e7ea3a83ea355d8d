"""Read safetensors files into arrays by name, using only NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from darkcsp.arrays import Array
from darkcsp.errors import MissingBackendError, WeightsError, first_line


def read_safetensors(path: str) -> Mapping[str, Array]:
    """Read a `.safetensors` file; return float32 arrays by name.

    Raises:
        WeightsError: the file cannot be read.
        MissingBackendError: safetensors is not installed.
    """
    try:
        from safetensors.numpy import load
    except ImportError:
        raise MissingBackendError("safetensors", "safetensors") from None
    try:
        return {name: np.asarray(array, np.float32) for name, array in load(Path(path).read_bytes()).items()}
    except OSError as error:
        raise WeightsError(path, f"cannot be read: {error.strerror or error}") from None
    except Exception as error:  # SafetensorError, and whatever types unknown to NumPy raise
        raise WeightsError(path, f"is not a safetensors file that NumPy can read: {first_line(error)}") from None
