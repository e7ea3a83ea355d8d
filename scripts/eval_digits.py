#!/usr/bin/env python
"""Measures the default model: launches `scripts.digits.evaluate`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    launch = str(Path(__file__).with_name("launch"))
    os.execv(launch, [launch, "scripts.digits.evaluate", *sys.argv[1:]])
