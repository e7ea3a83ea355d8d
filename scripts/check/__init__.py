"""Checks that take longer than tests may."""
