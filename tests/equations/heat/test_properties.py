"""What holds for any rod, in every backend."""

import math
import random
from array import array
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_api.equations import BACKENDS, load
from python_api.equations.heat import in_numba, in_numpy, in_rust, in_rust_simd
from python_api.equations.heat.contract import MAX_TEMPERATURE, example

values = st.floats(-1000.0, 1000.0)
rods = st.lists(values, min_size=3, max_size=40)
ratios = st.floats(-12.0, 3.0).map(lambda exponent: 10.0**exponent)
counts = st.integers(1, 10)
every_backend = pytest.mark.parametrize("backend", BACKENDS)

# Rounding is relative to 1000, and grows as the mesh ratio: far below this.
CLOSE = 1e-7


def after(backend: str, rod: list[float], ratio: float, steps: int) -> list[float]:
    (end,) = load("heat", backend).compute_lists(rod, 1.0, 1.0, ratio, steps)
    return end


def bits(numbers: list[float]) -> list[str]:
    """Tells -0.0 from 0.0 too."""
    return [number.hex() for number in numbers]


@every_backend
@given(rod=rods, ratio=ratios, steps=counts)
def test_the_ends_are_held_to_the_bit(
    backend: str, rod: list[float], ratio: float, steps: int
) -> None:
    end = after(backend, rod, ratio, steps)
    assert len(end) == len(rod)
    assert bits([end[0], end[-1]]) == bits([rod[0], rod[-1]])


@every_backend
@given(rod=rods, ratio=ratios, steps=counts)
def test_a_mirrored_rod_ends_mirrored(
    backend: str, rod: list[float], ratio: float, steps: int
) -> None:
    mirrored = after(backend, rod[::-1], ratio, steps)
    assert mirrored == pytest.approx(after(backend, rod, ratio, steps)[::-1], abs=CLOSE)


@every_backend
@given(rod=rods, ratio=ratios, steps=counts)
def test_a_rod_of_the_opposite_temperatures_ends_at_the_opposite(
    backend: str, rod: list[float], ratio: float, steps: int
) -> None:
    opposite = after(backend, [-value for value in rod], ratio, steps)
    assert opposite == [-value for value in after(backend, rod, ratio, steps)]


@every_backend
@given(rods=st.lists(st.tuples(values, values), min_size=3, max_size=40), ratio=ratios)
def test_heat_of_two_rods_adds_up(
    backend: str, rods: list[tuple[float, float]], ratio: float
) -> None:
    one, other = ([pair[i] for pair in rods] for i in range(2))
    both = [2.0 * a - 3.0 * b for a, b in rods]
    parts = zip(after(backend, one, ratio, 3), after(backend, other, ratio, 3), strict=True)
    expected = [2.0 * a - 3.0 * b for a, b in parts]
    assert after(backend, both, ratio, 3) == pytest.approx(expected, abs=CLOSE)


@every_backend
@given(rod=rods, ratio=st.floats(1e-6, 1.0), steps=counts)
def test_at_small_mesh_ratios_nothing_gets_hotter_or_colder_than_it_was(
    backend: str, rod: list[float], ratio: float, steps: int
) -> None:
    end = after(backend, rod, ratio, steps)
    assert min(rod) - CLOSE <= min(end)
    assert max(end) <= max(rod) + CLOSE


@every_backend
@given(rod=rods, ratio=ratios, steps=counts, more=counts)
def test_steps_in_two_parts_end_at_the_same_bits(
    backend: str, rod: list[float], ratio: float, steps: int, more: int
) -> None:
    middle = after(backend, rod, ratio, steps)
    assert after(backend, middle, ratio, more) == after(backend, rod, ratio, steps + more)


@every_backend
@pytest.mark.parametrize("n", [3, 4, 5, 100, 1001])
def test_where_next_to_no_heat_flows_every_bit_is_kept(backend: str, n: int) -> None:
    """With r below 2^-60, of values of one binary exponent nothing reaches a neighbour's last bit.

    Tests of the servers' number formats rest on this.
    """
    draw = random.Random(n)
    for exponent in (-1074, -1023, -1022, -1021, -500, -1, 0, 1, 19):
        rod = [
            math.ldexp(draw.uniform(1.0, 1.9), exponent) * draw.choice([1, -1]) for _ in range(n)
        ]
        rod[n // 2] = math.ldexp(1.0, exponent)
        assert max(rod) <= MAX_TEMPERATURE
        (end,) = load("heat", backend).compute_lists(rod, 1e-12, 1.0, 1e-9, 1)
        assert bits(end) == bits(rod)


@pytest.mark.parametrize("module", [in_rust, in_rust_simd], ids=["rust", "rust_simd"])
@given(rod=rods, ratio=ratios, steps=counts)
def test_rust_gives_the_same_bits_for_lists_and_buffers(
    module: ModuleType, rod: list[float], ratio: float, steps: int
) -> None:
    (from_buffer,) = module.compute(array("d", rod), 1.0, 1.0, ratio, steps)
    assert (list(from_buffer),) == module.compute_lists(rod, 1.0, 1.0, ratio, steps)


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_arrays_and_lists_give_the_same_bits_and_arrays_stay_as_they_were(
    module: ModuleType,
) -> None:
    request = example(1000)
    rod = np.array(request["temperature"])
    (end,) = module.compute(rod, *list(request.values())[1:])
    assert end.dtype == np.float64
    assert (end.tolist(),) == module.compute_lists(**request)
    assert rod.tolist() == request["temperature"]


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_strided_and_read_only_arrays_are_taken(module: ModuleType) -> None:
    rod = np.array(example(100)["temperature"])
    strided, read_only = rod[::2], rod[::2].copy()
    read_only.flags.writeable = False
    (expected,) = module.compute(rod[::2].copy(), 1.0, 1.0, 1.0, 2)
    for taken in (strided, read_only):
        assert np.array_equal(module.compute(taken, 1.0, 1.0, 1.0, 2)[0], expected)
