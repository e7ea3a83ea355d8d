#!/usr/bin/env python
"""Composes the pictures in examples/: launches `scripts.digits.examples`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    launch = str(Path(__file__).with_name("launch"))
    os.execv(launch, [launch, "scripts.digits.examples", *sys.argv[1:]])
