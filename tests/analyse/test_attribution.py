"""What an attribution says of costs that were made up."""

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest
from msgspec import structs

from stackgap.analyse.attribution import attributions
from stackgap.analyse.cells import Measured
from stackgap.analyse.interval import Estimate, Interval, NotEnough
from stackgap.analyse.lattice import NONE
from stackgap.analyse.select import Costs
from stackgap.analyse.summary import Attribution, Closure, Gates, NotAttributed, Part
from stackgap.records import Cell, Factorial
from tests.analyse.factory import HIGH_HZ, LOW_HZ, cell, make_plan
from tests.analyse.ladder import (
    AXUM,
    CODEC,
    FACTORS,
    FRAMEWORK,
    FUSED,
    FUSED_SAVES_US,
    KERNEL,
    LOG,
    SAVED_US,
    SERVER,
    START_US,
    Changed,
    additive_us,
    costs_us,
    factorial,
    servable,
    stack,
    subsets,
)

CLEAN = Gates(10, 0, 60, 0, 600, 0, {})
LADDER = factorial(servable())
COSTS_US = costs_us(servable())
WHOLE = additive_us(FACTORS)


def costs(
    us: Mapping[str, float],
    *,
    rate_hz: float = HIGH_HZ,
    generations: int = 10,
    by: float = 0.0,
    replica: int = 0,
) -> Costs:
    """Each cost in every generation, off by up to `by` of it, each stack its own way."""
    return {
        cell(name, rate_hz, replica): {
            number: 1000 * own * (1 + by * math.sin(37 * (index + 1 + 99 * replica) * (number + 1)))
            for number in range(generations)
        }
        for index, (name, own) in enumerate(us.items())
    }


def attributed(
    known: Costs, of: Factorial = LADDER, gates: Gates = CLEAN, means: Costs | None = None
) -> tuple[Attribution | NotAttributed, ...]:
    planned = make_plan([Cell(own.stack, own.rate_name, own.rate_hz) for own in known])
    run = Measured("axum", known, means or known, {}, gates)
    return attributions(structs.replace(planned, factorial=of), run)


def attribution(known: Costs, of: Factorial = LADDER, gates: Gates = CLEAN) -> Attribution:
    (found,) = attributed(known, of, gates)
    assert isinstance(found, Attribution)
    return found


def centre(estimate: Estimate | None) -> float:
    assert estimate is not None
    assert estimate.estimate is not None
    return estimate.estimate


def interval(estimate: Estimate | None) -> Interval:
    assert isinstance(estimate, Interval)
    return estimate


def saved_us(found: Attribution) -> dict[str, float]:
    return {part.name: centre(part.saved_us) for part in found.parts}


def part(found: Attribution, name: str) -> Part:
    return next(own for own in found.parts if own.name == name)


def closure(found: Attribution, held_out: str | None) -> Closure:
    return next(own for own in found.closures if own.held_out == held_out)


def test_parts_of_an_additive_gap_are_what_each_change_saves() -> None:
    found = attribution(costs(COSTS_US))
    process = WHOLE - FUSED_SAVES_US - COSTS_US[AXUM]
    expected = {**SAVED_US, "fused bytes": FUSED_SAVES_US, "process": process}
    assert saved_us(found) == pytest.approx(expected)
    assert list(saved_us(found)) == list(expected)
    assert centre(found.gap_us) == pytest.approx(START_US - COSTS_US[AXUM])
    assert (found.first, found.last, found.orders) == ("start", AXUM, 60)


def test_shares_are_parts_of_the_gap_and_add_up_to_it() -> None:
    found = attribution(costs(COSTS_US, by=0.03))
    shares = [centre(own.share) for own in found.parts]
    assert sum(shares) == pytest.approx(1)
    assert shares == pytest.approx(
        [centre(own.saved_us) / centre(found.gap_us) for own in found.parts]
    )


def test_what_can_only_come_last_has_no_order() -> None:
    found = attribution(costs(COSTS_US, by=0.03))
    for name in ("fused bytes", "process"):
        own = part(found, name)
        assert (own.first_in_us, own.last_in_us, own.order_us) == (None, None, None)
        assert "first-in" not in own.verdict


