"""The comparison of docs/benchmarks.md: `make bench`. It measures the package from outside and is no part of it."""
