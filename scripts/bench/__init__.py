"""Benchmarks; docs/performance.md has what they printed."""
