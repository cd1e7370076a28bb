"""The guide's answers from runs whose costs are known."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pytest
from msgspec import structs

from stackgap.analyse.choices import CHOICES, SHAPES, STAY
from stackgap.analyse.guide import (
    Answer,
    Case,
    Option,
    OutsideMeasured,
    ReferenceRun,
    answer,
    one_of_each,
    reference_run,
)
from stackgap.analyse.interval import Interval
from stackgap.misuse import MisuseError
from stackgap.stacks import stacks
from tests.analyse import factory

LOW_HZ, HIGH_HZ = factory.LOW_HZ, factory.HIGH_HZ
# At n = 100, in µs of CPU a request.
COST_US = {
    "fastapi-stock-python": 300.0,
    "fastapi-quiet-python": 250.0,
    "fastapi-quiet-rust": 150.0,
    "mounted-quiet-bytes-rust": 70.0,
    "axum-stock": 50.0,
}


def _run(
    n: int,
    cost_us: Mapping[str, float] = COST_US,
    *,
    generations: int = 6,
    rates_hz: Sequence[float] = (LOW_HZ, HIGH_HZ),
    scale: float = 1.0,
    run_id: str = "run",
    provenance: Mapping[str, object] = MappingProxyType({}),
) -> ReferenceRun:
    """A run in which a request costs the same at every rate."""
    cells = [factory.cell(stack, rate_hz) for stack in cost_us for rate_hz in rates_hz]
    cells.append(factory.cell("axum-stock", rates_hz[-1], replica=1))
    plan = structs.replace(factory.make_plan(cells, generations), n=n)
    scaled = {stack: scale * cost for stack, cost in cost_us.items()}
    started, *rest = factory.run_records(plan, factory.wavering(scaled))
    begun = structs.replace(started, run_id=f"{run_id}-n{n}", provenance=dict(provenance))
    run = reference_run([begun, *rest])
    assert run is not None
    return run


RUNS = [_run(100), _run(1000, scale=4)]


def _option(found: Answer, name: str) -> Option:
    return next(own for own in found.options if own.choice.name == name)


def _case(**changed: float) -> Case:
    return Case(**({"equation": "ephemeris", "n": 100, "rate_hz": 1000.0} | changed))  # type: ignore[arg-type]


def test_at_a_measured_size_and_rate_the_costs_are_those_measured() -> None:
    found = answer(_case(), RUNS)
    assert found.run_ids == ("run-n100",)
    assert found.replicas == 1
    for own in found.options:
        assert own.cpu_us.estimate == pytest.approx(COST_US[own.choice.stack], rel=0.01)
    rust = _option(found, "Rust kernel")
    assert isinstance(rust.ratio, Interval)
    assert rust.ratio.includes(0.5)
    assert isinstance(rust.saved_cores, Interval)
    assert rust.saved_cores.includes(1000 * 150e-6)


def test_between_two_sizes_costs_lie_on_a_line_of_logarithms() -> None:
    found = answer(_case(n=316), RUNS)
    assert found.run_ids == ("run-n100", "run-n1000")
    stay = _option(found, "stay")
    assert stay.cpu_us.estimate == pytest.approx(300 * 2, rel=0.02)
    assert isinstance(stay.cpu_us, Interval)


def test_two_sizes_of_two_machines_are_said_to_be_so() -> None:
    of_other = _run(1000, scale=4, provenance={"cpu": {"model": "another"}})
    assert len(answer(_case(n=316), RUNS).machines) == 1
    assert len(answer(_case(n=316), [RUNS[0], of_other]).machines) == 2


def test_the_last_run_of_a_size_is_taken_but_none_of_a_slow_python_before_others() -> None:
    slow = {"python": {"pgo": False, "lto": None}}
    runs = [_run(100), _run(100, run_id="later"), _run(100, run_id="slow", provenance=slow)]
    assert [run.summary.run_id for run in one_of_each(runs)] == ["later-n100"]
    assert [run.summary.run_id for run in one_of_each(runs[2:])] == ["slow-n100"]


def test_more_than_one_replica_keeps_each_within_the_measured_rates() -> None:
    found = answer(_case(rate_hz=2500.0), RUNS)
    assert found.replicas == 3
    assert found.rate_hz == pytest.approx(2500 / 3)
    assert _option(found, "stay").cores.estimate == pytest.approx(2500 * 300e-6, rel=0.01)


def test_the_least_change_that_gives_most_is_advised() -> None:
    found = answer(_case(), RUNS)
    assert found.advised is not None
    assert found.advised.choice.name == "hot route mounted"
    assert found.why == (
        "hot route mounted is the least change that gives at least 80 % of what any gives: 92 %."
    )


def test_it_does_not_matter_where_little_is_taken_and_much_is_waited_for() -> None:
    found = answer(_case(rate_hz=250.0, io_ms=50), RUNS)
    assert found.advised is None
    assert found.why.startswith("It does not matter here: all that can be saved is at most 0.0")


def test_the_same_rate_matters_where_callers_wait_for_little_else() -> None:
    slow = [_run(100, scale=8, rates_hz=(LOW_HZ,))]
    assert answer(_case(rate_hz=LOW_HZ, io_ms=2), slow).advised is not None
    waiting = answer(_case(rate_hz=LOW_HZ, io_ms=100), slow)
    assert waiting.advised is not None, "0.4 of a core is a reason, too"


def test_what_nobody_sees_beside_the_network_does_not_matter() -> None:
    found = answer(_case(rate_hz=250.0), RUNS)
    assert found.advised is None
    assert "250 µs" in found.why


def test_money_that_buys_no_day_of_work_does_not_matter() -> None:
    dear = answer(_case(io_ms=50, vcpu_price=30, engineer_cost=800), RUNS)
    assert dear.advised is None
    assert "less than a day's work" in dear.why
    cheap = answer(_case(io_ms=50, vcpu_price=30, engineer_cost=8), RUNS)
    assert cheap.advised is not None


def test_a_month_costs_its_cpu_and_its_memory() -> None:
    found = answer(_case(vcpu_price=30, gib_price=4), RUNS)
    month = _option(found, "stay").month
    assert isinstance(month, Interval)
    assert month.includes(0.3 * 30 + 20 / 1024 * 4)


def test_no_change_that_saves_is_no_reason_to_leave() -> None:
    alike = dict.fromkeys(COST_US, 300.0)
    found = answer(_case(), [_run(100, alike)])
    assert found.advised is None
    assert found.why.startswith(("Stay", "It does not matter"))


def test_without_intervals_nothing_is_advised() -> None:
    found = answer(_case(), [_run(100, generations=3)])
    assert (found.advised, found.why) == (None, "It cannot be told: no change has an interval.")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n": 10}, "n = 10 is outside the sizes measured of ephemeris: 100, 1,000"),
        ({"n": 5000}, "outside the sizes measured"),
        ({"rate_hz": 20.0}, "20 req/s is under 200, the lowest measured.*6.0% of a core"),
        ({"equation": "heat"}, "no reference run of heat"),
    ],
)
def test_what_was_not_measured_is_refused(changed: dict[str, float], message: str) -> None:
    with pytest.raises(OutsideMeasured, match=message):
        answer(_case(**changed), RUNS)


def test_replicas_that_would_get_less_than_was_measured_are_refused() -> None:
    only_high = [_run(100, rates_hz=(HIGH_HZ,))]
    assert answer(_case(rate_hz=2000.0), only_high).replicas == 2
    with pytest.raises(OutsideMeasured, match="2 replicas would get 550 req/s each"):
        answer(_case(rate_hz=1100.0), only_high)


def test_an_engineers_cost_without_prices_is_refused() -> None:
    with pytest.raises(MisuseError, match="--vcpu-price"):
        answer(_case(engineer_cost=800), RUNS)


def test_a_run_that_says_nothing_of_staying_is_no_reference() -> None:
    cells = [factory.cell("fastapi-quiet-rust"), factory.cell("axum-stock")]
    records = factory.run_records(factory.make_plan(cells), factory.constant(COST_US))
    assert reference_run(records) is None


def test_every_choice_has_a_stack_and_every_shape_an_equation() -> None:
    assert {choice.stack for choice in CHOICES} <= set(stacks())
    assert set(SHAPES.values()) == {"ephemeris", "black_scholes", "lorenz", "nbody", "heat"}
    assert STAY.stack == "fastapi-stock-python"
