"""Where a gap goes, in rows and sentences."""

from dataclasses import replace

import pytest

from stackgap.analyse.interval import Interval, NotEnough
from stackgap.analyse.summary import Attribution, Closure, Interaction
from stackgap.report import attribution
from stackgap.report.attribution import Section
from tests.report import summaries

AT_HIGH = summaries.attribution(1000.0, 1.0)
AT_LOW = summaries.attribution(200.0, 1.31)


def section(own: Attribution) -> Section:
    (found,) = attribution.sections(replace(summaries.full(), attributions=(own,)))
    return found


def lines(own: Attribution, about: str) -> list[str]:
    return [line for line in section(own).lines if about in line]


def test_a_part_is_traced_from_the_summary_into_its_row() -> None:
    rows = {row.part: row for row in section(AT_LOW).rows}
    assert list(rows["Kernel"][1:]) == [
        "80.4 [78.8, 82.0]", "24.0 [23.6, 24.5]", "86.9", "76.1", "10.7 [10.5, 11.0]",
        "19.0 [18.7, 19.4]",
    ]  # fmt: skip
    assert rows["Python process to Rust process"].first_in == "–"


def test_the_last_row_is_the_gap_that_the_parts_add_up_to() -> None:
    *_, gap = section(AT_HIGH).rows
    assert (gap.part, gap.saved, gap.share) == ("the whole gap", "256 [250, 261]", "100")


def test_the_title_names_both_ends_and_the_rate() -> None:
    assert section(AT_HIGH).title == (
        "Where the gap goes, from fastapi-stock-python to axum-stock at 1,000 req/s"
    )


def test_all_verdicts_are_said() -> None:
    said = section(AT_HIGH).lines
    assert [part.verdict for part in AT_HIGH.parts] == [line for line in said if "some %" in line]


def test_the_surcharge_is_explained_where_there_is_one() -> None:
    assert len(lines(AT_LOW, "wake-up surcharge")) == 1
    assert lines(AT_HIGH, "wake-up surcharge") == []


def test_one_order_is_said_to_be_one_and_has_no_shares() -> None:
    steps = tuple(replace(part, share=None, first_in_us=None) for part in AT_HIGH.parts)
    found = section(replace(AT_HIGH, orders=1, parts=steps))
    assert found.headings is not None
    assert found.headings.part == "step"
    assert found.headings.saved == "CPU µs saved given the earlier steps"
    assert {row.share for row in found.rows} == {"–"}
    assert found.lines[0].startswith("Over 6 generations, in one order: ")


def test_interactions_are_said_where_their_interval_excludes_none() -> None:
    assert lines(AT_HIGH, "together save") == [
        "Kernel and Validation and JSON together save 8.4 µs [8.2, 8.5] less than the two by "
        "themselves.",
        "Kernel and Framework together save 3.2 µs [3.1, 3.3] more than the two by themselves.",
    ]
    assert lines(AT_HIGH, "chance alone")[0].startswith("Interactions: 2 of 3 pairs")


def test_an_interaction_without_an_interval_is_not_said() -> None:
    few = replace(AT_HIGH, interactions=(Interaction(("Kernel", "Framework"), NotEnough(9.0, 3)),))
    assert lines(few, "together save") == lines(few, "chance alone") == []


@pytest.mark.parametrize(
    ("holds", "outcome"),
    [
        (True, "closes within 5 %."),
        (False, "does not close within 5 %."),
        (None, "whether it closes within 5 % cannot be told."),
    ],
)
def test_a_closure_says_what_became_of_it(holds: bool | None, outcome: str) -> None:
    difference_us = Interval(-4.26, -6.1, -2.4, 0.95, 6)
    of_gap = Interval(-0.0167, -0.024, -0.0094, 0.95, 6)
    tested = replace(AT_HIGH, closures=(Closure("asgi-quiet", difference_us, of_gap, holds),))
    assert lines(tested, "Closure") == [
        "Closure: asgi-quiet, held out, costs -4.3 µs [-6.1, -2.4] more than the others predict, "
        f"-1.67 % [-2.40, -0.94] of the gap: {outcome}"
    ]


def test_a_closure_on_twins_names_them() -> None:
    assert lines(AT_HIGH, "twins") == [
        "Closure: this gap minus that between the twins of both ends is 1.8 µs [-2.6, 1.9], "
        "0.72 % [-1.00, 0.73] of the gap: closes within 5 %."
    ]


def test_a_stack_that_the_others_do_not_determine_is_named() -> None:
    tested = replace(AT_HIGH, closures=(Closure("asgi-quiet", None, None, None),))
    assert lines(tested, "Closure") == [
        "Closure: asgi-quiet is held out, but the others do not determine it."
    ]


def test_a_gap_that_is_not_divided_is_said_with_its_reason() -> None:
    (found,) = attribution.sections(summaries.counted_nothing())
    assert found.headings is None
    assert found.lines == ("No attribution: nothing was measured of axum-stock.",)


def test_a_step_of_the_ladder_shows_what_it_adds() -> None:
    rows = attribution.import_rows(summaries.full().import_ladder)
    assert list(rows[1]) == [
        "uvicorn", "15.8 [15.5, 16.1]", "13.1 [12.8, 13.4]", "11.1 [10.9, 11.3]",
    ]  # fmt: skip
