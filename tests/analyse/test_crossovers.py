"""Runs at several sizes put together: their ratios, their crossovers, and which do not belong."""

from typing import Any

import pytest
from msgspec import structs

from stackgap.analyse.crossovers import AtRate, Crossover, compared
from stackgap.analyse.interval import Interval, NotEnough
from stackgap.misuse import MisuseError
from stackgap.records import Cell, CellRefused, Slice
from tests.analyse.sizes import REFERENCE, STACKS, cost_us, size_records, without_end

NUMPY, RUST, AXUM = STACKS
SIZES = (10, 100, 1000, 10_000)


def at_high(noise: float = 0.0) -> AtRate:
    (rate,) = compared([size_records(n, noise=noise) for n in SIZES]).rates
    return rate


def choice(rate: AtRate, stack: str, other: str) -> Crossover:
    return next(
        each for each in rate.choices if (each.ratios.stack, each.ratios.other) == (stack, other)
    )


def gap(rate: AtRate, stack: str, level: float) -> Crossover:
    return next(each for each in rate.gaps if (each.ratios.stack, each.level) == (stack, level))


def test_runs_are_put_in_order_of_their_sizes() -> None:
    together = compared([size_records(n) for n in (1000, 10, 100)])
    assert [run.n for run in together.runs] == [10, 100, 1000]
    assert [run.rates_hz["high"] for run in together.runs] == [60.0, 6.0, 0.6]
    assert (together.equation, together.reference) == ("ephemeris", REFERENCE)


def test_ratios_are_to_the_reference_at_each_size() -> None:
    numpy, rust = at_high().to_reference
    assert (numpy.stack, rust.stack) == (NUMPY, RUST)
    for n, ratio in numpy.by_n.items():
        assert isinstance(ratio, Interval)
        assert ratio.estimate == pytest.approx(cost_us(NUMPY, n) / cost_us(AXUM, n), rel=1e-4)


def test_a_crossover_is_found_where_two_costs_are_one() -> None:
    # 400 (n/10)^0.2 = 200 (n/10)^0.4 at n = 10 * 2^5.
    crossed = choice(at_high(), NUMPY, RUST)
    (passage,) = crossed.passages
    assert passage.estimates == pytest.approx([320], rel=1e-3)
    assert crossed.side == "above"
    assert passage.crosses


def test_noise_gives_the_crossover_an_interval_about_it() -> None:
    (passage,) = choice(at_high(noise=0.02), NUMPY, RUST).passages
    (estimate,) = passage.estimates
    assert passage.low < estimate < passage.high
    assert passage.low > 200
    assert passage.high < 500


def test_stacks_that_do_not_change_places_have_no_passage() -> None:
    apart = choice(at_high(), RUST, AXUM)
    assert (apart.passages, apart.side) == ((), "above")


def test_every_pair_of_stacks_is_compared_once() -> None:
    pairs = [(each.ratios.stack, each.ratios.other) for each in at_high().choices]
    assert pairs == [(NUMPY, RUST), (NUMPY, AXUM), (RUST, AXUM)]


def test_a_gap_closes_where_the_ratio_falls_under_each_level() -> None:
    # 5 (n/10)^-0.2 = 1.5 at n = 10 * (5/1.5)^5 = 4,115; 1.1 beyond the sizes.
    (passage,) = gap(at_high(), RUST, 1.5).passages
    assert passage.estimates == pytest.approx([10 * (5 / 1.5) ** 5], rel=1e-3)
    assert (passage.before, passage.after) == ("above", "below")
    assert gap(at_high(), RUST, 1.1).passages == ()


def test_each_rate_that_all_runs_have_is_compared_by_itself() -> None:
    both = [size_records(n, rate_names=("high", "low")) for n in (10, 100)]
    assert [rate.rate_name for rate in compared(both).rates] == ["high", "low"]
    mixed = [both[0], size_records(100, rate_names=("low",))]
    assert [rate.rate_name for rate in compared(mixed).rates] == ["low"]


