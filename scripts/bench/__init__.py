"""Benchmarks; their results are in docs/performance.md."""
