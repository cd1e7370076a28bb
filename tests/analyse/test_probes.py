"""Which of a probe's records count, and how it is said to have gone."""

import pytest

from stackgap.analyse.probes import sort_out
from stackgap.probe_records import ColdStart, ColdStartSettings
from stackgap.records import RunEnded
from tests.analyse.probe_records import AXUM, STACKS, cold_start, probe, records

SETTINGS = ColdStartSettings()


def _observe(generation: int, stack: str) -> list[ColdStart]:
    return [cold_start(generation, stack, 0.5, wrong=int(generation == 0 and stack == AXUM))]


def test_only_good_generations_count_and_all_answers_are_counted() -> None:
    found = probe(SETTINGS, _observe, generations=3, void=[0])
    assert {own.generation for own in found.observations} == {1, 2}
    assert set(found.of_stack(ColdStart, AXUM)) == {1, 2}
    trust = found.trust
    assert (trust.counted, trust.void, trust.reasons) == (2, 1, ("a fault",))
    assert (trust.checked_answers, trust.wrong_answers) == (3 * len(STACKS) * 8, 1)
    assert any("Intervals need 6 generations; in this probe 2" in own for own in trust.warnings)


def test_a_generation_that_was_cut_off_does_not_count() -> None:
    whole = records(SETTINGS, _observe, generations=2)
    assert isinstance(whole[-1], RunEnded)
    assert sort_out(whole).trust.complete
    cut = sort_out(whole[:-2])
    assert not cut.trust.complete
    assert {own.generation for own in cut.observations} == {0}


def test_records_must_begin_with_the_start_of_a_probe() -> None:
    with pytest.raises(ValueError, match="do not begin with the start of a probe"):
        sort_out(records(SETTINGS, _observe)[1:])
