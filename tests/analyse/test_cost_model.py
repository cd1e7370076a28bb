"""CPU against rate: the line, its test at a rate it was not fitted to, and where it ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse.cost_model import FITTED, OutsideMeasured, core_share, cost_model, fitted
from stackgap.analyse.interval import Interval, NotEnough
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import CostModel, NotModelled
from stackgap.records import Cell, RateName
from tests.analyse import factory

HZ: dict[RateName, float] = {"low": 100.0, "mid": 240.0, "held_out": 380.0, "high": 600.0}
CONSTANT = 0.009
PER_REQUEST_S = 220e-6
STACKS = ("fastapi-quiet-python", "axum-stock")
LUCK = (1.0, 1.02, 0.97, 1.01, 0.99, 1.03)


def cost_ns(
    rate_hz: float, constant: float = CONSTANT, per_request_s: float = PER_REQUEST_S
) -> float:
    return 1e9 * (constant / rate_hz + per_request_s)


def modelled(
    costs: dict[RateName, dict[int, float]], rates_hz: dict[RateName, float] = HZ
) -> CostModel:
    model = cost_model("a-stack", rates_hz, costs)
    assert isinstance(model, CostModel)
    return model


def straight(luck: tuple[float, ...] = LUCK) -> CostModel:
    """Generations whose costs lie on a line, each dearer by its luck."""
    return modelled(
        {
            name: {number: by * cost_ns(rate_hz) for number, by in enumerate(luck)}
            for name, rate_hz in HZ.items()
        }
    )


def bent(by: float) -> CostModel:
    """Costs on a line but for the held-out rate's, which is so many times as dear."""
    return modelled(
        {
            name: dict.fromkeys(range(6), cost_ns(rate_hz) * (by if name == "held_out" else 1.0))
            for name, rate_hz in HZ.items()
        }
    )


@given(
    constant=st.floats(0, 0.1),
    per_request_s=st.floats(1e-6, 1e-3),
    rates_hz=st.lists(st.floats(1, 1e3), min_size=3, max_size=3, unique_by=round),
)
def test_costs_on_a_line_give_the_line_back(
    constant: float, per_request_s: float, rates_hz: list[float]
) -> None:
    line = fitted([(hz, constant / hz + per_request_s) for hz in rates_hz])
    for hz in rates_hz:
        assert line.core_share(hz) == pytest.approx(constant + per_request_s * hz, rel=1e-6)


@given(
    costs_us=st.lists(st.floats(10, 1000), min_size=3, max_size=3),
    dearer=st.floats(0.5, 2),
)
def test_luck_that_multiplies_all_costs_multiplies_the_line(
    costs_us: list[float], dearer: float
) -> None:
    rates_hz = (100.0, 240.0, 600.0)
    line = fitted([(hz, us * 1e-6) for hz, us in zip(rates_hz, costs_us, strict=True)])
    other = fitted([(hz, us * 1e-6 * dearer) for hz, us in zip(rates_hz, costs_us, strict=True)])
    for hz in rates_hz:
        assert other.core_share(hz) == pytest.approx(dearer * line.core_share(hz), rel=1e-6)


def test_each_rate_weighs_alike_whatever_it_takes_there() -> None:
    off_high = fitted([(100.0, 300e-6), (240.0, 300e-6), (600.0, 330e-6)])
    residuals = [
        off_high.core_share(hz) / (hz * cost) - 1
        for hz, cost in ((100.0, 300e-6), (240.0, 300e-6), (600.0, 330e-6))
    ]
    # A least-squares fit leaves nothing along either of its terms.
    shares = np.array([0.03, 0.072, 0.198])
    assert np.dot(residuals, 1 / shares) == pytest.approx(0, abs=1e-9)
    assert np.dot(residuals, np.array([100, 240, 600]) / shares) == pytest.approx(0, abs=1e-6)


def test_constant_and_cost_have_the_t_interval_over_generations() -> None:
    model = straight()
    assert isinstance(model.constant_ms_per_s, Interval)
    assert isinstance(model.per_request_us, Interval)
    assert model.constant_ms_per_s.estimate == pytest.approx(9 * np.mean(LUCK))
    assert model.per_request_us.estimate == pytest.approx(220 * np.mean(LUCK))
    assert model.per_request_us.half_width == pytest.approx(
        2.5706 * 220 * np.std(LUCK, ddof=1) / 6**0.5, rel=1e-4
    )


def test_a_rate_held_out_is_predicted_from_the_line_of_its_own_generation() -> None:
    held_out = straight().held_out
    assert held_out is not None
    assert held_out.rate_hz == 380
    assert isinstance(held_out.predicted_over_measured, Interval)
    assert held_out.predicted_over_measured.estimate == pytest.approx(1)
    assert held_out.predicted_over_measured.half_width == pytest.approx(0, abs=1e-9)
    assert held_out.holds is True


@pytest.mark.parametrize(
    ("dearer", "holds"), [(1.04, True), (0.96, True), (1.06, False), (0.94, False)]
)
def test_the_line_holds_if_its_prediction_lies_within_5_percent(dearer: float, holds: bool) -> None:
    held_out = bent(dearer).held_out
    assert held_out is not None
    assert held_out.holds is holds


