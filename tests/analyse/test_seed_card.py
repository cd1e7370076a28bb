import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse.interval import Interval, NotEnough
from stackgap.analyse.seed_card import CLAIM, rate_for
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import SeedCard
from tests.analyse import factory
from tests.analyse.factory import HIGH_HZ, LOW_HZ

QUICK = ("fastapi-quickstart", "axum-quickstart")
EQUAL = ("fastapi-quiet-python", "axum-stock")
COST_US = dict(zip((*QUICK, *EQUAL), (400.0, 60.0, 325.0, 75.0), strict=True))
GENERATIONS = range(6)


def cards(
    stacks: tuple[str, ...],
    rates_hz: tuple[float, ...] = (LOW_HZ, HIGH_HZ),
    generations: int = 6,
) -> tuple[SeedCard, ...]:
    cells = [factory.cell(stack, rate_hz) for stack in stacks for rate_hz in rates_hz]
    plan = factory.make_plan(cells, generations)
    return summarise(factory.run_records(plan, factory.constant(COST_US))).seed_cards


@given(
    per_request=st.floats(1e-5, 1e-3),
    idle=st.floats(0, 0.05),
    rate_hz=st.floats(LOW_HZ, HIGH_HZ),
)
def test_interpolation_is_exact_on_a_straight_line(
    per_request: float, idle: float, rate_hz: float
) -> None:
    measured = {
        each_hz: dict.fromkeys(GENERATIONS, idle + per_request * each_hz)
        for each_hz in (LOW_HZ, HIGH_HZ)
    }
    wanted = min(idle + per_request * rate_hz, measured[HIGH_HZ][0])
    found = rate_for("x", wanted, measured)
    assert found.outside is None
    assert isinstance(found.rate_hz, Interval)
    assert found.rate_hz.estimate == pytest.approx(rate_hz)


def test_each_pair_has_its_card_and_equal_work_says_so() -> None:
    quick, equal = cards((*QUICK, *EQUAL))
    assert (quick.fastapi.stack, quick.axum.stack) == QUICK
    assert (equal.fastapi.stack, equal.axum.stack) == EQUAL
    assert "quick start" in quick.title
    assert "equal work: neither logs" in equal.title


def test_the_rates_of_the_claim_are_found_between_the_measured_ones() -> None:
    (card,) = cards(EQUAL)
    assert isinstance(card.fastapi.rate_hz, Interval)
    assert isinstance(card.axum.rate_hz, Interval)
    assert card.fastapi.rate_hz.estimate == pytest.approx(0.13 / 325e-6)
    assert card.axum.rate_hz.estimate == pytest.approx(0.03 / 75e-6)
    assert (card.fastapi.core_share, card.axum.core_share) == (0.13, 0.03)


def test_one_rate_is_whether_the_intervals_overlap() -> None:
    (same,) = cards(EQUAL)
    (other,) = cards(QUICK)
    assert same.one_rate is True  # both at 400 requests a second
    assert other.one_rate is False  # 325 and 500


def test_shares_are_shown_at_every_rate_both_were_measured_at() -> None:
    (card,) = cards(EQUAL)
    assert [shares.rate_hz for shares in card.at_equal_rates] == [LOW_HZ, HIGH_HZ]
    assert [shares.fastapi.estimate for shares in card.at_equal_rates] == pytest.approx(
        [0.065, 0.325]
    )
    assert [shares.axum.estimate for shares in card.at_equal_rates] == pytest.approx([0.015, 0.075])


@pytest.mark.parametrize(
    ("core_share", "outside"),
    [
        (0.5, "above 1,000 req/s, the highest rate measured"),
        (0.01, "below 200 req/s, the lowest rate measured"),
    ],
)
def test_outside_the_measured_rates_nothing_is_extrapolated(
    core_share: float, outside: str
) -> None:
    measured = {LOW_HZ: dict.fromkeys(GENERATIONS, 0.05), HIGH_HZ: dict.fromkeys(GENERATIONS, 0.3)}
    found = rate_for("x", core_share, measured)
    assert (found.rate_hz, found.outside) == (None, outside)


def test_one_generation_outside_is_enough_to_say_so() -> None:
    high = dict.fromkeys(GENERATIONS, 0.14) | {3: 0.12}
    found = rate_for("x", 0.13, {LOW_HZ: dict.fromkeys(GENERATIONS, 0.05), HIGH_HZ: high})
    assert found.rate_hz is None
    assert found.outside == "above 1,000 req/s, the highest rate measured"


