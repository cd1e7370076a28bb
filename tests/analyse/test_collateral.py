"""Quantiles of short requests, alone and beside long ones."""

import pytest

from stackgap.analyse.collateral import summaries
from stackgap.analyse.interval import Interval
from stackgap.probe_records import CollateralSettings, LightLoad
from tests.analyse.probe_records import AXUM, FASTAPI, light_load, probe

SETTINGS = CollateralSettings(heavy_hz=5)


def _observe(generation: int, stack: str) -> list[LightLoad]:
    slowest_ms = 40 if stack == FASTAPI else 2
    slowed = 2.0 ** (generation % 2)
    return [
        light_load(generation, stack, True, *[slowed] * 90, *[slowed * slowest_ms] * 10),
        light_load(generation, stack, False, *[slowed] * 100),
    ]


def test_quantiles_are_taken_within_generations() -> None:
    fastapi, axum = summaries(probe(SETTINGS, _observe))
    assert (fastapi.stack, axum.stack) == (FASTAPI, AXUM)
    assert fastapi.p99.alone_ms.estimate == pytest.approx(2**0.5)
    assert fastapi.p99.beside_ms.estimate == pytest.approx(40 * 2**0.5)
    assert fastapi.p99.difference_ms.estimate == pytest.approx(39 * 1.5)
    assert isinstance(fastapi.p99.ratio, Interval)
    assert fastapi.p99.ratio.estimate == pytest.approx(40)
    assert fastapi.p99.ratio.half_width == pytest.approx(0, abs=1e-6)
    assert fastapi.p50.ratio.estimate == pytest.approx(1)
    assert axum.p99.ratio.estimate == pytest.approx(2)
    assert fastapi.heavy_answered == 6 * 20


def test_void_loads_and_void_generations_are_not_used() -> None:
    def observe(generation: int, stack: str) -> list[LightLoad]:
        late = light_load(generation, stack, True, 9000.0, voided=["late"])
        wild = [late] if generation else [light_load(generation, stack, True, 9000.0)]
        return [*wild, *_observe(generation, stack)]

    with_wild = summaries(probe(SETTINGS, observe, void=[0], generations=7))
    without = summaries(probe(SETTINGS, _observe, void=[0], generations=7))
    assert with_wild == without
