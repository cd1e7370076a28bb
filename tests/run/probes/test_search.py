"""The search for the highest rate that holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.run.probes.search import highest_held

LEAST_HZ, MOST_HZ, PRECISION = 1.0, 100_000.0, 0.05


def _found(holds_to_hz: float, start_hz: float) -> tuple[float | None, list[float]]:
    asked: list[float] = []

    def holds(rate_hz: float) -> bool:
        asked.append(rate_hz)
        return rate_hz <= holds_to_hz

    found = highest_held(holds, start_hz, least_hz=LEAST_HZ, most_hz=MOST_HZ, precision=PRECISION)
    return found, asked


@given(
    holds_to_hz=st.floats(LEAST_HZ, MOST_HZ),
    start_hz=st.floats(0, 10 * MOST_HZ),
)
def test_the_rate_found_holds_and_is_as_precise_as_asked(
    holds_to_hz: float, start_hz: float
) -> None:
    found, asked = _found(holds_to_hz, start_hz)
    assert found is not None
    assert found in asked
    assert found <= holds_to_hz <= found * (1 + PRECISION)


@given(holds_to_hz=st.floats(LEAST_HZ, MOST_HZ), start_hz=st.floats(0, 10 * MOST_HZ))
def test_no_rate_is_asked_twice_or_out_of_bounds(holds_to_hz: float, start_hz: float) -> None:
    _, asked = _found(holds_to_hz, start_hz)
    assert len(asked) == len(set(asked))
    assert all(LEAST_HZ <= rate_hz <= MOST_HZ for rate_hz in asked)


@pytest.mark.parametrize("start_hz", [0.0, 1.0, 300.0])
def test_where_nothing_holds_nothing_is_found(start_hz: float) -> None:
    assert _found(0.5, start_hz)[0] is None


def test_where_everything_holds_the_most_is_found() -> None:
    found, asked = _found(2 * MOST_HZ, 90_000)
    assert found == MOST_HZ
    assert len(asked) == 2


def test_a_good_start_needs_few_trials() -> None:
    _, asked = _found(1000, 600)
    assert len(asked) <= 7
