"""What the reports say in words."""

from dataclasses import replace

import pytest
from msgspec import structs

from stackgap.analyse.interval import NotEnough
from stackgap.analyse.summary import Gates, RateFor
from stackgap.records import Cell, RateName
from stackgap.report import rows, sentences
from tests.report import summaries


def test_the_headline_is_the_verdicts_on_the_claims_pairs_at_the_highest_rate() -> None:
    headline = sentences.headline(summaries.full())
    assert "At 1,000 req/s on this machine fastapi-quickstart uses 5.73 to 5.96 times" in headline
    assert "fastapi-quiet-python uses 4.85 to 5.05 times" in headline
    assert "At 200 req/s" not in headline


def test_without_such_a_pair_the_headline_is_the_largest_ratio() -> None:
    headline = sentences.headline(replace(summaries.full(), seed_cards=()))
    assert "fastapi-stock-numpy" in headline


def test_without_a_verdict_the_headline_says_so() -> None:
    assert sentences.headline(summaries.empty()).startswith("No verdict")


def test_a_verdict_without_names_is_given_stacks_reference_and_rate() -> None:
    whole = summaries.full()
    same = "Equivalent within 5 %."
    cells = tuple(replace(own, verdict=own.verdict and same) for own in whole.cells)
    said = sentences.verdicts(replace(whole, cells=cells))
    assert said[1] == (
        "At 200 req/s, fastapi-quickstart, fastapi-quiet-python, axum-quickstart "
        "against axum-stock: equivalent within 5 %."
    )
    assert len(said) == 2


def test_cells_are_ordered_by_rate_then_by_plan() -> None:
    whole = summaries.full()
    scrambled = replace(whole, cells=tuple(reversed(whole.cells)))
    order = [own.cell for own in rows.ordered_cells(scrambled)]
    high = [cell for cell in whole.plan.cells if cell.rate_name == "high" and not cell.replica]
    low = [cell for cell in whole.plan.cells if cell.rate_name == "low"]
    assert order == high + low


@pytest.mark.parametrize(
    ("one_rate", "said"),
    [
        (True, "can belong to one rate."),
        (False, "do not belong to one rate."),
        (None, "cannot be told"),
    ],
)
def test_a_card_says_whether_the_claim_can_be_one_rate(one_rate: bool | None, said: str) -> None:
    card = replace(summaries.full().seed_cards[0], one_rate=one_rate)
    assert said in " ".join(sentences.seed_card(card))


def test_a_rate_outside_the_measured_ones_is_not_extrapolated() -> None:
    outside = RateFor(
        "axum-stock", 0.03, None, "above 1,000 req/s, the highest rate measured", None
    )
    card = replace(summaries.full().seed_cards[1], axum=outside)
    assert (
        "axum-stock takes 3 % of a core above 1,000 req/s, the highest rate measured: "
        "nothing is extrapolated."
    ) in sentences.seed_card(card)


def test_a_twin_apart_from_itself_warns_the_reader() -> None:
    whole = summaries.full()
    assert whole.twin is not None
    apart = replace(whole, twin=replace(whole.twin, ratio=summaries.estimate(1.2)))
    assert "outside the interval" in sentences.checks(apart)[0]
    assert "outside the interval" not in sentences.checks(whole)[0]
    unknown = replace(whole, twin=replace(whole.twin, ratio=NotEnough(1.2, 3)))
    assert "outside the interval" not in sentences.checks(unknown)[0]


def test_failures_and_wrong_answers_are_counted() -> None:
    whole = replace(summaries.full(), failed_requests={"timeout": 3, "reset": 2}, wrong_answers=4)
    checks = " ".join(sentences.checks(whole))
    assert "5 failed (3 timeout, 2 reset)" in checks
    assert "1,872 answers checked" in checks
    assert "4 wrong" in checks


