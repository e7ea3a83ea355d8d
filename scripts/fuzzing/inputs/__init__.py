"""Damaged files, given to everything that reads one."""
