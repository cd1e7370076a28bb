"""Generations of a probe: good ones counted, void ones repeated, and given up in time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stackgap.analyse.probes import sort_out
from stackgap.measure.engine import ServerDied
from stackgap.probe_records import AnyProbeRecord, ColdStart, ColdStartSettings
from stackgap.records import GenerationEnded, GenerationStarted, RunEnded, RunGivenUp
from stackgap.run import store
from stackgap.run.plan import REFERENCE, PlanError
from stackgap.run.probes import plan
from stackgap.run.probes.driver import Visit
from stackgap.run.runner import RunAborted
from stackgap.stacks import stacks
from tests.run.pipeline import AXUM, FASTAPI, Quiet
from tests.run.probes.records import measured

SETTINGS = ColdStartSettings()


class Scripted:
    """Records one start a visit, and does what the script says of the visit of that number."""

    def __init__(self, script: Callable[[int], list[str]] = lambda _visit: []) -> None:
        self._script = script
        self._visits = 0

    def measure(self, visit: Visit) -> list[str]:
        number = self._visits
        self._visits += 1
        faults = self._script(number)
        name = visit.stack.name
        visit.emit(ColdStart(visit.generation, visit.position, name, 9, 5, 3, [4], [2], 1, 0))
        return faults


def _starts(records: list[AnyProbeRecord]) -> list[ColdStart]:
    return [record for record in records if isinstance(record, ColdStart)]


def test_every_stack_is_measured_once_a_generation(tmp_path: Path) -> None:
    records = measured(tmp_path, Scripted(), SETTINGS, generations=3)
    seen = [(own.generation, own.stack) for own in _starts(records)]
    assert sorted(seen) == sorted((number, name) for number in range(3) for name in (FASTAPI, AXUM))
    assert isinstance(records[-1], RunEnded)


def test_the_order_is_drawn_anew_each_generation_and_the_same_for_a_seed() -> None:
    names = list(stacks())[:8]
    made = plan.make_plan(names, SETTINGS, equation="ephemeris", n=1, generations=6, seed=1)
    orders = [tuple(plan.order(made, number)) for number in range(6)]
    assert len(set(orders)) > 1
    assert orders == [tuple(plan.order(made, number)) for number in range(6)]
    assert all(sorted(order) == sorted(names) for order in orders)


def test_a_void_generation_is_measured_again_and_not_used(tmp_path: Path) -> None:
    observer = Quiet()
    probe = Scripted(lambda visit: ["a fault"] if visit == 1 else [])
    records = measured(tmp_path, probe, SETTINGS, observer=observer)
    ended = [record for record in records if isinstance(record, GenerationEnded)]
    assert [record.voided for record in ended] == [["a fault"], [], []]
    assert observer.void == {0: ["a fault"]}
    assert {own.generation for own in sort_out(records).observations} == {1, 2}


def test_a_server_that_dies_voids_its_generation_and_the_others_are_measured(
    tmp_path: Path,
) -> None:
    def die_at_first(visit: int) -> list[str]:
        if visit == 0:
            raise ServerDied("it died (signal SIGKILL)")
        return []

    records = measured(tmp_path, Scripted(die_at_first), SETTINGS)
    ended = [record for record in records if isinstance(record, GenerationEnded)]
    assert ended[0].voided == ["it died (signal SIGKILL)"]
    assert len(_starts(records)) == 5


def test_a_probe_whose_generations_stay_void_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RunAborted, match="2 generations are void, the last because: a fault"):
        measured(tmp_path, Scripted(lambda _visit: ["a fault"]), SETTINGS)
    records = store.load_probe(tmp_path / "probe")
    assert isinstance(records[-1], RunGivenUp)
    trust = sort_out(records).trust
    assert trust.given_up == records[-1].reason
    assert (trust.counted, trust.void) == (0, 2)


def test_a_probe_that_is_interrupted_keeps_what_it_has_and_uses_whole_generations(
    tmp_path: Path,
) -> None:
    def interrupt_later(visit: int) -> list[str]:
        if visit == 3:
            raise KeyboardInterrupt
        return []

    with pytest.raises(KeyboardInterrupt):
        measured(tmp_path, Scripted(interrupt_later), SETTINGS)
    records = store.load_probe(tmp_path / "probe")
    assert isinstance(records[-2], GenerationStarted | ColdStart)
    assert len(_starts(records)) == 3
    found = sort_out(records)
    assert not found.trust.complete
    assert {own.generation for own in found.observations} == {0}


def test_a_stack_named_twice_is_refused() -> None:
    with pytest.raises(PlanError, match="'axum-stock' is named twice"):
        plan.make_plan([AXUM, AXUM], SETTINGS, equation="ephemeris", n=1, generations=1, seed=1)


@pytest.mark.parametrize("names", plan.DEFAULT_STACKS.values(), ids=plan.DEFAULT_STACKS)
def test_the_default_stacks_are_there_with_what_ratios_are_taken_to(names: list[str]) -> None:
    assert set(names) <= set(stacks())
    assert REFERENCE in names
