"""Read PyTorch checkpoints into arrays by name: the only code outside the torch packages that imports torch, on call.

No code in a file is ever run: `weights_only=True` allows only tensors and plain containers.
"""

from __future__ import annotations

import os
import pickle
import zipfile
from collections.abc import Mapping
from typing import Any

from darkcsp.arrays import Array
from darkcsp.errors import MissingBackendError, WeightsError, first_line

MODEL = "model"
"""Key of the network's tensors in a training checkpoint."""


def read_state_dict(path: str) -> Mapping[str, Array]:
    """Read a `.pt` file: a state_dict, or a checkpoint with one under `model`; return float32 arrays by name.

    Raises:
        WeightsError: the file cannot be read, or holds something else, such as a whole pickled module.
        MissingBackendError: PyTorch is not installed.
    """
    loaded = _load(path)
    found = loaded.get(MODEL, loaded) if isinstance(loaded, Mapping) else loaded
    if not isinstance(found, Mapping):
        raise WeightsError(path, f"holds a {type(found).__name__}, expected a state_dict, or one under {MODEL!r}")
    others = [str(name) for name, value in found.items() if not hasattr(value, "detach")]
    if others or not found:
        what = f"{others[0]!r}, which is not a tensor" if others else "nothing"
        raise WeightsError(path, f"holds {what}; expected a state_dict, or one under {MODEL!r}")
    return {str(name): _to_array(path, str(name), tensor) for name, tensor in found.items()}


def _to_array(path: str, name: str, tensor: Any) -> Array:
    """Return a tensor's values. Raises WeightsError if it has none, or more than the file holds."""
    try:
        if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
            raise WeightsError(path, f"{name!r} has shape {tuple(tensor.shape)}, but the file holds fewer values")
        array: Array = tensor.detach().float().cpu().numpy()
    except (RuntimeError, TypeError) as error:  # sparse, quantised, on the device "meta"
        raise WeightsError(path, f"{name!r} is not a plain tensor: {first_line(error)}") from None
    return array


def _load(path: str) -> Any:
    try:
        import torch
    except ImportError:
        raise MissingBackendError("PyTorch checkpoint", "torch") from None
    _check_is_stored(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(path, f"cannot be read: {error.strerror or error}") from None
    except pickle.UnpicklingError:
        raise WeightsError(
            path,
            "holds more than tensors, such as a whole pickled module, and loading that can run arbitrary code. If you "
            "trust it: torch.save(torch.load(PATH, weights_only=False)['model'].state_dict(), 'x.pt')",
        ) from None
    except Exception as error:  # damaged files make it fail in many ways
        raise WeightsError(path, f"is not a checkpoint that PyTorch can read: {first_line(error)}") from None


def _check_is_stored(path: str) -> None:
    """Raise WeightsError for an archive that unpacks to more than its size; torch.save does not compress."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
        packed = os.path.getsize(path)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return  # older versions do not write archives; for other files PyTorch reports what is wrong
    if size > packed:
        raise WeightsError(
            path, f"is an archive of {packed} bytes that unpacks to {size}; checkpoints are not compressed"
        )
