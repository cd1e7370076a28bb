"""Several sizes in every report: what crosses where, in words, and what is drawn."""

from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from stackgap.analyse.crossings import Passage, Side
from stackgap.analyse.crossovers import AtRate, Crossover, Ratios, Sizes, compared
from stackgap.analyse.interval import Estimate, NotEnough
from stackgap.report import html, markdown, sizes, terminal
from tests.analyse.sizes import STACKS, size_records, without_end
from tests.report import summaries

NUMPY, RUST, AXUM = STACKS


def measured() -> Sizes:
    return compared([size_records(n, noise=0.02) for n in (10, 100, 1000, 10_000)])


def crossing(
    *found: Passage, side: Side = "above", generations: int = 6, level: float = 1.5
) -> Sizes:
    """One stack against another from 10 to 1,000, with passages made up."""
    whole = compared([size_records(n) for n in (10, 1000)])
    value: Estimate = summaries.estimate(2.0)
    if generations < 6:
        value = NotEnough(2.0, generations)
    ratios = Ratios(RUST, AXUM, {10: value, 1000: value})
    own = Crossover(ratios, level, side, found)
    rate = AtRate("high", (ratios,), (own,), (own,))
    return Sizes(whole.equation, whole.reference, whole.runs, (rate,))


def gaps(over: Sizes) -> list[str]:
    return [line for own in sizes.sections(over) for line in own.gaps]


def choices(over: Sizes) -> list[str]:
    return [line for own in sizes.sections(over) for line in own.choices]


DOWN = Passage(81.2, 99.4, (90.3,), "above", "below")
UP = Passage(301.2, 402.4, (350.3,), "below", "above")


def test_a_crossing_has_its_size_and_interval() -> None:
    assert gaps(crossing(DOWN)) == [
        f"{RUST} comes under 1.5 times {AXUM} at n = 90.3 [81.2, 99.4]."
    ]
    assert choices(crossing(DOWN)) == [
        f"{RUST} becomes cheaper than {AXUM} at n = 90.3 [81.2, 99.4]."
    ]


def test_several_crossings_are_all_named() -> None:
    assert gaps(crossing(DOWN, UP)) == [
        f"{RUST} comes under 1.5 times {AXUM} at n = 90.3 [81.2, 99.4].",
        f"{RUST} rises over 1.5 times {AXUM} at n = 350 [301, 402].",
    ]
    assert choices(crossing(UP, side="below")) == [
        f"{AXUM} becomes cheaper than {RUST} at n = 350 [301, 402]."
    ]


@pytest.mark.parametrize(("side", "which"), [("above", "over"), ("below", "under")])
def test_no_crossing_is_said_with_the_sizes_measured(side: Side, which: str) -> None:
    assert gaps(crossing(side=side)) == [
        f"{RUST}: {which} 1.5 times {AXUM}; no crossing between 10 and 1,000 measured."
    ]


def test_where_an_estimate_wavers_the_stretch_is_named_and_no_size() -> None:
    wavering = Passage(50.0, 70.0, (55.0, 60.0, 66.0), "above", "below")
    assert gaps(crossing(wavering)) == [
        f"{RUST} comes under 1.5 times {AXUM} somewhere from n = 50 to 70 (estimates: 55, 60, 66)."
    ]


def test_a_stretch_that_crosses_nothing_for_sure_says_what_is_known_on_either_side() -> None:
    touching = Passage(50.0, 70.0, (), "above", "above")
    assert gaps(crossing(touching)) == [
        f"{RUST} cannot be told from 1.5 times {AXUM} from n = 50 to 70; "
        f"{RUST} is over 1.5 times {AXUM} on both sides."
    ]
    open_end = Passage(700.0, 1000.0, (900.0,), "above", None)
    assert choices(crossing(open_end)) == [
        f"{RUST} and {AXUM} cannot be told apart from n = 700 to 1,000, the largest measured; "
        f"{AXUM} is the cheaper at smaller n."
    ]
    nowhere = Passage(10.0, 1000.0, (), None, None)
    assert choices(crossing(nowhere)) == [
        f"{RUST} and {AXUM} cannot be told apart from n = 10, the smallest measured, to 1,000, "
        "the largest measured."
    ]


def test_too_few_generations_give_a_size_without_an_interval() -> None:
    at = Passage(90.3, 90.3, (90.3,), "above", "below")
    assert gaps(crossing(at, generations=3)) == [
        f"{RUST} comes under 1.5 times {AXUM} at n = 90.3 (no interval: 3 of 6)."
    ]


def test_pairs_that_keep_their_order_are_told_together() -> None:
    over = compared([size_records(n) for n in (10, 100)])
    assert choices(over) == [
        f"{RUST} is cheaper than {NUMPY}; no crossing between 10 and 100 measured.",
        f"{AXUM} is cheaper than {NUMPY}, {RUST}; no crossing between 10 and 100 measured.",
    ]


def test_gaps_that_do_not_close_are_told_together() -> None:
    assert gaps(compared([size_records(n) for n in (10, 100)])) == [
        f"{NUMPY}, {RUST}: over {level} times {AXUM}; no crossing between 10 and 100 measured."
        for level in (1.5, 1.1)
    ]


def test_a_row_has_a_ratio_for_each_size_and_a_dash_where_there_is_none() -> None:
    over = measured()
    (section,) = sizes.sections(over)
    assert tuple(heading.replace("\u00a0", " ") for heading in section.headings) == (
        "stack",
        "n = 10 (60 req/s)",
        "n = 100 (6 req/s)",
        "n = 1,000 (0.6 req/s)",
        "n = 10,000 (0.06 req/s)",
    )
    assert [row[0] for row in section.rows] == [NUMPY, RUST]
    del over.rates[0].to_reference[0].by_n[1000]
    assert sizes.sections(over)[0].rows[0][3] == "–"


def test_the_chart_has_every_ratio_with_its_interval() -> None:
    (section,) = sizes.sections(measured())
    points: list[dict[str, Any]] = [
        point for values in section.figure.spec["datasets"].values() for point in values
    ]
    drawn = [point for point in points if "stack" in point]
    assert [(point["stack"], point["n"]) for point in drawn] == [
        (stack, n) for stack in (NUMPY, RUST) for n in (10, 100, 1000, 10_000)
    ]
    assert all(point["low"] < point["estimate"] < point["high"] for point in drawn)
    assert [point["level"] for point in points if "level" in point] == [1.5, 1.1, 1.0]


def printed(over: Sizes, width: int = 200) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(terminal.render_sizes(over))
    return captured.get()


@pytest.mark.parametrize("render", [printed, html.render_sizes, markdown.render_sizes])
def test_every_report_says_all_of_it(render: Callable[[Sizes], str]) -> None:
    over = compared([size_records(10), without_end(size_records(1000))])
    text = " ".join(render(over).replace("\\", "").split())
    for said in (*gaps(over), *choices(over), *sizes.caveats(over), sizes.headline(over)):
        assert said in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_is_split_by_sizes_until_it_fits(width: int) -> None:
    text = printed(measured(), width)
    assert max(map(len, text.splitlines())) <= width
    (section,) = sizes.sections(measured())
    for row in section.rows:
        for ratio in row[1:]:
            assert ratio in text


def test_runs_of_which_nothing_counts_are_shown_as_such() -> None:
    nothing = [size_records(n, generations=0) for n in (10, 100)]
    assert "nothing was held against axum-stock yet" in printed(compared(nothing))
    assert "vegaEmbed" not in html.render_sizes(compared(nothing))
