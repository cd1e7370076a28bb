from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stackgap.analyse import select
from stackgap.records import Cell, CellRefused, GenerationEnded, Slice
from tests.analyse import factory

AXUM = factory.cell("axum-stock")
FASTAPI = factory.cell("fastapi-stock-python")
COST_US = {"axum-stock": 60.0, "fastapi-stock-python": 300.0}
PLAN = factory.make_plan([AXUM, FASTAPI], generations=1)
ALONE = factory.make_plan([AXUM], generations=1)


def test_cost_is_cpu_over_requests_answered() -> None:
    records = factory.generation_records(PLAN, 3, factory.constant(COST_US))
    assert select.costs(select.usable(records)) == {AXUM: {3: 60_000}, FASTAPI: {3: 300_000}}


def test_a_low_and_a_high_rate_are_different_cells() -> None:
    low = factory.cell("axum-stock", factory.LOW_HZ)
    plan = factory.make_plan([low, AXUM])
    records = factory.generation_records(
        plan, 0, lambda where, _g, _r: 80.0 if where == low else 60.0
    )
    assert select.costs(select.usable(records)) == {low: {0: 80_000}, AXUM: {0: 60_000}}


@given(slow=st.integers(0, 4), by=st.floats(1.01, 10))
def test_a_slow_round_changes_no_cost_and_every_mean(slow: int, by: float) -> None:
    def cost(where: Cell, _generation: int, round_: int) -> float:
        return COST_US[where.stack] * (by if round_ == slow else 1)

    generation = select.usable(factory.generation_records(PLAN, 0, cost))
    assert select.costs(generation)[AXUM][0] == pytest.approx(60_000)
    assert select.costs(generation)[FASTAPI][0] == pytest.approx(300_000)
    assert select.mean_costs(generation)[AXUM][0] > 60_000


@given(slow=st.integers(0, 4), by=st.floats(1.5, 10))
def test_a_slow_slice_of_one_stack_changes_no_cost(slow: int, by: float) -> None:
    def cost(where: Cell, _generation: int, round_: int) -> float:
        return COST_US[where.stack] * (by if (where, round_) == (AXUM, slow) else 1)

    generation = select.usable(factory.generation_records(ALONE, 0, cost))
    assert select.costs(generation)[AXUM][0] == pytest.approx(60_000)


@pytest.mark.parametrize(("rounds", "counted"), [(3, 3), (4, 2), (5, 3), (8, 4), (14, 8)])
def test_a_quarter_of_the_slices_is_left_out_at_either_end(rounds: int, counted: int) -> None:
    plan = factory.make_plan([AXUM], rounds=rounds)
    records = factory.generation_records(plan, 0, lambda _c, _g, round_: 2.0**round_)
    left_out = (rounds - counted) // 2
    expected_us = np.mean(2.0 ** np.arange(left_out, rounds - left_out))
    assert select.costs(select.usable(records))[AXUM][0] == pytest.approx(1000 * expected_us)


PIECE_REQUESTS = 10


def in_pieces(own: Slice, costs_us: Sequence[float]) -> Slice:
    """The slice, as if each of these were what a request of one of its pieces cost."""
    taken_ns = tuple(round(1000 * PIECE_REQUESTS * cost_us) for cost_us in costs_us)
    return replace(own, piece_requests=PIECE_REQUESTS, cpu_ns_by_piece=taken_ns)


@given(where=st.integers(0, 7), by=st.floats(1.5, 100))
def test_a_dear_piece_of_every_slice_changes_no_cost_and_every_mean(where: int, by: float) -> None:
    costs_us = [60.0] * 8
    costs_us[where] *= by
    dear = factory.constant({"axum-stock": sum(costs_us) / len(costs_us)})
    generation = select.usable(
        in_pieces(record, costs_us) if isinstance(record, Slice) else record
        for record in factory.generation_records(ALONE, 0, dear)
    )
    assert select.costs(generation)[AXUM][0] == pytest.approx(60_000)
    assert select.mean_costs(generation)[AXUM][0] > 60_000


