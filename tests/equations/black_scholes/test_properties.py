"""What holds for any options, in every backend."""

import math
from array import array
from collections.abc import Iterable
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_api.equations import BACKENDS, load
from python_api.equations.black_scholes import contract, in_numba, in_numpy
from python_api.equations.black_scholes.contract import ENVELOPE_ULP, Example, example
from tests.equations.black_scholes.backends import COMPUTE

every_backend = pytest.mark.parametrize("backend", BACKENDS)
every_rust_backend = pytest.mark.parametrize(
    "backend", [backend for backend in BACKENDS if backend.startswith("rust")]
)

prices = st.floats(contract.MIN_PRICE, contract.MAX_PRICE)
years = st.floats(contract.MIN_YEARS, contract.MAX_YEARS)
rates = st.floats(contract.MIN_RATE, contract.MAX_RATE)
volatilities = st.floats(contract.MIN_VOLATILITY, contract.MAX_VOLATILITY)


@st.composite
def requests(draw: st.DrawFn) -> Example:
    """A request for up to 40 options."""
    options = draw(st.lists(st.tuples(prices, prices, years), min_size=1, max_size=40))
    spot, strike, times = map(list, zip(*options, strict=True))
    return Example(
        spot=spot,
        strike=strike,
        years=times,
        rate=draw(rates),
        volatility=draw(volatilities),
    )


def picked(request: Example, indices: Iterable[int]) -> Example:
    """The request for only some of its options, in that order."""
    order = list(indices)
    return Example(
        spot=[request["spot"][i] for i in order],
        strike=[request["strike"][i] for i in order],
        years=[request["years"][i] for i in order],
        rate=request["rate"],
        volatility=request["volatility"],
    )


def natives(request: Example, native: Any) -> dict[str, Any]:
    """The request's fields, its lists made into another kind of array."""
    return {
        field: native(value) if isinstance(value, list) else value
        for field, value in request.items()
    }


def exchanged(request: Example) -> list[tuple[float, float]]:
    """Each option's spot price and discounted strike."""
    options = zip(request["spot"], request["strike"], request["years"], strict=True)
    return [(spot, strike * math.exp(-request["rate"] * time)) for spot, strike, time in options]


def assert_same(backend: str, request: Example, left: list[float], right: list[float]) -> None:
    """To the bit, but for NumPy: how the library takes a matrix's last columns is its own affair.

    `request` has the options in the order of the prices.
    """
    if backend != "numpy":
        assert left == right
        return
    for (spot, discounted), one, other in zip(exchanged(request), left, right, strict=True):
        assert abs(one - other) <= ENVELOPE_ULP * math.ulp(max(spot, discounted))


@every_backend
@given(request=requests())
def test_a_call_less_a_put_is_what_the_exercise_is_worth(backend: str, request: Example) -> None:
    """Stoll, Journal of Finance 24 (1969): put-call parity."""
    options = zip(exchanged(request), *COMPUTE[backend](**request), strict=True)
    for (spot, discounted), call, put in options:
        room = (2 * ENVELOPE_ULP + 16) * math.ulp(max(spot, discounted))
        assert abs((call - put) - (spot - discounted)) <= room


@every_backend
@given(request=requests())
def test_prices_lie_between_what_exercise_is_worth_and_what_is_received(
    backend: str, request: Example
) -> None:
    """Merton, Bell Journal of Economics 4 (1973), theorem 1 and what follows."""
    options = zip(exchanged(request), *COMPUTE[backend](**request), strict=True)
    for (spot, discounted), call, put in options:
        room = (ENVELOPE_ULP + 16) * math.ulp(max(spot, discounted))
        assert max(spot - discounted, 0.0) - room <= call <= spot + room
        assert max(discounted - spot, 0.0) - room <= put <= discounted + room


@every_backend
@given(request=requests(), power=st.integers(-3, 3))
def test_another_unit_of_the_currency_gives_the_same_prices_in_it(
    backend: str, request: Example, power: int
) -> None:
    """A power of 2, so that nothing is rounded otherwise but subnormal prices."""
    unit = 2.0**power
    scaled = request | {
        "spot": [unit * spot for spot in request["spot"]],
        "strike": [unit * strike for strike in request["strike"]],
    }
    for price, in_unit in zip(COMPUTE[backend](**request), COMPUTE[backend](**scaled), strict=True):
        assert in_unit == pytest.approx([unit * value for value in price], rel=0, abs=1e-300)


