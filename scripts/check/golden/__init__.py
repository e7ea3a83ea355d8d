"""Compares every reference case, layer by layer."""