def test_a_quarter_of_all_pieces_is_left_out_at_either_end() -> None:
    plan = factory.make_plan([AXUM], rounds=2)
    costs_us = iter([[1.0, 2.0, 30.0, 40.0], [50.0, 60.0, 700.0, 800.0]])
    records = [
        in_pieces(record, next(costs_us)) if isinstance(record, Slice) else record
        for record in factory.generation_records(plan, 0, factory.constant(COST_US))
    ]
    assert select.costs(select.usable(records))[AXUM][0] == pytest.approx(45_000)


def test_a_machine_slow_for_a_slice_of_every_stack_is_seen_in_its_pieces() -> None:
    def slow(record: Slice) -> Slice:
        by = 3 if record.round == 2 else 1
        return in_pieces(record, [by * COST_US[record.stack]] * 6)

    records = [
        slow(record) if isinstance(record, Slice) else record
        for record in factory.generation_records(PLAN, 0, factory.constant(COST_US))
    ]
    found = select.costs(select.usable(records))
    assert found[AXUM][0] == pytest.approx(60_000)
    assert found[FASTAPI][0] == pytest.approx(300_000)


def test_a_slice_without_an_answer_is_the_dearest() -> None:
    records = factory.generation_records(ALONE, 0, factory.constant(COST_US))
    first = next(index for index, each in enumerate(records) if isinstance(each, Slice))
    records[first] = replace(records[first], window_ok=0)
    assert select.costs(select.usable(records))[AXUM][0] == pytest.approx(60_000)


def test_a_cell_that_answers_in_no_slice_has_no_cost() -> None:
    records = [
        replace(record, window_ok=0)
        if isinstance(record, Slice) and record.stack == "axum-stock"
        else record
        for record in factory.generation_records(PLAN, 0, factory.constant(COST_US))
    ]
    counted = select.usable(records)
    assert set(select.costs(counted)) == set(select.mean_costs(counted)) == {FASTAPI}


@given(order=st.permutations(range(10)))
def test_the_order_of_slices_is_irrelevant(order: list[int]) -> None:
    rng = np.random.default_rng(7)
    noise = rng.lognormal(0, 0.1, size=(5, 2))
    records = factory.generation_records(
        PLAN, 0, lambda where, _g, round_: 100 * noise[round_, PLAN.cells.index(where)]
    )
    slices = [record for record in records if isinstance(record, Slice)]
    others = [record for record in records if not isinstance(record, Slice)]
    reordered = [slices[index] for index in order]
    assert select.costs(select.usable([*others, *reordered])) == select.costs(
        select.usable(records)
    )


def test_slices_of_a_void_round_do_not_count() -> None:
    def cost(_cell: Cell, _generation: int, round_: int) -> float:
        return 1.0 if round_ == 2 else 100.0

    records = factory.generation_records(PLAN, 0, cost, {2: ["the canary took +9% ..."]})
    assert select.costs(select.usable(records))[AXUM] == {0: 100_000}


def test_slices_of_a_round_that_was_cut_off_do_not_count() -> None:
    records = factory.generation_records(PLAN, 0, factory.constant(COST_US))
    records.append(factory.a_slice(AXUM, 9999.0, generation=0, round_=PLAN.rounds))
    assert select.mean_costs(select.usable(records))[AXUM] == {0: 60_000}


def test_a_void_generation_and_one_cut_off_do_not_count() -> None:
    whole = factory.generation_records(PLAN, 0, factory.constant(COST_US))
    void = factory.generation_records(PLAN, 1, factory.constant(COST_US))
    void[-1] = GenerationEnded(1, ["axum-stock died (signal SIGKILL)"])
    cut_off = factory.generation_records(PLAN, 2, factory.constant(COST_US))[:-1]
    records = [*whole, *void, *cut_off]
    assert [generation.number for generation in select.generations(records)] == [0, 1, 2]
    assert [generation.number for generation in select.usable(records)] == [0]


def test_a_refused_cell_belongs_to_no_generation() -> None:
    records = factory.generation_records(PLAN, 0, factory.constant(COST_US))
    records.insert(3, CellRefused("fastapi-stock-numba", 0, "high", 1000.0, 0.8, 0.6))
    assert set(select.costs(select.usable(records))) == {AXUM, FASTAPI}
