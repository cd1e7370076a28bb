"""Every backend against the 50-digit reference."""

import math
from collections.abc import Iterable

import pytest

from python_api.equations import BACKENDS, load
from python_api.equations.heat import in_python, reference
from python_api.equations.heat.contract import MAX_MESH_RATIO, Example, example
from tests.equations.heat.error_bound import bound_of_step
from tests.equations.heat.requests import hard_requests, random_requests, request

WORST_SEEN = 0.25
"""A little above the worst that is known, as a part of the envelope."""


def worst_parts(requests: Iterable[Example]) -> dict[str, float]:
    """Each backend's worst error as a part of the envelope."""
    worst = dict.fromkeys(BACKENDS, 0.0)
    for each in requests:
        envelope = reference.envelope_ulp(**each)
        for backend in BACKENDS:
            (computed,) = load("heat", backend).compute_lists(**each)
            error = max(reference.errors_ulp(**each, computed=computed))
            worst[backend] = max(worst[backend], error / envelope)
    return worst


def test_ten_thousand_random_requests_are_well_within_the_envelope() -> None:
    worst = worst_parts(random_requests(10_000))
    assert {backend: part for backend, part in worst.items() if part > WORST_SEEN} == {}


def test_hard_requests_are_well_within_the_envelope() -> None:
    worst = worst_parts(hard_requests())
    assert {backend: part for backend, part in worst.items() if part > WORST_SEEN} == {}


def test_the_envelope_is_what_the_roundings_can_add_up_to() -> None:
    ratios = [10 ** (k / 8) for k in range(-96, 24)] + [1.0, MAX_MESH_RATIO]
    for ratio in ratios:
        for n in (3, 4, 5, 10, 101, 1000):
            one_step = request([1.0] * n, ratio, steps=1)
            stability = 4.325 if ratio > 1.0 else 1.0
            assert stability * bound_of_step(ratio, n) <= reference.envelope_ulp(**one_step)


@pytest.mark.parametrize("ratio", [0.25, 1.0])
def test_the_envelope_is_not_ten_times_what_the_roundings_can_add_up_to(ratio: float) -> None:
    one_step = request([1.0] * 1000, ratio, steps=1)
    assert reference.envelope_ulp(**one_step) < 2 * bound_of_step(ratio, 1000)


def test_an_answer_outside_the_envelope_is_refused_and_its_worst_error_named() -> None:
    asked = example(20)
    (temperature,) = in_python.compute(**asked)
    temperature[7] += 1e-9
    with pytest.raises(ValueError, match=r"1 of 20 temperatures .* at index 7"):
        reference.check(**asked, computed=temperature)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_answer_that_is_no_number_is_outside_the_envelope(wrong: float) -> None:
    asked = request([1.0, 1.0, 1.0], 1.0, steps=1)
    with pytest.raises(ValueError, match="1 of 3 temperatures"):
        reference.check(**asked, computed=[1.0, wrong, 1.0])


def test_an_answer_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reference.check(**request([1.0, 1.0, 1.0], 1.0, steps=1), computed=[1.0, 1.0])
