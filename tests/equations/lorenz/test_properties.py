"""What holds for any start, in every backend."""

from array import array
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_api.equations import BACKENDS, load
from python_api.equations.lorenz import in_numba, in_numpy, in_rust, in_rust_simd
from python_api.equations.lorenz.contract import MAX_COORDINATE, MAX_DT, MIN_DT, example

coordinates = st.floats(-MAX_COORDINATE, MAX_COORDINATE)
states = st.lists(coordinates, min_size=3, max_size=3)
lengths = st.floats(MIN_DT, MAX_DT)
counts = st.integers(1, 40)
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def after(backend: str, state: list[float], dt: float, steps: int) -> list[float]:
    (end,) = load("lorenz", backend).compute_lists(state, dt, steps)
    return end


@every_backend
@given(state=states, dt=lengths, steps=counts)
def test_a_mirrored_start_has_the_mirrored_end(
    backend: str, state: list[float], dt: float, steps: int
) -> None:
    x, y, z = state
    end_x, end_y, end_z = after(backend, state, dt, steps)
    assert after(backend, [-x, -y, z], dt, steps) == [-end_x, -end_y, end_z]


@every_backend
@given(state=states, dt=lengths, steps=counts, more=counts)
def test_a_trajectory_in_two_parts_ends_at_the_same_bits(
    backend: str, state: list[float], dt: float, steps: int, more: int
) -> None:
    middle = after(backend, state, dt, steps)
    assert after(backend, middle, dt, more) == after(backend, state, dt, steps + more)


@every_backend
@given(z=coordinates, dt=lengths, steps=counts)
def test_the_vertical_axis_is_never_left(backend: str, z: float, dt: float, steps: int) -> None:
    assert after(backend, [0.0, 0.0, z], dt, steps)[:2] == [0.0, 0.0]


@every_backend
@given(state=states, steps=st.integers(1, 2000))
def test_no_start_leads_far_away(backend: str, state: list[float], steps: int) -> None:
    if backend != "numpy" or steps < 50:
        assert max(map(abs, after(backend, state, MAX_DT, steps))) < 250.0


@pytest.mark.parametrize("module", [in_rust, in_rust_simd], ids=["rust", "rust_simd"])
@given(state=states, dt=lengths, steps=counts)
def test_rust_gives_the_same_bits_for_lists_and_buffers(
    module: ModuleType, state: list[float], dt: float, steps: int
) -> None:
    (from_buffer,) = module.compute(array("d", state), dt, steps)
    assert (list(from_buffer),) == module.compute_lists(state, dt, steps)


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_arrays_and_lists_give_the_same_bits_and_arrays_stay_as_they_were(
    module: ModuleType,
) -> None:
    request = example(100)
    state = np.array(request["state"])
    (end,) = module.compute(state, request["dt"], request["steps"])
    assert end.dtype == np.float64
    assert (end.tolist(),) == module.compute_lists(**request)
    assert state.tolist() == request["state"]


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
def test_strided_and_read_only_arrays_are_taken(module: ModuleType) -> None:
    strided = np.array([1.0, 9.0, 2.0, 9.0, 3.0])[::2]
    read_only = strided.copy()
    read_only.flags.writeable = False
    (expected,) = module.compute(np.array([1.0, 2.0, 3.0]), 0.01, 10)
    for taken in (strided, read_only):
        assert np.array_equal(module.compute(taken, 0.01, 10)[0], expected)
