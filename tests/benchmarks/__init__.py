"""Benchmarks people can run. No test is timed."""
