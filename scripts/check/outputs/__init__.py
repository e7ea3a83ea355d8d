"""Killed commands and full disks: either the old output or the complete new one must remain."""
