"""The goals of the Rust backends, on measurements made up to meet or to miss them."""

import msgspec
import pytest

from benchmarks import goals
from benchmarks.goals import OVER_THE_BEST_PEER
from stackgap.analyse.kernels import Measurement
from tests.analyse import timings

SPEEDS = {"python": 0.01, "numpy": 0.5, "numba": 1.0, "rust": 1.0, "rust_simd": 1.2}
"""Of each backend at any size; of `rust_simd` at n = 1,000 what is asked of it."""


def measured(level: str, **speeds: float) -> Measurement:
    every = timings.everything()

    def seconds(equation: str, n: int, backend: str) -> float:
        speed = (SPEEDS | speeds).get(backend, 0.5)
        if (backend, n) == ("rust_simd", 1_000):
            speed *= OVER_THE_BEST_PEER[equation]
        return 1e-6 * n / speed

    kernels = tuple(
        msgspec.structs.replace(
            kernel, seconds=(seconds(kernel.equation, kernel.n, kernel.backend),) * 3
        )
        for kernel in every.kernels
    )
    return msgspec.structs.replace(every, kernels=kernels, cpu_features={"rust_simd": level})


def missed(measurement: Measurement) -> list[str]:
    return [goal.what for goal in goals.goals(measurement) if not goal.met]


def test_goals_that_are_met_are_said_to_be() -> None:
    assert len(list(goals.goals(measured("avx512")))) == len(OVER_THE_BEST_PEER) + 3
    assert missed(measured("avx512")) == []


@pytest.mark.parametrize(
    ("speeds", "what"),
    [
        ({"rust": 0.8}, ["rust over numba"]),
        ({"rust": 1.4}, ["rust_simd over the best other, small n"]),
    ],
)
def test_a_goal_that_is_missed_in_one_row_is_named(
    speeds: dict[str, float], what: list[str]
) -> None:
    assert missed(measured("avx512", **speeds)) == what


@pytest.mark.parametrize(("level", "short"), [("avx512", 3), ("avx2", 0)])
def test_two_thirds_are_asked_of_a_machine_without_avx512(level: str, short: int) -> None:
    slower = measured(level, rust_simd=0.9)
    vectors = ("ephemeris", "black_scholes", "nbody")
    assert sum(what.endswith(vectors) for what in missed(slower)) == short
