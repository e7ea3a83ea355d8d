"""Workers that bound their own memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "import numpy as np\n"
    "from darkcsp.workers.memory import limit_growth\n"
    "limit_growth({room} << 20)\n"
    "np.ones(50 << 20, np.uint8)\n"
    "try:\n    np.ones(400 << 20, np.uint8)\n    print('all')\nexcept MemoryError:\n    print('no more')\n"
)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
@pytest.mark.parametrize(("room", "said"), [(200, "no more"), (900, "all")])
def test_what_a_process_may_take_besides_what_it_has(room: int, said: str) -> None:
    code = CODE.format(room=room)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == said


def test_systems_that_cannot_are_left_alone() -> None:
    code = (
        "import sys\n"
        "sys.modules['resource'] = None\n"
        "from darkcsp.workers import memory\n"
        "memory.limit_growth(0)\n"
        "from pathlib import Path\n"
        "del sys.modules['resource']\n"
        "memory._STATUS = memory._FIRST_TO_GO = Path('/nowhere/status')\n"
        "memory.limit_growth(0)\n"
        "bytes(100 << 20)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
