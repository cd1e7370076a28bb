"""CPU against rate in the reports: rows, sentences, and what is drawn between the points."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from stackgap.analyse.summary import HeldOut, Summary
from stackgap.records import Cell
from stackgap.report import cost_lines
from tests.report import summaries

PYTHON, QUICK, AXUM = "fastapi-quiet-python", "axum-quickstart", "axum-stock"


def drawn(summary: Summary) -> Sequence[dict[str, Any]]:
    (figure,) = cost_lines.figures(summary)
    return [point for values in figure.spec["datasets"].values() for point in values]


def band(summary: Summary, stack: str) -> list[dict[str, Any]]:
    """What is drawn of a stack's line, by rate."""
    return [own for own in drawn(summary) if own.get("stack") == stack and "held_out" not in own]


def test_a_row_holds_constant_cost_and_test() -> None:
    first, second, third = cost_lines.rows(summaries.full())
    assert first == (PYTHON, "8.34 [8.17, 8.51]", "217 [213, 222]", "1.01 [0.99, 1.03]", "yes")
    assert (second.stack, second.holds) == (QUICK, "no")
    assert (third.stack, third.holds) == (AXUM, "cannot be told")


def test_the_headings_name_the_rate_held_out() -> None:
    assert cost_lines.headings(summaries.full()).predicted == "predicted over measured at 670 req/s"


def test_a_line_without_a_test_says_so() -> None:
    model = summaries.cost_model(PYTHON, 8.34, 217.3, None)
    (row,) = cost_lines.rows(replace(summaries.full(), cost_models=(model,)))
    assert (row.predicted, row.holds) == ("–", "not tested")


def test_what_the_constant_is_not_is_said() -> None:
    said = " ".join(cost_lines.lines(summaries.full()))
    assert "at 200, 450 and 1,000 req/s" in said
    assert "it is not the idle CPU" in said
    assert "Nothing is said beyond these rates." in said


def test_a_stack_that_was_refused_at_a_rate_has_no_line_and_that_is_said() -> None:
    assert cost_lines.lines(summaries.counted_nothing()) == [
        "axum-stock has no line: nothing that counts was measured of it at 1,000 req/s."
    ]


def test_lines_are_drawn_between_the_measured_rates_and_not_beyond() -> None:
    rates_hz = [own["rate"] for own in band(summaries.full(), PYTHON)]
    assert (rates_hz[0], rates_hz[-1]) == (200.0, 1000.0)
    assert rates_hz == sorted(rates_hz)


def test_a_band_is_the_interval_of_the_share() -> None:
    last = band(summaries.full(), PYTHON)[-1]
    assert last["estimate"] == pytest.approx(100 * (8.34e-3 + 1000 * 217.3e-6))
    assert last["low"] < last["estimate"] < last["high"]


def test_a_line_that_does_not_hold_is_not_drawn_and_that_is_said() -> None:
    whole = summaries.full()
    assert band(whole, QUICK) == []
    assert any(own.get("stack") == QUICK for own in drawn(whole))
    assert [line for line in cost_lines.lines(whole) if line.startswith(QUICK)] == [
        f"{QUICK} follows no such line: what it takes between the rates measured is not known, and "
        "not drawn."
    ]


def test_a_rate_held_out_is_a_point_of_its_own_kind() -> None:
    whole = summaries.full()
    own = next(own for own in whole.cells if own.cell.stack == PYTHON)
    held_out = replace(own, cell=Cell(PYTHON, "held_out", 670.0))
    points = drawn(replace(whole, cells=(*whole.cells, held_out)))
    assert [own["rate"] for own in points if own.get("held_out")] == [670.0]


def test_the_claim_is_drawn_as_two_levels() -> None:
    assert [own["share"] for own in drawn(summaries.full()) if "share" in own] == [13, 3]


def test_without_intervals_there_is_no_band() -> None:
    for own in band(summaries.cut_off(), PYTHON):
        assert own["low"] == own["estimate"] == own["high"]


def test_a_run_without_a_sweep_shows_nothing() -> None:
    none = replace(summaries.full(), cost_models=())
    assert cost_lines.figures(none) == []
    assert cost_lines.lines(none) == []


def test_all_lines_that_fail_leave_the_points() -> None:
    failed = summaries.cost_model(
        PYTHON, 8.0, 217.0, HeldOut(670.0, summaries.estimate(1.2), False)
    )
    whole = replace(summaries.full(), cost_models=(failed,))
    assert band(whole, PYTHON) == []
    assert [own["rate"] for own in drawn(whole) if "held_out" in own] == [1000.0, 200.0]
