"""Compares networks with both semantics."""
