"""`python -m benchmarks.accuracy` says how far backends are off, and nobody leaves the envelope."""

import pytest

from benchmarks.accuracy import errors
from python_api.equations import BACKENDS, EQUATIONS


@pytest.mark.parametrize("equation", EQUATIONS)
def test_every_backend_has_an_error_within_the_envelope(equation: str) -> None:
    found = errors(equation)
    assert [row["backend"] for row in found] == list(BACKENDS)
    for row in found:
        assert 0 <= row["of_envelope"] <= 1
        assert row["worst_ulp"] >= 0
        assert row["requests"] >= 12