def test_two_changes_that_save_the_same_share_it_and_say_so() -> None:
    overlaps = {frozenset({KERNEL, CODEC}): 12.0}
    found = attribution(costs(costs_us(servable(), overlaps)))
    assert saved_us(found)[KERNEL] == pytest.approx(SAVED_US[KERNEL] - 6)
    assert saved_us(found)[CODEC] == pytest.approx(SAVED_US[CODEC] - 6)
    kernel = part(found, KERNEL)
    assert centre(kernel.first_in_us) == pytest.approx(SAVED_US[KERNEL])
    assert centre(kernel.last_in_us) == pytest.approx(SAVED_US[KERNEL] - 12)
    assert centre(kernel.order_us) == pytest.approx(12)
    assert {own.factors: centre(own.us) for own in found.interactions} == pytest.approx(
        {
            (one, other): 12.0 if {one, other} == {KERNEL, CODEC} else 0.0
            for index, one in enumerate(FACTORS)
            for other in FACTORS[index + 1 :]
            # The server never changes before the log: there is nothing to compare.
            if {one, other} != {LOG, SERVER}
        },
        abs=1e-9,
    )


def test_the_interval_of_a_part_is_that_of_its_value_in_each_generation() -> None:
    known = costs({"start": 300.0, LOG: 200.0, KERNEL: 250.0, "log+kernel": 180.0}, by=0.05)
    of = factorial(subsets((LOG, KERNEL)), last=())
    v = {own.stack: by_generation for own, by_generation in known.items()}
    by_hand = [
        ((v["start"][g] - v[LOG][g]) + (v[KERNEL][g] - v["log+kernel"][g])) / 2000
        for g in range(10)
    ]
    mean = sum(by_hand) / 10
    error = math.sqrt(sum((own - mean) ** 2 for own in by_hand) / 9 / 10)
    own = interval(part(attribution(known, of), LOG).saved_us)
    assert own.estimate == pytest.approx(mean)
    assert own.half_width == pytest.approx(2.2622 * error, rel=1e-4)


def test_what_slows_a_whole_generation_leaves_shares_alone() -> None:
    slowed = {
        where: {number: own * (1 + 0.1 * number) for number, own in by_generation.items()}
        for where, by_generation in costs(COSTS_US).items()
    }
    found = attribution(slowed)
    assert interval(part(found, LOG).share).half_width == pytest.approx(0, abs=1e-9)
    assert interval(part(found, LOG).saved_us).half_width > 5


def test_only_generations_with_every_stack_count() -> None:
    known = costs(COSTS_US)
    del known[cell(LOG)][3]
    del known[cell(AXUM)][4]
    found = attribution(known)
    assert found.generations == 8
    assert interval(found.gap_us).generations == 8


def test_a_stack_that_was_not_measured_leaves_no_attribution_and_is_named() -> None:
    known = costs(COSTS_US)
    known[cell(LOG)] = {}
    (found,) = attributed(known)
    assert found == NotAttributed(HIGH_HZ, "nothing that counts was measured of log")


def test_generations_that_have_no_stack_in_common_leave_no_attribution() -> None:
    known = costs(COSTS_US)
    known[cell(LOG)] = {99: 1.0}
    (found,) = attributed(known)
    assert isinstance(found, NotAttributed)
    assert "no generation" in found.reason


def test_ends_without_a_way_between_them_leave_no_attribution() -> None:
    sets = [NONE, frozenset({LOG}), frozenset({KERNEL}), frozenset({LOG, KERNEL, CODEC})]
    (found,) = attributed(costs(costs_us(sets)), factorial(sets))
    assert isinstance(found, NotAttributed)
    assert "neither by one change at a time nor in a single order" in found.reason


def test_a_run_that_divides_nothing_has_no_attribution() -> None:
    assert attributions(make_plan([cell(AXUM)]), Measured(AXUM, {}, {}, {}, CLEAN)) == ()


def test_a_rate_at_which_not_every_stack_is_planned_has_no_attribution() -> None:
    known = costs(COSTS_US) | costs({AXUM: 60.0}, rate_hz=LOW_HZ)
    assert [own.rate_hz for own in attributed(known)] == [HIGH_HZ]


ONE_ORDER = [NONE, frozenset({LOG}), frozenset({LOG, KERNEL}), frozenset(FACTORS)]


