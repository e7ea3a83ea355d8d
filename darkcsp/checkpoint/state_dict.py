"""Checkpoints of PyTorch to arrays by name: the one place outside the torch rooms that imports torch, when called.

Nothing that a file says is run: `weights_only=True` takes tensors and plain containers alone.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

from darkcsp.arrays import Array
from darkcsp.errors import MissingBackendError, WeightsError

MODEL = "model"
"""Where a checkpoint of a training has the network's tensors."""


def read_state_dict(path: str) -> Mapping[str, Array]:
    """Read a `.pt` file: a state_dict, or a checkpoint with one under `model`; return float32 arrays by name.

    Raises:
        WeightsError: it cannot be read, or holds something else, such as a whole pickled module.
        MissingBackendError: PyTorch is not installed.
    """
    loaded = _load(path)
    found = loaded.get(MODEL, loaded) if isinstance(loaded, Mapping) else loaded
    if not isinstance(found, Mapping):
        raise WeightsError(path, f"holds a {type(found).__name__}, expected a state_dict, or one under {MODEL!r}")
    others = [str(name) for name, value in found.items() if not hasattr(value, "detach")]
    if others or not found:
        what = f"{others[0]!r}, which is no tensor" if others else "nothing"
        raise WeightsError(path, f"holds {what}; expected a state_dict, or one under {MODEL!r}")
    return {str(name): tensor.detach().float().cpu().numpy() for name, tensor in found.items()}


def _load(path: str) -> Any:
    try:
        import torch
    except ImportError:
        raise MissingBackendError("PyTorch checkpoint", "torch") from None
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(path, f"cannot be read: {error.strerror or error}") from None
    except pickle.UnpicklingError:
        raise WeightsError(
            path,
            "holds more than tensors, such as a whole pickled module, and opening that can run any code. Where "
            "you trust it: torch.save(torch.load(PATH, weights_only=False)['model'].state_dict(), 'x.pt')",
        ) from None
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsError(path, f"is no checkpoint that PyTorch can read: {first}") from None
