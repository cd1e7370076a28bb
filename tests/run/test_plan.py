"""What a run is planned to do, and which runs cannot be planned."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest

from stackgap.run.plan import MAX_RESIDENTS, PlanError, Rates, full_plan, make_plan, residents
from stackgap.stacks import Stack, find, stacks
from tests.run.pipeline import AXUM, FASTAPI

QUICKSTART = "fastapi-quickstart"
NUMPY = "fastapi-stock-numpy"


def _plan(chosen: Sequence[Stack], which_rates: Rates = "high", n: int = 100) -> object:
    return make_plan(
        chosen,
        equation="ephemeris",
        n=n,
        which_rates=which_rates,
        generations=6,
        rounds=6,
        seed=1,
    )


def _cells(which_rates: Rates) -> set[tuple[str, str, int]]:
    names = (QUICKSTART, NUMPY, AXUM)
    plan = make_plan(
        [find(name) for name in names],
        equation="ephemeris",
        n=100,
        which_rates=which_rates,
        generations=6,
        rounds=6,
        seed=1,
    )
    return {(cell.stack, cell.rate_name, cell.replica) for cell in plan.cells}


@pytest.mark.parametrize("rate", ["low", "high"])
def test_one_rate_means_every_stack_and_the_twin_at_that_rate(rate: Rates) -> None:
    names = (QUICKSTART, NUMPY, AXUM)
    assert _cells(rate) == {(name, rate, 0) for name in names} | {(AXUM, rate, 1)}


def test_both_rates_mean_every_stack_at_both_and_one_twin() -> None:
    both = {(name, rate, 0) for name in (QUICKSTART, NUMPY, AXUM) for rate in ("low", "high")}
    assert _cells("both") == both | {(AXUM, "high", 1)}


def test_seed_rates_mean_low_only_where_the_claim_needs_it() -> None:
    assert _cells("both") - _cells("claim") == {(NUMPY, "low", 0)}


def test_a_sweep_means_every_stack_at_all_four_rates_and_one_twin() -> None:
    swept = {
        (name, rate, 0)
        for name in (QUICKSTART, NUMPY, AXUM)
        for rate in ("low", "mid", "held_out", "high")
    }
    assert _cells("sweep") == swept | {(AXUM, "high", 1)}


def test_a_server_serves_both_rates_and_the_twin_is_another() -> None:
    plan = make_plan(
        [find(FASTAPI), find(AXUM)],
        equation="ephemeris",
        n=100,
        which_rates="both",
        generations=1,
        rounds=1,
        seed=1,
    )
    assert residents(plan) == [(FASTAPI, 0), (AXUM, 0), (AXUM, 1)]


def test_a_run_without_its_reference_is_refused() -> None:
    with pytest.raises(PlanError, match=r"'axum-stock' must be among the stacks: fastapi-quiet"):
        _plan([find(FASTAPI)])


def test_more_servers_than_fit_side_by_side_are_refused() -> None:
    copies = [
        msgspec.structs.replace(find(FASTAPI), name=f"copy-{index}")
        for index in range(MAX_RESIDENTS - 2)
    ]
    _plan([*copies, find(AXUM)])
    with pytest.raises(PlanError, match="at most 40 fit"):
        _plan([*copies, find(QUICKSTART), find(AXUM)])


def test_a_size_without_declared_rates_is_refused() -> None:
    with pytest.raises(ValueError, match="declared for ephemeris up to n = 100000, not 100001"):
        _plan([find(AXUM)], n=100_001)


def test_a_stack_named_twice_is_refused() -> None:
    with pytest.raises(PlanError, match="'fastapi-quiet-python' is named twice"):
        _plan([find(FASTAPI), find(AXUM), find(FASTAPI)])


def test_a_full_run_has_four_processes_of_its_reference_at_both_rates() -> None:
    plan = full_plan(
        stacks(),
        [],
        equation="ephemeris",
        n=100,
        generations=10,
        most_generations=10,
        rounds=14,
        seed=1,
    )
    of_reference = [cell for cell in plan.cells if cell.stack == plan.reference]
    assert Counter(cell.rate_name for cell in of_reference) == {"high": 4, "low": 4}
    assert len(set(of_reference)) == 8
    assert len(residents(plan)) == 32