def test_one_order_gives_steps_and_no_shares_and_leaves_a_lump_one_part() -> None:
    found = attribution(costs(costs_us(ONE_ORDER)), factorial(ONE_ORDER))
    assert found.orders == 1
    lump = f"{CODEC} + {FRAMEWORK} + {SERVER}"
    names = [LOG, KERNEL, lump, "fused bytes", "process"]
    assert [own.name for own in found.parts] == names
    assert saved_us(found)[lump] == pytest.approx(130)
    assert all(own.share is None and own.first_in_us is None for own in found.parts)
    assert found.parts[1].verdict == (
        "Step 2, kernel, saves 30.0 to 30.0 µs given the earlier steps."
    )


def test_the_only_chain_among_more_stacks_gives_steps() -> None:
    sets = [NONE, frozenset({LOG}), frozenset({KERNEL}), frozenset({LOG, CODEC})]
    sets.append(frozenset({LOG, KERNEL, CODEC}))
    found = attribution(costs(costs_us(sets)), factorial(sets, last=()))
    assert found.orders == 1
    assert list(saved_us(found)) == [LOG, CODEC, KERNEL]


def test_a_step_that_costs_more_is_said_to() -> None:
    dearer = costs_us(ONE_ORDER) | {LOG: START_US + 7}
    found = attribution(costs(dearer), factorial(ONE_ORDER))
    assert found.parts[0].verdict == "Step 1, log, adds 7.0 to 7.0 µs given the earlier steps."


def test_twins_of_both_ends_that_cost_the_same_close() -> None:
    twins = {"start": START_US, AXUM: COSTS_US[AXUM]}
    found = closure(attribution(costs(COSTS_US, by=0.01) | costs(twins, replica=1, by=0.01)), None)
    assert found.holds is True
    assert interval(found.difference_us).includes(0)


def test_twins_of_both_ends_that_differ_do_not_close() -> None:
    twins = {"start": START_US + 30, AXUM: COSTS_US[AXUM]}
    found = closure(attribution(costs(COSTS_US, by=0.01) | costs(twins, replica=1, by=0.01)), None)
    assert found.holds is False
    assert centre(found.difference_us) == pytest.approx(-30, abs=2)
    assert centre(found.of_gap) == pytest.approx(-30 / 255, abs=0.01)


def test_a_twin_of_one_end_tests_nothing() -> None:
    found = attribution(costs(COSTS_US) | costs({AXUM: COSTS_US[AXUM]}, replica=1))
    assert found.closures == ()


HELD_OUT = frozenset({LOG, KERNEL, CODEC})


def test_a_stack_held_out_closes_where_changes_interact_in_pairs_only() -> None:
    overlaps = {frozenset({KERNEL, CODEC}): 9.0, frozenset({LOG, FRAMEWORK}): -4.0}
    of = factorial(servable(), held_out=[HELD_OUT])
    found = closure(attribution(costs(costs_us(servable(), overlaps)), of), stack(HELD_OUT))
    assert centre(found.difference_us) == pytest.approx(0, abs=1e-9)
    assert found.holds is True


def test_a_stack_held_out_does_not_close_where_three_changes_interact() -> None:
    known = COSTS_US | {stack(HELD_OUT): COSTS_US[stack(HELD_OUT)] + 25}
    of = factorial(servable(), held_out=[HELD_OUT])
    found = closure(attribution(costs(known, by=0.01), of), stack(HELD_OUT))
    assert found.holds is False
    assert interval(found.difference_us).includes(25)


def test_a_closure_that_is_wide_tells_nothing() -> None:
    of = factorial(servable(), held_out=[HELD_OUT])
    found = closure(attribution(costs(COSTS_US, by=0.2), of), stack(HELD_OUT))
    assert found.holds is None


def test_a_stack_held_out_that_the_others_do_not_determine_tells_nothing() -> None:
    sets = subsets((LOG, KERNEL))
    of = factorial(sets, held_out=[frozenset({LOG, KERNEL})])
    found = attribution(costs(costs_us(sets)), of)
    assert found.closures == (Closure("log+kernel", None, None, None),)


def test_the_surcharge_is_what_a_part_saves_more_at_the_lower_rate() -> None:
    colder = {name: own * 1.5 for name, own in COSTS_US.items()}
    low, high = attributed(costs(colder, rate_hz=LOW_HZ) | costs(COSTS_US))
    assert isinstance(low, Attribution)
    assert isinstance(high, Attribution)
    assert {own.name: centre(own.surcharge_us) for own in low.parts} == pytest.approx(
        {name: 0.5 * us for name, us in saved_us(high).items()}
    )
    assert all(own.surcharge_us is None for own in high.parts)


