"""Tests the wheel, without torch, on all other Python versions of a machine."""
