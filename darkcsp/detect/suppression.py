"""Decides which boxes a detector returns: by the caller's arguments, the model's values, or the defaults."""

from __future__ import annotations

from typing import Any

from darkcsp.errors import ArgumentError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.options import Suppression


def chosen_suppression(
    metadata: Metadata,
    path: str,
    threshold: float | None = None,
    nms: float | None = None,
    max_detections: int | None = None,
    agnostic: bool | None = None,
    one_class_per_box: bool | None = None,
) -> Suppression:
    """Return the given values, with None replaced by the model's own values or the defaults.

    Raises ArgumentError for invalid values, or for values that a model of head "nms" does not allow.
    """
    wanted = (threshold, nms, max_detections, agnostic, one_class_per_box)
    asked: dict[str, Any] = {
        name: value for name, value in zip(Suppression._fields, wanted, strict=True) if value is not None
    }
    if metadata.suppression is None:
        return Suppression(*metadata.heads[-1].limits)._replace(**asked).checked()
    chosen = metadata.suppression._replace(**asked).checked()
    _check_file_has(metadata.suppression, chosen, path)
    return chosen


def _check_file_has(own: Suppression, chosen: Suppression, path: str) -> None:
    """Raise ArgumentError for boxes that head "nms" already dropped: less confident ones, more of them, or others."""
    beyond = {
        "threshold": (
            chosen.threshold < own.threshold,
            f"only boxes above {own.threshold}",
            f"{own.threshold} or more",
        ),
        "nms": (chosen.nms != own.nms, f"boxes suppressed at nms={own.nms}", f"{own.nms}"),
        "max_detections": (
            own.max_detections and not 0 < chosen.max_detections <= own.max_detections,
            f"at most {own.max_detections} boxes of a class",
            f"1 to {own.max_detections}",
        ),
        "agnostic": (chosen.agnostic != own.agnostic, f"boxes found with agnostic={own.agnostic}", f"{own.agnostic}"),
        "one_class_per_box": (
            chosen.one_class_per_box != own.one_class_per_box,
            f"boxes found with one_class_per_box={own.one_class_per_box}",
            f"{own.one_class_per_box}",
        ),
    }
    for name, (refused, has, expected) in beyond.items():
        if refused:
            value = getattr(chosen, name)
            option = f"--{name.replace('_', '-')}"
            how = ("with" if value else "without", option) if isinstance(value, bool) else (option, str(value))
            advice = f"{name}={value} needs another file: darkcsp convert --head nms {' '.join(how)}"
            raise ArgumentError(name, value, expected, f"{path}: gives {has}; {advice}")