def test_a_part_is_said_with_its_range_rounded_outwards() -> None:
    verdict = part(attribution(costs(COSTS_US)), FRAMEWORK).verdict
    # 70 of 255 µs.
    assert verdict == (
        "framework accounts for 27.4 to 27.5 % of the gap (first-in 70.0 µs, last-in 70.0 µs)."
    )


def test_a_change_that_costs_more_is_said_to_widen_the_gap() -> None:
    sets = subsets((LOG, KERNEL))
    dearer = {"start": 300.0, LOG: 320.0, KERNEL: 100.0, "log+kernel": 120.0}
    found = attribution(costs(dearer), factorial(sets, last=()))
    assert part(found, LOG).verdict.startswith("log widens the gap by 11.1 to 11.2 % of it")


def test_a_part_that_may_be_none_is_said_with_what_could_have_been_seen() -> None:
    sets = subsets((LOG, KERNEL))
    alike = {"start": 300.0, LOG: 300.0, KERNEL: 100.0, "log+kernel": 100.0}
    own = part(attribution(costs(alike, by=0.01), factorial(sets, last=())), LOG)
    least = math.ceil(10 * interval(own.saved_us).half_width) / 10
    assert own.verdict == (
        f"No part of the gap is seen for log; this run could have seen >= {least:.1f} µs."
    )


def test_without_a_gap_there_are_no_shares_of_it() -> None:
    sets = subsets((LOG, KERNEL))
    alike = dict.fromkeys(("start", LOG, KERNEL, "log+kernel"), 100.0)
    twins = costs({"start": 100.0, "log+kernel": 100.0}, replica=1, by=0.02)
    found = attribution(costs(alike, by=0.02) | twins, factorial(sets, last=()))
    assert [own.share for own in found.parts] == [None, None]
    assert "no gap is seen" in found.parts[0].verdict
    assert (found.closures[0].of_gap, found.closures[0].holds) == (None, None)


def test_too_few_generations_give_estimates_without_a_verdict() -> None:
    found = attribution(costs(COSTS_US, generations=5))
    own = part(found, LOG)
    assert isinstance(own.saved_us, NotEnough)
    assert centre(own.share) == pytest.approx(50 / 255)
    assert "a verdict needs 6 generations" in own.verdict
    assert "this run has 5" in own.verdict


@pytest.mark.parametrize("sets", [servable(), ONE_ORDER], ids=["all orders", "one order"])
def test_a_run_with_too_much_void_says_nothing_of_parts(sets: Collection[Changed]) -> None:
    void = replace(CLEAN, generations_void=3)
    found = attribution(costs(costs_us(sets)), factorial(sets), void)
    assert {own.verdict.partition("; ")[2] for own in found.parts} == {
        "3 of 10 generations are void."
    }


def test_a_step_that_may_be_none_or_has_no_interval_is_no_finding() -> None:
    alike = costs_us(ONE_ORDER) | {LOG: START_US}
    unseen = attribution(costs(alike, by=0.01), factorial(ONE_ORDER)).parts[0]
    assert unseen.verdict.startswith("No part of the gap is seen for step 1, log; this run could")
    few = attribution(costs(alike, generations=3), factorial(ONE_ORDER)).parts[0]
    assert few.verdict.startswith("No verdict on step 1, log; a verdict needs 6 generations")


def test_a_share_that_the_slices_left_out_would_move_is_no_finding() -> None:
    moved = COSTS_US | {LOG: 310.0}
    (found,) = attributed(costs(COSTS_US), means=costs(moved))
    assert isinstance(found, Attribution)
    verdict = part(found, LOG).verdict
    assert verdict.startswith("No verdict on log; its share is 19.6 to 19.7 %, but")
    assert verdict.endswith("with nothing left out.")


@pytest.mark.parametrize("sets", [servable(), subsets((LOG, KERNEL))], ids=["all", "four"])
def test_fewer_stacks_divide_the_gap_between_the_same_ends(sets: Collection[Changed]) -> None:
    found = attribution(costs(costs_us(sets)), factorial(sets, last=[("rest", AXUM)]))
    assert sum(saved_us(found).values()) == pytest.approx(START_US - COSTS_US[AXUM])
    assert saved_us(found)[LOG] == pytest.approx(SAVED_US[LOG])
    assert FUSED not in found.last