@every_backend
@given(request=requests(), data=st.data())
def test_options_in_another_order_give_the_prices_in_that_order(
    backend: str, request: Example, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(request["spot"]))))
    shuffled = picked(request, order)
    pairs = zip(COMPUTE[backend](**request), COMPUTE[backend](**shuffled), strict=True)
    for in_order, permuted in pairs:
        assert_same(backend, shuffled, permuted, [in_order[i] for i in order])


@every_backend
@given(request=requests(), data=st.data())
def test_options_in_two_parts_give_the_same_prices(
    backend: str, request: Example, data: st.DataObject
) -> None:
    n = len(request["spot"])
    cuts = st.integers(0, n)
    if backend == "rust_simd" and n > 2:
        # One or two options are computed by the scalar code, which rounds otherwise.
        cuts = cuts.filter(lambda cut: not {1, 2} & {cut, n - cut})
    cut = data.draw(cuts)
    parts = [picked(request, range(cut)), picked(request, range(cut, n))]
    first, second = (COMPUTE[backend](**part) for part in parts)
    for whole, head, tail in zip(COMPUTE[backend](**request), first, second, strict=True):
        assert_same(backend, request, head + tail, whole)


@every_backend
@given(request=requests())
def test_a_higher_strike_makes_calls_no_dearer_and_puts_no_cheaper(
    backend: str, request: Example
) -> None:
    strikes = sorted(request["strike"])
    n = len(strikes)
    chain = request | {"spot": request["spot"][:1] * n, "strike": strikes}
    chain["years"] = request["years"][:1] * n
    call, put = COMPUTE[backend](**chain)
    scale = max(max(pair) for pair in exchanged(chain))
    room = 2 * ENVELOPE_ULP * math.ulp(scale)
    assert all(left >= right - room for left, right in pairwise(call))
    assert all(left <= right + room for left, right in pairwise(put))


@every_rust_backend
@given(request=requests())
def test_rust_gives_the_same_bits_for_lists_and_buffers(backend: str, request: Example) -> None:
    module = load("black_scholes", backend)
    from_buffers = module.compute(**natives(request, lambda values: array("d", values)))
    assert tuple(map(list, from_buffers)) == tuple(module.compute_lists(**request))


@every_rust_backend
def test_rust_refuses_a_buffer_of_other_numbers_than_doubles(backend: str) -> None:
    with pytest.raises(TypeError):
        load("black_scholes", backend).compute(
            **natives(example(2), lambda values: array("f", values))
        )


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
@pytest.mark.parametrize("n", [1, 1000, 10_000])
def test_arrays_and_lists_give_the_same_bits(module: ModuleType, n: int) -> None:
    request = example(n)
    from_arrays = module.compute(**natives(request, np.array))
    assert all(values.dtype == np.float64 and values.shape == (n,) for values in from_arrays)
    assert tuple(values.tolist() for values in from_arrays) == module.compute_lists(**request)


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_strided_and_read_only_arrays_are_taken(module: ModuleType) -> None:
    def read_only(values: list[float]) -> Any:
        frozen = np.array(values)[::2].copy()
        frozen.flags.writeable = False
        return frozen

    request = example(100)
    expected = module.compute(**natives(picked(request, range(0, 100, 2)), np.array))
    for native in (lambda values: np.array(values)[::2], read_only):
        assert all(map(np.array_equal, module.compute(**natives(request, native)), expected))


@pytest.mark.parametrize("n", [4_095, 4_096, 4_097, 8_193])
def test_numpys_blocks_do_not_show(n: int) -> None:
    request = example(n)
    whole = in_numpy.compute_lists(**request)
    last = picked(request, range(n - 3, n))
    for prices_of_all, prices_of_last in zip(whole, in_numpy.compute_lists(**last), strict=True):
        assert_same("numpy", last, prices_of_all[-3:], prices_of_last)


@every_backend
def test_no_options_have_no_prices(backend: str) -> None:
    assert tuple(COMPUTE[backend]([], [], [], 0.1, 0.2)) == ([], [])
