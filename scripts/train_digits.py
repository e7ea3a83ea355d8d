#!/usr/bin/env python
"""Trains the default model: launches `scripts.digits.train`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    launch = str(Path(__file__).with_name("launch"))
    os.execv(launch, [launch, "scripts.digits.train", *sys.argv[1:]])
