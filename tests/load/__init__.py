"""Holds the built load generator to another one; its own tests are in benchmarks/load/tests."""
