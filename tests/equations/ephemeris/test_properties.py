"""What holds for any times, in every backend."""

import math
from array import array
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_api.equations import BACKENDS
from python_api.equations.ephemeris import in_numba, in_numpy, in_rust, in_rust_simd, orbits
from python_api.equations.ephemeris.contract import MAX_JD, MIN_JD, PLANETS, example
from tests.equations.ephemeris.backends import COMPUTE

planets = st.sampled_from(PLANETS)
lists_of_times = st.lists(st.floats(MIN_JD, MAX_JD), min_size=1, max_size=40)
every_backend = pytest.mark.parametrize("backend", BACKENDS)
every_rust_module = pytest.mark.parametrize(
    "module", [in_rust, in_rust_simd], ids=["rust", "rust_simd"]
)


def assert_same(backend: str, left: list[float], right: list[float]) -> None:
    """To the bit, but for NumPy: it iterates all times as often as the slowest one needs."""
    if backend == "numpy":
        assert left == pytest.approx(right, rel=0, abs=1e-13)
    else:
        assert left == right


@every_backend
@given(planet=planets, times_jd=lists_of_times)
def test_radii_lie_between_perihelion_and_aphelion(
    backend: str, planet: str, times_jd: list[float]
) -> None:
    orbit = orbits.orbit(planet)
    for time_jd, *vector in zip(times_jd, *COMPUTE[backend](planet, times_jd), strict=True):
        centuries = (time_jd - orbits.EPOCH_JD) / orbits.DAYS_PER_CENTURY
        a = orbit.a_au + orbit.a_rate * centuries
        e = orbit.e + orbit.e_rate * centuries
        assert a * (1 - e) * (1 - 1e-14) <= math.hypot(*vector) <= a * (1 + e) * (1 + 1e-14)


@every_backend
@given(planet=planets, times_jd=lists_of_times, data=st.data())
def test_times_in_another_order_give_the_positions_in_that_order(
    backend: str, planet: str, times_jd: list[float], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(times_jd))))
    in_order = COMPUTE[backend](planet, times_jd)
    shuffled = COMPUTE[backend](planet, [times_jd[i] for i in order])
    for coordinates, permuted in zip(in_order, shuffled, strict=True):
        assert_same(backend, permuted, [coordinates[i] for i in order])


@every_backend
@given(planet=planets, times_jd=lists_of_times, data=st.data())
def test_times_in_two_parts_give_the_same_positions(
    backend: str, planet: str, times_jd: list[float], data: st.DataObject
) -> None:
    n = len(times_jd)
    cuts = st.integers(0, n)
    if backend == "rust_simd" and n > 1:
        # A single time is computed by the scalar code, which rounds otherwise.
        cuts = cuts.filter(lambda cut: 1 not in (cut, n - cut))
    cut = data.draw(cuts)
    whole = COMPUTE[backend](planet, times_jd)
    first, second = (COMPUTE[backend](planet, part) for part in (times_jd[:cut], times_jd[cut:]))
    for coordinates, head, tail in zip(whole, first, second, strict=True):
        assert_same(backend, head + tail, coordinates)


@every_rust_module
@given(planet=planets, times_jd=lists_of_times)
def test_rust_gives_the_same_bits_for_lists_and_buffers(
    module: ModuleType, planet: str, times_jd: list[float]
) -> None:
    from_buffer = module.compute(planet, array("d", times_jd))
    assert tuple(map(list, from_buffer)) == module.compute_lists(planet, times_jd)


@every_rust_module
@pytest.mark.parametrize("n", [1, 2])
def test_rust_refuses_a_buffer_of_other_numbers_than_doubles(module: ModuleType, n: int) -> None:
    with pytest.raises(TypeError):
        module.compute("mars", array("f", [2451545.0] * n))


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_arrays_and_lists_give_the_same_bits(module: ModuleType) -> None:
    times_jd = example(1000)["times_jd"]
    from_array = module.compute("mars", np.array(times_jd))
    assert all(coordinates.dtype == np.float64 for coordinates in from_array)
    assert tuple(c.tolist() for c in from_array) == module.compute_lists("mars", times_jd)


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_strided_and_read_only_arrays_are_taken(module: ModuleType) -> None:
    times_jd = np.array(example(100)["times_jd"])
    strided, read_only = times_jd[::2], times_jd[::2].copy()
    read_only.flags.writeable = False
    expected = module.compute("mars", times_jd[::2].copy())
    for taken in (strided, read_only):
        assert all(map(np.array_equal, module.compute("mars", taken), expected))


@every_backend
def test_no_times_give_no_positions(backend: str) -> None:
    assert COMPUTE[backend]("mars", []) == ([], [], [])
