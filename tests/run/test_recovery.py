"""From engine to summary: what servers are known to cost is what the analysis finds."""

from pathlib import Path

import pytest

from stackgap.analyse.interval import Interval
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import CellSummary, Summary
from stackgap.measure.fake import FakeEngine
from tests.run.engines import FaultyOnce
from tests.run.pipeline import (
    AXUM,
    COST_US,
    FASTAPI,
    TOO_SLOW_US,
    fake_engine,
    measured,
    small_plan,
)

TRUE_RATIO = COST_US[FASTAPI] / COST_US[AXUM]
PLAN = small_plan(generations=8, rounds=5)


def _cell(summary: Summary, stack: str) -> CellSummary:
    return next(each for each in summary.cells if each.cell.stack == stack)


def _ratio(runs: Path, seed: int) -> Interval:
    records = measured(runs, FakeEngine(COST_US, seed=seed), PLAN)
    ratio = _cell(summarise(records), FASTAPI).ratio
    assert isinstance(ratio, Interval)
    return ratio


def test_costs_are_what_the_servers_take(tmp_path: Path) -> None:
    summary = summarise(measured(tmp_path, fake_engine(), PLAN))
    assert summary.complete
    for stack, cost_us in COST_US.items():
        found = _cell(summary, stack).cpu_us_per_request
        assert isinstance(found, Interval)
        assert found.estimate == pytest.approx(cost_us, rel=0.04)
        assert found.low < found.estimate < found.high


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says(tmp_path: Path) -> None:
    ratios = [_ratio(tmp_path / str(seed), seed) for seed in range(60)]
    assert sum(ratio.includes(TRUE_RATIO) for ratio in ratios) >= 54
    assert all(ratio.high / ratio.low < 1.2 for ratio in ratios)


def test_the_twin_costs_what_the_reference_does(tmp_path: Path) -> None:
    twin = summarise(measured(tmp_path, fake_engine(), PLAN)).twin
    assert twin is not None
    assert isinstance(twin.ratio, Interval)
    assert twin.ratio.includes(1.0)


def test_a_refused_cell_has_no_ratio(tmp_path: Path) -> None:
    summary = summarise(measured(tmp_path, fake_engine(COST_US | {FASTAPI: TOO_SLOW_US}), PLAN))
    assert [cell.stack for cell in summary.refused] == [FASTAPI]
    assert not [
        each
        for each in summary.cells
        if each.cell.stack == FASTAPI and isinstance(each.ratio, Interval)
    ]


def test_what_a_void_generation_measured_is_not_used(tmp_path: Path) -> None:
    # The first slice after the warm-up of two stacks and a twin.
    engine = FaultyOnce(4, wrong_answers=1, cpu_ns=10**12)
    summary = summarise(measured(tmp_path, engine, PLAN))
    assert summary.gates.generations_void == 1
    assert summary.wrong_answers == 1
    for stack, cost_us in COST_US.items():
        found = _cell(summary, stack).cpu_us_per_request
        assert isinstance(found, Interval)
        assert found.generations == PLAN.generations
        assert found.estimate == pytest.approx(cost_us, rel=0.04)
