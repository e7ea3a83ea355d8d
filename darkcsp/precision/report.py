"""Reports the effect of a change of precision."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass

from darkcsp.errors import ModelError
from darkcsp.files import write_whole
from darkcsp.json_text import json_text
from darkcsp.modelfile.forms import Precision
from darkcsp.precision.costs import ClassifierCost, Cost, DetectorCost

_KINDS: dict[type[Cost], str] = {DetectorCost: "detector", ClassifierCost: "classifier"}


@dataclass(frozen=True)
class PrecisionReport:
    """The result of a conversion to lower precision.

    Attributes:
        path: the file.
        precision: its precision.
        detail: how it was made.
        bytes_before, bytes_after: sizes of the float32 file and of this one.
        compared_with: the engine that ran both models, such as "onnxruntime/default".
        cost: the effect on the results for the pictures; None if there were no pictures.
        unreadable: one line for each picture that could not be read.
    """

    path: str
    precision: Precision
    detail: str
    bytes_before: int
    bytes_after: int
    compared_with: str = ""
    cost: Cost | None = None
    unreadable: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The report in words."""
        before, after = self.bytes_before / 1e6, self.bytes_after / 1e6
        ratio = self.bytes_before / max(self.bytes_after, 1)
        size = f"{after:.1f} MB, {ratio:.2f} times smaller than {before:.1f} MB"
        lines = [f"{self.path}: {self.precision}, {self.detail}; {size}"]
        if self.cost is None:
            return [*lines, "no pictures to compare with float32"]
        return [*lines, f"compared with float32 on {self.compared_with}:", *self.cost.lines()]

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON values; `cost` has a "kind": "detector", "classifier" or "output"."""
        values = dataclasses.asdict(self)
        if self.cost is not None:
            values["cost"] = {"kind": _KINDS.get(type(self.cost), "output"), **dataclasses.asdict(self.cost)}
        return values

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the report as JSON. Raises ModelError if the file cannot be written."""
        try:
            with write_whole(path) as file:
                file.write((json_text(self.to_dict(), indent=1) + "\n").encode())
        except OSError as error:
            raise ModelError(path, f"cannot be written: {error.strerror}") from None
