"""The widest interval of a run."""

import math

import pytest

from stackgap.analyse.precision import widest_half_width
from stackgap.records import Cell
from tests.analyse.factory import cell, constant, make_plan, run_records, wavering

CELLS = [cell("axum-stock"), cell("fastapi-quiet-python"), cell("fastapi-stock-numpy")]
COST_US = {"axum-stock": 40.0, "fastapi-quiet-python": 240.0, "fastapi-stock-numpy": 300.0}


def test_costs_that_never_change_are_known_exactly() -> None:
    records = run_records(make_plan(CELLS), constant(COST_US))
    assert widest_half_width(records, "axum-stock") == pytest.approx(0.0)


def test_the_widest_of_several_ratios_counts() -> None:
    def cost(where: Cell, generation: int, round_: int) -> float:
        steady = constant(COST_US)(where, generation, round_)
        restless = where == CELLS[2] and generation % 2
        return steady * (1.5 if restless else 1.0)

    # Three values of 0 and three of ln 1.5 deviate by 0.2221 from their mean.
    half_width = 2.5706 * 0.2221 / math.sqrt(6)
    found = widest_half_width(run_records(make_plan(CELLS), cost), "axum-stock")
    assert found == pytest.approx(math.expm1(half_width), rel=1e-3)


def test_too_few_generations_have_no_width() -> None:
    records = run_records(make_plan(CELLS, generations=5), wavering(COST_US))
    assert widest_half_width(records, "axum-stock") is None
