"""Nothing is measured, and no cache of the user's is read, unless a test asks for it."""

from __future__ import annotations

import os
import tempfile

os.environ["DARKCSP_MEASURE"] = "0"  # before any test starts a process of its own
os.environ["DARKCSP_CACHE"] = os.path.join(tempfile.gettempdir(), "darkcsp-tests-keep-no-cache")
