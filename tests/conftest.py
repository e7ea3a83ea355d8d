"""Tests run side by side; nothing is measured, and no cache of the user's is read, unless a test asks for it."""

from __future__ import annotations

import importlib.util
import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

os.environ["DARKCSP_MEASURE"] = "0"  # before any test starts a process of its own
os.environ["DARKCSP_CACHE"] = os.path.join(tempfile.gettempdir(), "darkcsp-tests-keep-no-cache")
if "PYTEST_XDIST_WORKER" in os.environ:  # processes share the cores: one thread each, in libraries imported from now on
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(name, "1")

settings.register_profile("darkcsp", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whatever the load
settings.load_profile("darkcsp")

MOST_WORKERS, MOST_SLOW_WORKERS = 6, 2
"""Each takes about 1 GiB, and up to 4 where slow tests run the largest networks."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Share folders among as many processes as there are cores; files alone are done sooner in this one."""
    if config.args and all(".py" in argument for argument in config.args):
        return 0
    most = MOST_WORKERS if config.option.markexpr == "not slow" else MOST_SLOW_WORKERS
    return min(os.cpu_count() or 1, most)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what a parameter says to do with torch where that is not installed."""
    if importlib.util.find_spec("torch") is not None:
        return
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and any(
            isinstance(value, str) and value == "torch" for value in callspec.params.values()
        ):
            item.add_marker(pytest.mark.skip(reason="torch is not installed"))