def _at(stack: str, *rates: RateName) -> list[Cell]:
    hz = {"low": 200.0, "mid": 450.0, "held_out": 670.0, "high": 1000.0}
    return [Cell(stack, rate, hz[rate]) for rate in rates]


@pytest.mark.parametrize(
    ("cells", "rates"),
    [
        (_at("a", "high") + _at("b", "high"), "high"),
        (_at("a", "low") + _at("b", "low"), "low"),
        (_at("a", "high", "low") + _at("b", "high", "low"), "both"),
        (_at("a", "high", "low") + _at("b", "high"), "claim"),
        (_at("a", "high", "held_out", "mid", "low") + _at("b", "high", "mid", "low"), "sweep"),
    ],
)
def test_the_command_asks_for_the_rates_of_the_plan(cells: list[Cell], rates: str) -> None:
    plan = structs.replace(summaries.plan(), cells=[*cells, Cell("a", "high", 1000.0, 1)])
    words = sentences.command(plan).split()
    assert words[words.index("--rates") + 1] == rates
    assert [words[i + 1] for i, word in enumerate(words) if word == "--stack"] == ["a", "b"]
    assert words[words.index("--seed") + 1] == "20260417"


@pytest.mark.parametrize(
    ("most", "said"), [(0, "; 6 generations of"), (20, "; 6 to 20 generations of")]
)
def test_a_run_that_may_grow_is_said_to_have_as_many_generations_as_it_may_get(
    most: int, said: str
) -> None:
    plan = structs.replace(summaries.plan(), generations=6, most_generations=most)
    assert said in sentences.what_was_run(plan)


def test_a_run_that_was_given_up_says_why_and_not_how_to_go_on() -> None:
    given_up = replace(summaries.cut_off(), given_up="2 generations are void")
    warnings = sentences.warnings(given_up)
    assert warnings[-1] == "The run was given up: 2 generations are void."
    assert not any("--resume" in warning for warning in warnings)


def test_a_rate_between_the_measured_ones_is_said_to_be_interpolated() -> None:
    said = " ".join(sentences.seed_card(summaries.full().seed_cards[0]))
    assert "straight line between those measured, 200 req/s and 1,000 req/s" in said


def test_slices_that_were_taken_again_are_told_beside_those_kept() -> None:
    said = sentences.checks(summaries.full())
    assert (
        "Taken again, as sends were late or answers did not come in time: "
        "3 slices beside 360 that were kept."
    ) in said


def test_what_leaving_slices_out_changes_is_told() -> None:
    whole = summaries.full()
    ratios = [own for own in whole.cells if own.ratio is not None]
    moved = [-0.04, 0.01, *[-0.02] * (len(ratios) - 2)]
    changes = dict(zip((own.cell for own in ratios), moved, strict=True))
    changed = [
        own
        if own.ratio is None
        else replace(own, ratio_by_mean=own.ratio.scaled(1 + changes[own.cell]))
        for own in whole.cells
    ]
    (said,) = (
        line
        for line in sentences.checks(replace(whole, cells=tuple(changed)))
        if line.startswith("Sensitivity")
    )
    assert said.endswith("change by -4.0 % to +1.0 %, -2.0 % in the median.")


def test_a_run_without_ratios_has_no_sensitivity() -> None:
    alone = tuple(own for own in summaries.full().cells if own.ratio is None)
    said = sentences.checks(replace(summaries.full(), cells=alone))
    assert not any(line.startswith("Sensitivity") for line in said)


def test_of_many_reasons_why_rounds_were_void_the_rarest_are_counted_together() -> None:
    reasons = {f"reason {index}": 20 - index for index in range(11)}
    said = sentences.checks(
        replace(summaries.full(), gates=Gates(6, 0, 300, 165, 3000, 0, reasons))
    )
    told = [line for line in said if line.startswith("Void, ")]
    assert told[0] == "Void, 20 times: reason 0"
    assert told[8:] == ["Void, 33 times: 3 other reasons"]
