"""The contrasts of a lattice, against all of its chains written out and against axioms."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse.lattice import NONE, Contrast, Lattice, earliest, latest
from tests.analyse.ladder import (
    CODEC,
    FACTORS,
    FRAMEWORK,
    KERNEL,
    LOG,
    SAVED_US,
    SERVER,
    Changed,
    additive_us,
    costs_us,
    servable,
    stack,
    subsets,
)

FOUR = FACTORS[:4]
WHOLE = frozenset(FOUR)
ANY_SETS = st.sets(st.sampled_from(subsets(FOUR))).map(lambda own: own | {NONE, WHOLE})
# With one chain at least.
CHAINED_SETS = st.tuples(ANY_SETS, st.permutations(FOUR)).map(
    lambda own: own[0] | {frozenset(own[1][:size]) for size in range(len(FOUR) + 1)}
)
ANY_COST = st.floats(1.0, 1000.0)
ANY_GAME = st.lists(ANY_COST, min_size=16, max_size=16).map(
    lambda costs: {stack(own): us for own, us in zip(subsets(FOUR), costs, strict=True)}
)


def lattice(sets: set[Changed]) -> Lattice:
    return Lattice({stack(own): sorted(own) for own in sets})


def value(contrast: Contrast, costs: dict[str, float]) -> float:
    return sum(weight * costs[name] for name, weight in contrast.items())


def saved(found: Lattice, factor: str, costs: dict[str, float]) -> float:
    return value(found.saved(found.of_factor(factor)), costs)


def written_out(sets: set[Changed]) -> list[list[Changed]]:
    """Every chain, from the orders of all factors."""
    orders = permutations(FOUR)
    chains = [[frozenset(order[:size]) for size in range(len(FOUR) + 1)] for order in orders]
    return [own for own in chains if all(changed in sets for changed in own)]


@given(sets=ANY_SETS)
def test_chains_are_counted_as_if_written_out(sets: set[Changed]) -> None:
    assert lattice(sets).chains() == len(written_out(sets))


@given(sets=CHAINED_SETS, costs=ANY_GAME)
def test_a_part_is_the_mean_over_all_chains_written_out(
    sets: set[Changed], costs: dict[str, float]
) -> None:
    found = lattice(sets)
    chains = written_out(sets)
    for factor in FOUR:
        steps = [
            costs[stack(before)] - costs[stack(after)]
            for chain in chains
            for before, after in pairwise(chain)
            if after - before == {factor}
        ]
        assert saved(found, factor, costs) == pytest.approx(np.mean(steps), abs=1e-9)


@given(sets=CHAINED_SETS, costs=ANY_GAME)
def test_parts_add_up_to_the_gap(sets: set[Changed], costs: dict[str, float]) -> None:
    found = lattice(sets)
    parts = sum(saved(found, factor, costs) for factor in FOUR)
    assert parts == pytest.approx(costs[stack(NONE)] - costs[stack(WHOLE)], abs=1e-9)


@given(sets=CHAINED_SETS, costs=ANY_GAME)
def test_a_factor_that_changes_no_cost_has_no_part(
    sets: set[Changed], costs: dict[str, float]
) -> None:
    found = lattice(sets)
    without_log = {stack(own): costs[stack(own - {LOG})] for own in subsets(FOUR)}
    assert saved(found, LOG, without_log) == pytest.approx(0, abs=1e-9)


@given(sets=CHAINED_SETS, costs=ANY_GAME)
def test_factors_that_can_be_exchanged_have_equal_parts(
    sets: set[Changed], costs: dict[str, float]
) -> None:
    exchanged = {LOG: KERNEL, KERNEL: LOG}

    def mirrored(own: Changed) -> Changed:
        return frozenset(exchanged.get(factor, factor) for factor in own)

    found = lattice(sets | {mirrored(own) for own in sets})
    alike = {stack(own): costs[stack(own)] + costs[stack(mirrored(own))] for own in subsets(FOUR)}
    assert saved(found, LOG, alike) == pytest.approx(saved(found, KERNEL, alike), abs=1e-9)


@given(sets=CHAINED_SETS)
def test_in_an_additive_game_every_part_is_what_its_change_saves(sets: set[Changed]) -> None:
    found = lattice(sets)
    costs = {stack(own): additive_us(own) for own in sets}
    for factor in FOUR:
        edges = found.of_factor(factor)
        for own in (edges, earliest(edges), latest(edges)):
            assert value(found.saved(own), costs) == pytest.approx(SAVED_US[factor])


@given(sets=ANY_SETS, gap_us=st.floats(-50, 50))
def test_an_interaction_is_found_whatever_else_there_is(sets: set[Changed], gap_us: float) -> None:
    pair = frozenset({KERNEL, CODEC})
    costs = {stack(own): additive_us(own, {pair: gap_us}) for own in sets}
    found = lattice(sets)
    contrast = found.interaction(KERNEL, CODEC)
    whole = any(
        {own, own | {KERNEL}, own | {CODEC}, own | pair} <= sets
        for own in sets - {pair}
        if not own & pair
    )
    assert (contrast is not None) == whole
    if contrast:
        assert value(contrast, costs) == pytest.approx(gap_us, abs=1e-9)
    other = found.interaction(LOG, FRAMEWORK)
    if other:
        assert value(other, costs) == pytest.approx(0, abs=1e-9)


def test_the_server_is_changed_after_the_log_only() -> None:
    found = lattice(set(servable()))
    assert len(found.stack_of) == 24
    # Half of the 120 orders of five factors have the log before the server.
    assert found.chains() == 60
    assert all(LOG in edge.before for edge in found.of_factor(SERVER))


def test_made_first_is_as_early_as_it_can_be() -> None:
    found = lattice(set(servable()))
    first = found.saved(earliest(found.of_factor(SERVER)))
    assert first == {LOG: 1, stack({LOG, SERVER}): -1}
    assert found.saved(earliest(found.of_factor(CODEC))) == {"start": 1, CODEC: -1}


def test_made_last_is_as_late_as_it_can_be() -> None:
    found = lattice(set(servable()))
    last = found.saved(latest(found.of_factor(LOG)))
    others = {KERNEL, CODEC, FRAMEWORK}
    assert last == {stack(others): 1, stack({LOG, *others}): -1}


def test_a_set_that_no_chain_passes_has_no_weight() -> None:
    dead_end = frozenset({CODEC})
    sets = {NONE, dead_end, frozenset({LOG}), frozenset({KERNEL}), frozenset({LOG, KERNEL})}
    sets |= {frozenset({LOG, KERNEL, CODEC})}
    found = lattice(sets)
    assert found.chains() == 2
    assert all(dead_end not in (edge.before, edge.after) for edge in found.edges)


@pytest.mark.parametrize("missing", [NONE, frozenset({LOG, KERNEL})])
def test_without_an_end_there_is_no_chain(missing: Changed) -> None:
    sets = set(subsets((LOG, KERNEL))) - {missing}
    # The union of all sets is an end that must be there itself.
    found = lattice(sets)
    assert found.chains() == 0
    assert found.nested() is None
    assert found.only_chain() is None


def test_two_stacks_that_changed_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="'one' and 'other' have changed the same"):
        Lattice({"one": [LOG], "other": [LOG]})


def test_sets_that_hold_each_other_are_one_order_however_far_apart() -> None:
    sets = {NONE, frozenset({LOG}), frozenset({LOG, KERNEL, CODEC})}
    assert lattice(sets).nested() == [NONE, {LOG}, {LOG, KERNEL, CODEC}]
    assert lattice({*sets, frozenset({KERNEL})}).nested() is None


def test_a_chain_beside_which_others_end_is_the_only_one() -> None:
    chain = [NONE, frozenset({LOG}), frozenset({LOG, KERNEL})]
    beside = frozenset({CODEC})
    whole = frozenset({LOG, KERNEL, CODEC})
    assert lattice({*chain, beside, whole}).only_chain() == [*chain, whole]
    assert lattice({*chain, frozenset({KERNEL}), whole}).only_chain() is None


def test_a_stack_without_higher_interactions_is_predicted_exactly() -> None:
    overlaps = {frozenset({KERNEL, CODEC}): 4.0, frozenset({LOG, SERVER}): -7.0}
    costs = costs_us(servable(), overlaps)
    found = lattice(set(servable()))
    held_out = [stack({CODEC}), stack({LOG, KERNEL, CODEC})]
    others = [name for name in found.stack_of.values() if name not in held_out]
    for name in held_out:
        prediction = found.predicted(name, others)
        assert prediction is not None
        assert held_out[0] not in prediction
        assert value(prediction, costs) == pytest.approx(costs[name])


def test_an_interaction_of_three_is_not_predicted() -> None:
    found = lattice(set(subsets((LOG, KERNEL, CODEC))))
    costs = dict.fromkeys(found.stack_of.values(), 100.0)
    wanted = stack({LOG, KERNEL, CODEC})
    costs[wanted] = 70.0
    prediction = found.predicted(wanted, [name for name in costs if name != wanted])
    assert prediction is not None
    assert value(prediction, costs) == pytest.approx(100)


def test_what_the_others_do_not_determine_is_not_predicted() -> None:
    found = lattice(set(subsets((LOG, KERNEL))))
    others = ["start", LOG, KERNEL]
    assert found.predicted(stack({LOG, KERNEL}), others) is None
    assert found.predicted(stack({LOG, KERNEL}), []) is None
