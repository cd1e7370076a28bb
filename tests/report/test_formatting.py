"""Numbers as text."""

import pytest

from stackgap.analyse.interval import Interval, NotEnough
from stackgap.report import formatting as f


@pytest.mark.parametrize(
    ("low", "centre", "high", "quantity", "text"),
    [
        (178.2, 182.4, 186.1, f.MICROSECONDS, "182 µs [178, 186]"),
        (56.94, 57.91, 58.66, f.MICROSECONDS, "57.9 µs [56.9, 58.7]"),
        (1178.2, 1182.4, 1186.1, f.MICROSECONDS, "1,182 µs [1,178, 1,186]"),
        (-3.21, 0.42, 4.05, f.MICROSECONDS, "0.4 µs [-3.2, 4.0]"),
        (4.712, 4.871, 5.049, f.RATIO, "4.87× [4.71, 5.05]"),
        (0.971, 1.0, 1.031, f.RATIO, "1.00× [0.97, 1.03]"),
        (0.1711, 0.1752, 0.1793, f.SHARE, "17.5 % [17.1, 17.9]"),
        (0.0285, 0.0291, 0.0297, f.SHARE, "2.91 % [2.85, 2.97]"),
        (54.91, 55.32, 55.74, f.MEBIBYTES, "55.3 MiB [54.9, 55.7]"),
        (0.0, 0.0, 0.0, f.MICROSECONDS, "0 µs [0, 0]"),
    ],
)
def test_an_interval_has_the_digits_and_the_unit_of_its_estimate(
    low: float, centre: float, high: float, quantity: f.Quantity, text: str
) -> None:
    assert f.text(Interval(centre, low, high, 0.95, 6), quantity) == text


def test_too_few_generations_are_said_instead_of_an_interval() -> None:
    few = NotEnough(182.4, 3)
    assert f.text(few, f.MICROSECONDS) == "182 µs (no interval: 3 of 6 generations)"
    assert f.bare(few, f.MICROSECONDS) == "182 (no interval)"
    assert f.point(few, f.MICROSECONDS) == "182"


@pytest.mark.parametrize("nothing", [None, NotEnough(None, 0)])
def test_what_was_not_measured_is_a_dash(nothing: NotEnough | None) -> None:
    assert f.text(nothing, f.RATIO) == f.bare(nothing, f.RATIO) == f.ABSENT
    assert f.point(nothing, f.RATIO) == f.level(nothing) == f.ABSENT


def test_a_level_is_shown_as_exactly_as_it_is_known() -> None:
    assert f.level(Interval(1, 0.9, 1.1, 0.96875, 6)) == "96.9 %"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rounds"), (1, "1 round"), (1200, "1,200 rounds")]
)
def test_a_count_agrees_with_its_noun(number: int, text: str) -> None:
    assert f.count(number, "round") == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (0.012345, "0.0123"),
        (1, "1.00"),
        (12.345, "12.3"),
        (99.96, "100.0"),
        (12345, "12,300"),
    ],
)
def test_a_number_alone_has_three_significant_digits(number: float, text: str) -> None:
    assert f.significant(number) == text


def test_fewer_digits_can_be_asked_for() -> None:
    assert [f.significant(n, digits=2) for n in (1.44, 10.4, 1440)] == ["1.4", "10", "1,400"]
