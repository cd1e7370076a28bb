"""From the memory after each import to what each adds."""

import pytest

from stackgap.analyse.interval import Interval, NotEnough
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import ImportSummary
from stackgap.records import AnyRecord, GenerationEnded, ImportStep, RunEnded
from tests.analyse.factory import MIB, cell, constant, generation_records, make_plan, started

PLAN = make_plan([cell("axum-stock")], generations=6)


def ladder(number: int, *anonymous_mib: float) -> list[ImportStep]:
    steps = ("bare", "uvicorn", "FastAPI")
    return [
        ImportStep(number, position, step, round(size * MIB), (position + 4) * MIB)
        for position, (step, size) in enumerate(zip(steps, anonymous_mib, strict=False))
    ]


def summary(*ladders: list[ImportStep], void: int | None = None) -> tuple[ImportSummary, ...]:
    records: list[AnyRecord] = [started(PLAN)]
    for number, own in enumerate(ladders):
        *rest, end = generation_records(PLAN, number, constant({"axum-stock": 40.0}))
        # In any order: the position says it.
        records += [*rest, *reversed(own)]
        records.append(GenerationEnded(number, ["a fault"]) if number == void else end)
    return summarise([*records, RunEnded("later")]).import_ladder


def test_each_step_adds_to_the_one_before_in_the_same_generation() -> None:
    # Whatever a process has more from its start on is not of a later step.
    found = summary(*(ladder(number, 3 + number, 16 + number, 35 + number) for number in range(6)))
    assert [own.step for own in found] == ["bare", "uvicorn", "FastAPI"]
    assert [own.added_anonymous_mib.estimate for own in found] == pytest.approx([5.5, 13, 19])
    assert [own.anonymous_mib.estimate for own in found] == pytest.approx([5.5, 18.5, 37.5])
    assert [own.file_mib.estimate for own in found] == [4, 5, 6]
    added = found[1].added_anonymous_mib
    assert isinstance(added, Interval)
    assert added.half_width == pytest.approx(0)


def test_a_void_generation_does_not_count() -> None:
    found = summary(*(ladder(number, 3, 16, 35) for number in range(5)), ladder(5, 99), void=5)
    assert [own.anonymous_mib for own in found] == [NotEnough(size, 5) for size in (3, 16, 35)]


def test_a_run_that_did_not_look_has_no_ladder() -> None:
    assert summary([], []) == ()
