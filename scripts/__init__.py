"""Maintenance and benchmarks: modules, each launched by the small file of its name, from any folder."""
