"""Maintenance scripts and benchmarks. Each module is launched by the small file of its name, from any folder."""
