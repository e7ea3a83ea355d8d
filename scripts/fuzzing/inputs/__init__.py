"""Damaged files, passed to every reader."""
