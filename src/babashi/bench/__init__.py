"""Benchmarks against real peers: same rules, same data, results compared before times are."""
