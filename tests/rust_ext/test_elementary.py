"""The elementary functions of the vector code, at every level, against 50 digits."""

import math
import random
from collections.abc import Callable
from functools import cache

import pytest
from mpmath import MPContext, mpf

from python_api import _rust_ext

LEVELS = ("baseline", "avx2", "avx512")
MAX_ANGLE = 1_647_000.0
POINTS = 12_000

# A little above the worst of these points: what the equations' envelopes count with.
WORST_ULP = {"sin": 0.9, "cos": 0.9, "exp": 1.0, "ln": 0.9, "erfc": 5.0}

mp = MPContext()
mp.dps = 50

EXACT: dict[str, Callable[[mpf], mpf]] = {
    "sin": mp.sin,
    "cos": mp.cos,
    "exp": mp.exp,
    "ln": mp.log,
    "erfc": mp.erfc,
}


def angles(draw: random.Random) -> list[float]:
    """Small and large ones, and those next to multiples of a quarter turn."""
    small = [draw.uniform(-8, 8) for _ in range(POINTS // 2)]
    large = [draw.uniform(-MAX_ANGLE, MAX_ANGLE) for _ in range(POINTS // 4)]
    quarters = [*range(-50, 51), *(draw.randrange(-(10**6), 10**6) for _ in range(POINTS // 4))]
    nearest = [float(k * mp.pi / 2) for k in quarters]
    beside = [math.nextafter(x, draw.choice([-math.inf, math.inf])) for x in nearest]
    tiny = [draw.choice([-1, 1]) * math.ldexp(1.0, -k) for k in range(20, 1074, 10)]
    return [*small, *large, *nearest, *beside, *tiny, MAX_ANGLE, -MAX_ANGLE]


def powers(draw: random.Random) -> list[float]:
    """The whole range, down to the last subnormal result, and around 0."""
    whole = [draw.uniform(-745.1, 709.7) for _ in range(POINTS // 2)]
    subnormal = [draw.uniform(-745.1, -708.3) for _ in range(POINTS // 8)]
    near_0 = [draw.choice([1.0, 1e-5, 1e-16]) * draw.uniform(-1, 1) for _ in range(POINTS // 2)]
    halfway = [math.log(2) * (k + 0.5) for k in range(-1000, 1000)]
    return [*whole, *subnormal, *near_0, *halfway, 709.782712893384, -745.1332191019411]


def positive(draw: random.Random) -> list[float]:
    """The whole range, subnormal numbers, and both sides of 1."""
    whole = [
        math.ldexp(draw.uniform(1, 2), draw.randrange(-1022, 1024)) for _ in range(POINTS // 2)
    ]
    subnormal = [draw.uniform(0, 2.2e-308) for _ in range(POINTS // 8)]
    reaches = [draw.choice([0.4, 1e-3, 1e-9]) for _ in range(POINTS // 2)]
    near_1 = [1 + reach * draw.uniform(-1, 1) for reach in reaches]
    beside = [math.nextafter(x, to) for x in (0.5, 1.0, 2.0, 2**0.5) for to in (0.0, 9.0)]
    return [*whole, *subnormal, *near_1, *beside, 5e-324, 1.7976931348623157e308]


def arguments_of_erfc(draw: random.Random) -> list[float]:
    """Both signs, the far tail, and results that are subnormal."""
    middle = [draw.uniform(-6, 6) for _ in range(POINTS // 2)]
    tail = [draw.uniform(0, 26.5) for _ in range(POINTS // 2)]
    subnormal = [draw.uniform(26.5, 27.2) for _ in range(POINTS // 8)]
    return [*middle, *tail, *subnormal, 3.5, math.nextafter(3.5, 0), math.nextafter(3.5, 4)]


POINTS_OF = {
    "sin": angles,
    "cos": angles,
    "exp": powers,
    "ln": positive,
    "erfc": arguments_of_erfc,
}


@cache
def cases(function: str) -> list[tuple[float, mpf]]:
    points = POINTS_OF[function](random.Random(function))
    return [(x, EXACT[function](mp.mpf(x))) for x in points]


def error_ulp(exact: mpf, computed: float) -> float:
    return float(abs(mp.mpf(computed) - exact) / math.ulp(float(exact)))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("function", EXACT)
def test_errors_are_below_what_is_stated(function: str, level: str) -> None:
    arguments = [x for x, _ in cases(function)]
    assert len(arguments) >= 10_000
    computed = _rust_ext.elementary(function, level, arguments)
    errors = [
        (error_ulp(exact, value), x)
        for (x, exact), value in zip(cases(function), computed, strict=True)
    ]
    assert max(errors)[0] <= WORST_ULP[function], max(errors)


@pytest.mark.parametrize("function", EXACT)
def test_both_fused_levels_give_the_same_bits(function: str) -> None:
    arguments = [x for x, _ in cases(function)]
    assert _rust_ext.elementary(function, "avx2", arguments) == _rust_ext.elementary(
        function, "avx512", arguments
    )


SPECIAL = {
    "sin": [(math.inf, math.nan), (-math.inf, math.nan), (MAX_ANGLE + 1, math.nan), (-0.0, 0.0)],
    "cos": [(math.inf, math.nan), (-math.inf, math.nan), (-MAX_ANGLE - 1, math.nan), (0.0, 1.0)],
    "exp": [
        (math.inf, math.inf),
        (-math.inf, 0.0),
        (709.79, math.inf),
        (-745.14, 0.0),
        (0.0, 1.0),
    ],
    "ln": [
        (0.0, -math.inf),
        (-0.0, -math.inf),
        (-1.0, math.nan),
        (-math.inf, math.nan),
        (math.inf, math.inf),
        (1.0, 0.0),
    ],
    "erfc": [(math.inf, 0.0), (-math.inf, 2.0), (27.24, 0.0), (1e300, 0.0), (-1e300, 2.0)],
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("function", EXACT)
def test_special_arguments_have_the_documented_results(function: str, level: str) -> None:
    for argument, expected in [*SPECIAL[function], (math.nan, math.nan)]:
        [computed] = _rust_ext.elementary(function, level, [argument])
        assert computed == expected or (math.isnan(computed) and math.isnan(expected)), argument


def test_an_unknown_function_or_level_is_named_beside_the_known_ones() -> None:
    with pytest.raises(ValueError, match='function: "tan" is unknown; known: sin, cos, exp, ln'):
        _rust_ext.elementary("tan", "avx2", [1.0])
    with pytest.raises(ValueError, match='level: "sse9" is unknown; known: baseline, avx2, avx512'):
        _rust_ext.elementary("sin", "sse9", [1.0])
