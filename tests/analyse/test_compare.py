"""Two runs of the same thing: what changed, and what does not count as a change."""

import pytest
from msgspec import structs

from stackgap.analyse.compare import ComparedCell, ComparedPart, compared
from stackgap.analyse.interval import Interval, NotEnough
from stackgap.misuse import MisuseError
from stackgap.records import AnyRecord, RunStarted, Slice
from tests.analyse import factory
from tests.analyse.ladder import AXUM as LADDERS_END
from tests.analyse.ladder import KERNEL, LOG, costs_us, factorial, servable, stack

FASTAPI, NUMPY, AXUM = "fastapi-quiet-python", "fastapi-quiet-numpy", "axum-stock"
COST_US = {FASTAPI: 240.0, NUMPY: 200.0, AXUM: 40.0}


def _run(
    cost_us: dict[str, float], run_id: str = "a-run", generations: int = 6, **provenance: object
) -> list[AnyRecord]:
    cells = [factory.cell(stack) for stack in cost_us]
    plan = factory.make_plan([*cells, factory.cell(AXUM, replica=1)], generations)
    started, *rest = factory.run_records(plan, factory.wavering(cost_us), provenance)
    return [structs.replace(started, run_id=run_id), *rest]


def _cell(cells: tuple[ComparedCell, ...], stack: str) -> ComparedCell:
    return next(own for own in cells if own.cell.stack == stack)


def test_a_stack_that_became_cheaper_is_seen_and_the_others_are_not() -> None:
    over = compared(_run(COST_US), _run(COST_US | {FASTAPI: 120.0}))
    change = _cell(over.cells, FASTAPI).change
    assert isinstance(change, Interval)
    assert change.estimate == pytest.approx(0.5, rel=0.01)
    assert not change.includes(1)
    other = _cell(over.cells, NUMPY).change
    assert isinstance(other, Interval)
    assert other.includes(1)
    assert _cell(over.cells, AXUM).change is None


def test_a_machine_that_is_slower_at_all_changes_nothing() -> None:
    slower = {stack: 1.3 * cost for stack, cost in COST_US.items()}
    over = compared(_run(COST_US), _run(slower))
    changes = [own.change for own in over.cells if own.change is not None]
    assert changes
    assert all(isinstance(each, Interval) and each.includes(1) for each in changes)


def test_the_interval_is_wider_than_that_of_either_run() -> None:
    over = compared(_run(COST_US), _run(COST_US))
    own = _cell(over.cells, FASTAPI)
    assert isinstance(own.change, Interval)
    assert isinstance(own.after.ratio, Interval)
    width = own.change.half_width / own.change.estimate
    assert width > own.after.ratio.half_width / own.after.ratio.estimate


def test_too_few_generations_give_no_interval() -> None:
    over = compared(_run(COST_US), _run(COST_US, generations=3))
    assert isinstance(_cell(over.cells, FASTAPI).change, NotEnough)


def test_what_differs_in_the_conditions_is_named_down_to_the_value() -> None:
    over = compared(
        _run(COST_US, python={"version": "3.11.2", "pgo": True}, host="a", load_average=0.1),
        _run(COST_US, python={"version": "3.12.0", "pgo": True}, host="a", load_average=0.2),
    )
    assert [(own.what, own.before, own.after) for own in over.conditions] == [
        ("python / version", "3.11.2", "3.12.0")
    ]


def test_that_one_run_alone_has_pieces_of_slices_is_named() -> None:
    def in_pieces(own: AnyRecord) -> AnyRecord:
        if not isinstance(own, Slice):
            return own
        halves = (own.cpu_ns // 2, own.cpu_ns // 2)
        return structs.replace(own, piece_requests=own.window_ok // 2, cpu_ns_by_piece=halves)

    whole = _run(COST_US)
    cut = list(map(in_pieces, whole))
    assert [(own.before, own.after) for own in compared(whole, cut).conditions] == [
        ("slices", "pieces of slices")
    ]
    assert compared(cut, cut).conditions == ()


def test_what_one_run_has_alone_is_named() -> None:
    fewer = {FASTAPI: 240.0, AXUM: 40.0}
    over = compared(_run(COST_US), _run(fewer))
    assert [cell.stack for cell in over.only_before] == [NUMPY]
    assert over.only_after == ()


@pytest.mark.parametrize(
    ("field", "value"), [("equation", "heat"), ("n", 10), ("reference", FASTAPI)]
)
def test_runs_of_other_things_are_refused_naming_what_differs(field: str, value: object) -> None:
    started, *rest = _run(COST_US)
    assert isinstance(started, RunStarted)
    other = structs.replace(started, plan=structs.replace(started.plan, **{field: value}))
    with pytest.raises(MisuseError, match=f"differ in {field}"):
        compared([started, *rest], [other, *rest])


def test_runs_without_a_common_stack_are_refused() -> None:
    low = [factory.cell(AXUM, factory.LOW_HZ)]
    other = factory.run_records(factory.make_plan(low), factory.constant(COST_US))
    with pytest.raises(MisuseError, match="no stack at one rate in common"):
        compared(_run(COST_US), other)


def _ladder(times: float = 1.0, log_us: float = 0.0) -> list[AnyRecord]:
    """A run of all stacks between two ends, where everything takes `times` as much, and the log
    `log_us` more."""
    logs = {stack(own) for own in servable() if LOG not in own}
    costs = {
        name: times * (us + (log_us if name in logs else 0.0))
        for name, us in costs_us(servable()).items()
    }
    plan = factory.make_plan([factory.cell(name) for name in costs])
    plan = structs.replace(plan, reference=LADDERS_END, factorial=factorial(servable()))
    return factory.run_records(plan, factory.wavering(costs))


def _parts(before: list[AnyRecord], after: list[AnyRecord]) -> dict[str, ComparedPart]:
    return {own.name: own for own in compared(before, after).parts}


def test_parts_of_a_gap_on_a_slower_machine_are_the_same() -> None:
    parts = _parts(_ladder(), _ladder(times=1.3))
    assert {LOG, KERNEL} < set(parts)
    for own in parts.values():
        assert isinstance(own.change, Interval)
        assert own.change.includes(0)


def test_a_part_that_grew_is_seen() -> None:
    parts = _parts(_ladder(), _ladder(log_us=50.0))
    grown, shrunk = parts[LOG].change, parts[KERNEL].change
    assert isinstance(grown, Interval)
    assert isinstance(shrunk, Interval)
    assert grown.low > 0.1
    assert shrunk.high < 0


def test_runs_that_divide_no_gap_have_no_parts_in_common() -> None:
    assert compared(_run(COST_US), _run(COST_US)).parts == ()
