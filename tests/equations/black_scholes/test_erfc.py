"""The NumPy backend's erfc, and where its coefficients, and the Rust core's, come from."""

import math
import random
import re
from pathlib import Path

import numpy as np

from python_api.equations.black_scholes import in_numpy
from tests.equations.black_scholes import erfc_coefficients
from tests.equations.black_scholes.error_bound import ERFC_ULP

CORE = Path(__file__).parents[3] / "rust_ext/core/src/elementary.rs"

mp = erfc_coefficients.mp

LAST = 27.226017111108366
"""The largest double at which erfc is not nearer to 0 than to the smallest double."""


def random_points() -> list[float]:
    draw = random.Random("erfc")
    wide = [draw.uniform(0.0, LAST) for _ in range(4_000)]
    near = [draw.uniform(0.0, 1.0) for _ in range(5_000)]
    subnormal = [draw.uniform(26.5, 27.5) for _ in range(1_000)]
    return wide + near + subnormal


def hard_points() -> list[float]:
    """Zero and next to it, where t is 0, powers of 2, squares that round badly, and the end."""
    powers = [2.0**exponent for exponent in range(-60, 5)]
    halves = [k / 2 + 2.0**-27 for k in range(54)]
    centres = [*powers, *halves, erfc_coefficients.K, 26.543258454250981, LAST]
    neighbours = [math.nextafter(x, side) for x in centres for side in (0.0, 30.0)]
    return [0.0, 5e-324, 1e-300, *centres, *neighbours]


def test_erfc_is_within_8_ulp() -> None:
    points = random_points() + hard_points()
    for x, computed in zip(points, in_numpy.erfc(np.array(points)).tolist(), strict=True):
        exact = mp.erfc(x)
        assert abs(computed - exact) <= ERFC_ULP * math.ulp(float(exact)), x


def test_erfc_is_zero_where_it_is_less_than_any_double() -> None:
    far = [27.5, 28.0, 100.0, 41_000.0, 1e8]
    assert in_numpy.erfc(np.array(far)).tolist() == [0.0] * len(far)


def test_the_coefficients_are_those_that_are_computed() -> None:
    assert in_numpy.K == erfc_coefficients.K
    assert list(in_numpy.COEFFICIENTS) == erfc_coefficients.coefficients()


def test_the_rust_core_has_the_same_coefficients() -> None:
    source = re.search(r"const ERFC: \[f64; \d+\] = \[(.*?)\];", CORE.read_text(), re.DOTALL)
    assert source
    assert [float(number) for number in source[1].split(",")[:-1]] == list(in_numpy.COEFFICIENTS)


def test_the_coefficients_leave_less_than_a_third_of_a_rounding() -> None:
    assert erfc_coefficients.relative_error(list(in_numpy.COEFFICIENTS)) < 3e-17
