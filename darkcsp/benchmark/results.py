"""Rows of a benchmark (a model, a way to run it, and its timing) as data, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.machine import Machine
from darkcsp.benchmark.measure import Timing
from darkcsp.json_text import json_text
from darkcsp.runtimes.backends import AUTO, FASTEST


@dataclass(frozen=True)
class Row:
    """One model run in one way.

    Attributes:
        model: name of the model.
        contender: backend, engine and precision.
        batch: pictures per run.
        operations: operations for one picture, or None if unknown.
        timing: seconds per run.
    """

    model: str
    contender: Contender
    batch: int
    operations: float | None
    timing: Timing

    @property
    def failed(self) -> bool:
        """Whether the run failed, so that there are no figures."""
        return bool(self.timing.error)

    @property
    def engine(self) -> str:
        """The engine, and what was chosen for "auto" and "fastest"."""
        wanted, chosen = self.contender.engine, self.timing.name.partition("/")[2]
        return f"{wanted}: {chosen}" if wanted in (AUTO, FASTEST) and chosen not in ("", wanted) else wanted

    @property
    def milliseconds(self) -> float:
        """Median milliseconds per picture."""
        return 1000 * self.timing.median / self.batch

    @property
    def spread(self) -> tuple[float, float]:
        """Lower and upper quartile of the rounds, in milliseconds per picture."""
        low, high = self.timing.quartiles
        return 1000 * low / self.batch, 1000 * high / self.batch

    @property
    def fps(self) -> float:
        """Pictures per second."""
        return 1000 / self.milliseconds

    @property
    def speed(self) -> float | None:
        """Operations per second."""
        return None if self.operations is None else self.operations * self.fps

    def as_data(self, peak: float | None) -> dict[str, Any]:
        """Return flat values; `peak` is in operations per second."""
        data: dict[str, Any] = {
            "model": self.model,
            "backend": self.contender.backend,
            "engine": self.contender.engine,
            "chosen": self.timing.name,
            "precision": self.contender.precision,
            "batch": self.batch,
            "gflop": _rounded(self.operations, 1e9),
        }
        keys = ("ms", "ms_lower_quartile", "ms_upper_quartile", "fps", "gflops", "share_of_peak")
        if self.failed:
            return data | dict.fromkeys(keys) | {"error": self.timing.error}
        share = None if self.speed is None or not peak else self.speed / peak
        figures = (self.milliseconds, *self.spread, self.fps, _rounded(self.speed, 1e9), share)
        return data | {key: _rounded(figure) for key, figure in zip(keys, figures, strict=True)} | {"error": ""}


@dataclass(frozen=True)
class Results:
    """A benchmark.

    Attributes:
        machine: the machine it ran on.
        rows: in the order of models, then contenders.
        peak: operations per second of a large float32 matrix product, the best of all runs; None if it failed.
    """

    machine: Machine
    rows: tuple[Row, ...]
    peak: float | None

    def share(self, row: Row) -> float | None:
        """Return the fraction of the peak that a row reaches; with less than float32 precision it may exceed 1."""
        return None if row.failed or row.speed is None or not self.peak else row.speed / self.peak

    def as_data(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "machine": {**asdict(self.machine), "peak_gflops": _rounded(self.peak, 1e9)},
            "rows": [row.as_data(self.peak) for row in self.rows],
        }


def to_json(results: Results) -> str:
    """Return the text of a JSON file."""
    return json_text(results.as_data(), indent=1, ensure_ascii=False) + "\n"


def to_csv(results: Results) -> str:
    """Return the text of a CSV file with a line for each row."""
    return table_to_csv([row.as_data(results.peak) for row in results.rows])


def table_to_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Return dictionaries with the same keys as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rounded(value: float | None, unit: float = 1.0) -> float | None:
    return None if value is None else float(f"{value / unit:.6g}")