def test_rates_on_different_sides_of_a_measured_one_are_not_one_rate() -> None:
    cells = [factory.cell(stack, rate_hz) for stack in EQUAL for rate_hz in (LOW_HZ, HIGH_HZ)]
    dear_and_cheap = {"fastapi-quiet-python": 325.0, "axum-stock": 20.0}
    plan = factory.make_plan(cells)
    summary = summarise(factory.run_records(plan, factory.constant(dear_and_cheap)))
    (card,) = summary.seed_cards
    assert card.axum.outside == "above 1,000 req/s, the highest rate measured"
    assert card.axum.between_hz == (HIGH_HZ, math.inf)
    assert card.one_rate is False


def test_an_overlap_beyond_the_measured_rates_tells_nothing() -> None:
    cells = [factory.cell(stack, rate_hz) for stack in EQUAL for rate_hz in (LOW_HZ, HIGH_HZ)]
    both_cheap = {"fastapi-quiet-python": 90.0, "axum-stock": 20.0}
    plan = factory.make_plan(cells)
    summary = summarise(factory.run_records(plan, factory.constant(both_cheap)))
    assert summary.seed_cards[0].one_rate is None


def test_the_ratio_at_an_equal_rate_is_of_the_pair_not_to_the_reference() -> None:
    quick, _ = cards((*QUICK, *EQUAL))
    ratios = [shares.ratio for shares in quick.at_equal_rates]
    assert [ratio.estimate for ratio in ratios] == pytest.approx([400 / 60] * 2)
    assert all("axum-quickstart" in shares.verdict for shares in quick.at_equal_rates)


def test_one_measured_rate_says_on_which_side() -> None:
    (card,) = cards(QUICK, (HIGH_HZ,))
    assert card.fastapi.outside == "below 1,000 req/s, the only rate measured"
    assert card.one_rate is None
    assert len(card.at_equal_rates) == 1


def test_too_few_generations_give_a_rate_without_an_interval() -> None:
    (card,) = cards(EQUAL, generations=2)
    assert isinstance(card.fastapi.rate_hz, NotEnough)
    assert card.fastapi.rate_hz.estimate == pytest.approx(400)
    assert card.one_rate is None


def test_half_a_pair_makes_no_card() -> None:
    assert [card.title for card in cards((QUICK[0], *EQUAL))] == [
        card.title for card in cards(EQUAL)
    ]


def test_the_twin_is_part_of_the_ratio_alone() -> None:
    cells = [factory.cell(stack, rate_hz) for stack in EQUAL for rate_hz in (LOW_HZ, HIGH_HZ)]
    plan = factory.make_plan([*cells, factory.cell("axum-stock", replica=1)])
    summary = summarise(
        factory.run_records(plan, lambda where, _g, _r: COST_US[where.stack] + 50 * where.replica)
    )
    (card,), (without,) = summary.seed_cards, cards(EQUAL)
    assert card.axum.rate_hz is not None
    assert without.axum.rate_hz is not None
    assert card.axum.rate_hz.estimate == pytest.approx(without.axum.rate_hz.estimate)
    high, own = card.at_equal_rates[1], without.at_equal_rates[1]
    assert high.axum.estimate == pytest.approx(own.axum.estimate)
    own_us = COST_US["axum-stock"]
    together = (own_us * (own_us + 50)) ** 0.5
    assert high.ratio.estimate == pytest.approx(COST_US["fastapi-quiet-python"] / together)


def test_every_further_process_of_the_reference_is_part_of_the_ratio() -> None:
    cells = [factory.cell(stack) for stack in EQUAL]
    more = [factory.cell("axum-stock", replica=replica) for replica in (1, 2, 3)]
    plan = factory.make_plan([*cells, *more])
    summary = summarise(
        factory.run_records(plan, lambda where, _g, _r: COST_US[where.stack] * 2**where.replica)
    )
    ratio = next(own.ratio for own in summary.cells if own.cell.stack == "fastapi-quiet-python")
    assert ratio is not None
    alone = COST_US["fastapi-quiet-python"] / COST_US["axum-stock"]
    assert ratio.estimate == pytest.approx(alone / 2**1.5)
    assert summary.twin is not None
    assert summary.twin.ratio is not None
    assert summary.twin.ratio.estimate == pytest.approx(2)


def test_memory_is_the_anonymous_one_under_load() -> None:
    (card,) = cards(EQUAL)
    assert card.fastapi_loaded_mib == Interval(20, 20, 20, 0.95, 6)
    assert CLAIM.fastapi_memory_mb == 55
