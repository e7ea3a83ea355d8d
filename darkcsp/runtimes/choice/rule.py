"""Opens a model with the engine that is chosen by rule: nothing is timed, and nothing is remembered.

The same model gets the same engine on every machine that has the same libraries. Backends are taken in the order of
their speed. Of a backend's engines, a file is for the one that it was written for, `convert --target`; a cfg is for the
one that is preferred for networks of this intensity, see `Engine.preferred_from`. The rest follow in the backend's own
order: if an engine cannot open the model, the next one is tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from darkcsp.errors import DarkcspError
from darkcsp.modelfile.targets import TARGETS
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.backends import BACKENDS
from darkcsp.runtimes.choice.contained import open_contained
from darkcsp.runtimes.runtime import Runtime
from darkcsp.runtimes.source import ModelSource


def open_by_rule(
    source: ModelSource, candidates: Sequence[Candidate], threads: int | None, workers: int = 1
) -> Runtime:
    """Open a model with the first candidate, in the order of the rule, that can open it.

    Raises what `open_candidate` raises for the most trusted backend if none of them can.
    """
    errors: dict[str, DarkcspError] = {}
    for candidate in in_order(candidates, source):
        try:
            return open_contained(source, candidate, threads, workers)
        except DarkcspError as error:
            errors[candidate.backend] = error  # OpenCV's last engine says what it stumbles over, its first does not
    raise next(errors[name] for name in BACKENDS if name in errors)


def in_order(candidates: Sequence[Candidate], source: ModelSource) -> list[Candidate]:
    """Return candidates in the order in which the rule tries them."""
    return sorted(candidates, key=lambda item: (BACKENDS[item.backend].speed, _reserve(item, source)))


def _reserve(candidate: Candidate, source: ModelSource) -> float:
    """Return a number that is the lower, the more an engine is to be preferred to others of its backend."""
    if source.target is not None:
        target = TARGETS[source.target]
        return 0 if (candidate.backend, candidate.engine) == (target.backend, target.engine) else 1
    engines = {engine.name: engine for engine in BACKENDS[candidate.backend].engines()}
    bound = engines[candidate.engine].preferred_from
    return -bound if source.intensity is not None and bound <= source.intensity else math.inf