def refused_at(n: int, stack: str) -> list[Any]:
    """A run in which a stack was too slow."""
    first, *rest = size_records(n)
    cell = Cell(stack, "high", 600.0 / n)
    refusal = CellRefused(stack, 0, "high", cell.rate_hz, 0.7, 0.6)
    slices = [own for own in rest if not (isinstance(own, Slice) and own.stack == stack)]
    return [first, refusal, *slices]


def test_a_stack_refused_at_a_size_is_compared_over_the_others() -> None:
    (rate,) = compared([size_records(10), size_records(100), refused_at(1000, NUMPY)]).rates
    assert list(rate.to_reference[0].by_n) == [10, 100]
    assert list(rate.to_reference[1].by_n) == [10, 100, 1000]


def test_a_stack_measured_at_one_size_has_a_ratio_and_no_crossover() -> None:
    (rate,) = compared([size_records(10), refused_at(100, NUMPY)]).rates
    assert list(rate.to_reference[0].by_n) == [10]
    assert {each.ratios.stack for each in rate.gaps} == {RUST}
    assert [(each.ratios.stack, each.ratios.other) for each in rate.choices] == [(RUST, AXUM)]


def test_too_few_generations_at_one_size_give_estimates_only() -> None:
    (rate,) = compared([size_records(10), size_records(1000, generations=3)]).rates
    crossed = choice(rate, NUMPY, RUST)
    assert crossed.generations == 3
    (passage,) = crossed.passages
    assert passage.low == passage.high == passage.estimates[0]
    assert isinstance(rate.to_reference[0].by_n[1000], NotEnough)


def test_a_run_without_its_end_is_said_to_be_so() -> None:
    together = compared([size_records(10), without_end(size_records(100))])
    assert [run.caveats for run in together.runs] == [
        (),
        ("n = 100: the run did not come to its end.",),
    ]


def test_a_ratio_that_the_slices_left_out_would_move_is_said_to_be_so() -> None:
    last_round_dear = [
        structs.replace(own, cpu_ns=4 * own.cpu_ns)
        if isinstance(own, Slice) and own.stack == RUST and own.round == 4
        else own
        for own in size_records(100)
    ]
    (_, run) = compared([size_records(10), last_round_dear]).runs
    assert f"n = 100, {RUST} at 6 req/s" in [caveat.split(":")[0] for caveat in run.caveats]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (size_records(100, stacks=(RUST, AXUM)), "do not share all stacks: fastapi-stock-numpy"),
        (size_records(100, plan={"equation": "heat"}), "differ in equation: ephemeris and heat"),
        (size_records(100, plan={"reference": RUST}), "differ in reference: axum-stock and fast"),
        (size_records(100, plan={"engine": "docker"}), "differ in engine: fake and docker"),
        (size_records(100, plan={"connections": 9}), "differ in connections: 8 and 9"),
        (size_records(100, provenance={"host": "b"}), "under other conditions: host"),
        (size_records(100, provenance={"rust": {"build_hash": "b"}}), "other conditions: rust"),
        (size_records(100, rate_names=("low",)), "have no rate in common"),
    ],
    ids=["stacks", "equation", "reference", "engine", "connections", "host", "build", "rates"],
)
def test_runs_that_do_not_belong_together_are_refused_by_name(
    other: list[Any], message: str
) -> None:
    with pytest.raises(MisuseError, match=message) as refusal:
        compared([size_records(10), other])
    assert "run-n10 and run-n100" in str(refusal.value)


def test_two_runs_of_one_size_are_refused() -> None:
    with pytest.raises(MisuseError, match="run-n10 and run-n10 have the same n = 10"):
        compared([size_records(10), size_records(100), size_records(10)])


def test_one_size_is_no_comparison() -> None:
    with pytest.raises(MisuseError, match="at least two runs"):
        compared([size_records(10)])
