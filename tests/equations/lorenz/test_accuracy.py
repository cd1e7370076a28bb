"""Every backend against the 50-digit reference."""

import math

import pytest

from python_api.equations import BACKENDS, load
from python_api.equations.lorenz import in_python, reference
from python_api.equations.lorenz.contract import ENVELOPE_ULP, Example
from tests.equations.lorenz.error_bound import bound
from tests.equations.lorenz.requests import hard_requests, random_requests

WORST_SEEN_ULP = 1.0
"""A little above the worst that is known: what the envelope's derivation is too shy of."""


def error_ulp(backend: str, request: Example) -> float:
    (state,) = load("lorenz", backend).compute_lists(**request)
    reference.check(**request, computed=state)
    return reference.error_ulp(**request, computed=state)


@pytest.mark.parametrize("backend", BACKENDS)
def test_ten_thousand_random_requests_are_within_the_envelope(backend: str) -> None:
    assert max(error_ulp(backend, each) for each in random_requests(10_000)) <= WORST_SEEN_ULP


@pytest.mark.parametrize("backend", BACKENDS)
def test_hard_requests_are_within_the_envelope(backend: str) -> None:
    assert max(error_ulp(backend, each) for each in hard_requests()) <= WORST_SEEN_ULP


def test_the_envelope_is_what_the_roundings_can_add_up_to() -> None:
    for request in [*hard_requests(), *random_requests(300)]:
        in_units = bound(**request) / reference.unit(**request)
        (state,) = in_python.compute(**request)
        assert reference.error_ulp(**request, computed=state) <= in_units <= ENVELOPE_ULP


def test_an_answer_outside_the_envelope_is_refused_and_its_error_named() -> None:
    request = Example(state=[1.0, 2.0, 3.0], dt=0.01, steps=2)
    (state,) = in_python.compute(**request)
    state[1] += 100 * reference.unit(**request)
    with pytest.raises(ValueError, match=r"after 2 steps of 0.01 .* by 1?\d\d(\.\d)? ulp"):
        reference.check(**request, computed=state)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_number_is_outside_the_envelope(wrong: float) -> None:
    with pytest.raises(ValueError, match="more than 8 ulp off"):
        reference.check([0.0, 0.0, 0.0], 0.01, 1, [0.0, wrong, 0.0])


def test_an_answer_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reference.check([0.0, 0.0, 0.0], 0.01, 1, [0.0, 0.0])