@pytest.mark.parametrize(
    ("dearer", "noise", "holds"),
    # Noise of 4 and 8.9 % makes half-widths of 4.6 and 9.3 %.
    [(1.0, 0.04, True), (1.03, 0.04, True), (1.06, 0.02, None), (1.0, 0.089, None)],
    ids=["about 1", "includes 1", "beside 1", "wide"],
)
def test_a_line_whose_prediction_reaches_further_than_5_percent(
    dearer: float, noise: float, holds: bool | None
) -> None:
    costs = {name: dict.fromkeys(range(6), cost_ns(hz)) for name, hz in HZ.items()}
    costs["held_out"] = {
        number: dearer * cost_ns(HZ["held_out"]) * (1 + noise) ** (-1) ** number
        for number in range(6)
    }
    held_out = modelled(costs).held_out
    assert held_out is not None
    assert held_out.holds is holds


def test_too_few_generations_have_a_line_and_no_interval() -> None:
    model = straight((1.0, 1.02))
    assert isinstance(model.per_request_us, NotEnough)
    assert isinstance(core_share(model, 200.0), NotEnough)
    assert model.held_out is not None
    assert model.held_out.holds is None


def test_only_generations_with_all_fitted_rates_have_a_line() -> None:
    costs = {name: dict.fromkeys(range(7), cost_ns(hz)) for name, hz in HZ.items()}
    del costs["mid"][3]
    assert len(modelled(costs).lines) == 6


def test_without_a_held_out_rate_the_line_is_not_tested() -> None:
    hz = {name: HZ[name] for name in FITTED}
    costs = {name: dict.fromkeys(range(6), cost_ns(rate_hz)) for name, rate_hz in hz.items()}
    assert modelled(costs, hz).held_out is None


def test_a_share_between_the_measured_rates_is_read_off_the_lines() -> None:
    share = core_share(straight(), 500.0)
    assert isinstance(share, Interval)
    assert share.estimate == pytest.approx((CONSTANT + 500 * PER_REQUEST_S) * np.mean(LUCK))


@pytest.mark.parametrize("rate_hz", [100.0, 600.0])
def test_the_outermost_rates_are_still_inside(rate_hz: float) -> None:
    assert isinstance(core_share(straight(), rate_hz), Interval)


@pytest.mark.parametrize("rate_hz", [0.0, 99.9, 600.1])
def test_outside_the_measured_rates_nothing_is_said(rate_hz: float) -> None:
    with pytest.raises(OutsideMeasured, match="outside the rates measured of a-stack, 100 to 600"):
        core_share(straight(), rate_hz)


def swept(names: tuple[RateName, ...] = ("high", "held_out", "mid", "low")) -> list[Cell]:
    return [Cell(stack, name, HZ[name]) for stack in STACKS for name in names]


def test_a_sweep_is_modelled_stack_by_stack() -> None:
    plan = factory.make_plan([*swept(), Cell("axum-stock", "high", 600.0, replica=1)])
    records = factory.run_records(plan, lambda cell, _g, _r: cost_ns(cell.rate_hz) * 1e-3)
    models = summarise(records).cost_models
    assert [model.stack for model in models] == list(STACKS)
    for model in models:
        assert isinstance(model, CostModel)
        assert model.per_request_us.estimate == pytest.approx(220, rel=1e-4)
        assert model.rates_hz == (100, 240, 600)


def test_two_rates_make_no_line() -> None:
    plan = factory.make_plan(swept(("high", "low")))
    assert (
        summarise(
            factory.run_records(plan, factory.constant(dict.fromkeys(STACKS, 50.0)))
        ).cost_models
        == ()
    )


def test_a_stack_refused_at_a_rate_is_named_with_that_rate() -> None:
    costs: dict[RateName, dict[int, float]] = {
        name: dict.fromkeys(range(6), cost_ns(hz)) for name, hz in HZ.items()
    }
    costs["high"] = {}
    assert cost_model("slow", HZ, costs) == NotModelled("slow", 600.0)


RUNS = 1500
GENERATION_NOISE = 0.02
# What of the noise of slices is left in a cell of a generation.
CELL_NOISE = 0.015


def test_intervals_cover_what_they_say() -> None:
    rng = np.random.default_rng(6)
    covered = {"share": 0, "cost": 0, "prediction": 0}
    for _ in range(RUNS):
        luck = rng.normal(0, GENERATION_NOISE, 6)
        costs = {
            name: dict(enumerate(cost_ns(hz) * np.exp(luck + rng.normal(0, CELL_NOISE, 6))))
            for name, hz in HZ.items()
        }
        model = modelled(costs)
        share = core_share(model, 420.0)
        assert model.held_out is not None
        truths = {
            "share": (share, CONSTANT + 420 * PER_REQUEST_S),
            "cost": (model.per_request_us, 1e6 * PER_REQUEST_S),
            "prediction": (model.held_out.predicted_over_measured, 1.0),
        }
        for name, (estimate, truth) in truths.items():
            assert isinstance(estimate, Interval)
            covered[name] += estimate.includes(truth)
    for name, times in covered.items():
        assert 0.93 <= times / RUNS <= 0.97, name
