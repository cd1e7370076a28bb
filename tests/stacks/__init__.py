"""Tests of `python_api.stacks`, within one process; `tests/conformance` speaks to real servers."""
