"""Tests of what the pytest-benchmark suites are made of."""
