"""What holds for any bodies, in every backend."""

import math
from array import array
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_api.equations import BACKENDS, load
from python_api.equations.nbody import in_numba, in_numpy
from python_api.equations.nbody.contract import Example, example
from python_api.equations.nbody.reference import envelope_ulp
from tests.equations.nbody.backends import COMPUTE

every_backend = pytest.mark.parametrize("backend", BACKENDS)
every_rust_backend = pytest.mark.parametrize(
    "backend", [backend for backend in BACKENDS if backend.startswith("rust")]
)

# No number so small that a power of 2 makes it subnormal.
masses = st.integers(0, 1_000_000).map(lambda thousandths: thousandths / 1000)
coordinates = st.integers(-(10**9), 10**9).map(lambda millionths: millionths / 1_000_000)
softenings = st.floats(1e-3, 1e3)


@st.composite
def requests(draw: st.DrawFn) -> Example:
    """A request for up to 40 bodies."""
    body = st.tuples(masses, coordinates, coordinates, coordinates)
    bodies = draw(st.lists(body, min_size=1, max_size=40))
    mass, x, y, z = map(list, zip(*bodies, strict=True))
    return Example(mass=mass, x=x, y=y, z=z, softening=draw(softenings))


def natives(request: Example, native: Any) -> dict[str, Any]:
    """The request's fields, its lists made into another kind of array."""
    return {
        field: native(value) if isinstance(value, list) else value
        for field, value in request.items()
    }


def rooms(request: Example) -> list[list[float]]:
    """How far each body's acceleration may be off, axis by axis."""
    places = [np.array(request["x"]), np.array(request["y"]), np.array(request["z"])]
    apart = [np.subtract.outer(along_axis, along_axis) for along_axis in places]
    squared = apart[0] ** 2 + apart[1] ** 2 + apart[2] ** 2 + request["softening"] ** 2
    weight = np.array(request["mass"]) / squared**1.5
    magnitudes = [np.abs(weight * distance).sum(axis=1).tolist() for distance in apart]
    # One ulp more for the roundings in here.
    envelope = envelope_ulp(len(request["mass"])) + 1
    return [[envelope * math.ulp(value) for value in along_axis] for along_axis in magnitudes]


@every_backend
@given(request=requests())
def test_all_forces_together_are_none(backend: str, request: Example) -> None:
    """Newton's third law, by which momentum is kept."""
    for a, room in zip(COMPUTE[backend](**request), rooms(request), strict=True):
        forces = [mass * value for mass, value in zip(request["mass"], a, strict=True)]
        allowed = [mass * value for mass, value in zip(request["mass"], room, strict=True)]
        assert abs(math.fsum(forces)) <= sum(allowed) + sum(map(math.ulp, forces))


@every_backend
@given(
    pair=st.tuples(masses, masses),
    apart=st.tuples(coordinates, coordinates, coordinates),
    softening=softenings,
)
def test_two_bodies_pull_each_other_by_opposite_forces(
    backend: str,
    pair: tuple[float, float],
    apart: tuple[float, float, float],
    softening: float,
) -> None:
    x, y, z = ([0.0, distance] for distance in apart)
    for one, other in COMPUTE[backend](list(pair), x, y, z, softening):
        assert pair[0] * one == pytest.approx(-pair[1] * other, rel=1e-14)


@every_backend
@given(request=requests(), data=st.data())
def test_bodies_in_another_order_have_the_accelerations_in_that_order(
    backend: str, request: Example, data: st.DataObject
) -> None:
    """But for the roundings of a sum in another order."""
    order = data.draw(st.permutations(range(len(request["mass"]))))
    shuffled = natives(request, lambda values: [values[i] for i in order])
    pairs = zip(COMPUTE[backend](**request), COMPUTE[backend](**shuffled), strict=True)
    for (in_order, permuted), room in zip(pairs, rooms(request), strict=True):
        for i, value in zip(order, permuted, strict=True):
            assert abs(value - in_order[i]) <= 2 * room[i]


@every_backend
@given(request=requests(), power=st.integers(-8, 8))
def test_heavier_bodies_pull_as_much_more(backend: str, request: Example, power: int) -> None:
    """By a power of 2, so that nothing is rounded otherwise."""
    factor = 2.0**power
    heavier = request | {"mass": [factor * mass for mass in request["mass"]]}
    pairs = zip(COMPUTE[backend](**request), COMPUTE[backend](**heavier), strict=True)
    for before, after in pairs:
        assert after == [factor * value for value in before]


@every_backend
@given(request=requests(), power=st.integers(-8, 8))
def test_further_apart_bodies_pull_less_by_the_square(
    backend: str, request: Example, power: int
) -> None:
    """By a power of 2, with the softening as much longer."""
    factor = 2.0**power
    wider = request | {
        "x": [factor * x for x in request["x"]],
        "y": [factor * y for y in request["y"]],
        "z": [factor * z for z in request["z"]],
        "softening": factor * request["softening"],
    }
    pairs = zip(COMPUTE[backend](**request), COMPUTE[backend](**wider), strict=True)
    for before, after in pairs:
        assert after == [value / factor**2 for value in before]


@every_backend
@given(request=requests())
def test_a_mirror_turns_round_the_pull_across_it_alone(backend: str, request: Example) -> None:
    mirrored = request | {"y": [-y for y in request["y"]]}
    ax, ay, az = COMPUTE[backend](**request)
    assert list(COMPUTE[backend](**mirrored)) == [ax, [-value for value in ay], az]


@every_backend
@given(request=requests(), place=st.tuples(coordinates, coordinates, coordinates))
def test_a_body_without_mass_pulls_nothing(
    backend: str, request: Example, place: tuple[float, float, float]
) -> None:
    x, y, z = place
    with_it = request | {
        "mass": [*request["mass"], 0.0],
        "x": [*request["x"], x],
        "y": [*request["y"], y],
        "z": [*request["z"], z],
    }
    pairs = zip(COMPUTE[backend](**request), COMPUTE[backend](**with_it), strict=True)
    for (before, after), room in zip(pairs, rooms(request), strict=True):
        for expected, value, allowed in zip(before, after[:-1], room, strict=True):
            assert abs(value - expected) <= 2 * allowed


@every_rust_backend
@given(request=requests())
def test_rust_gives_the_same_bits_for_lists_and_buffers(backend: str, request: Example) -> None:
    module = load("nbody", backend)
    from_buffers = module.compute(**natives(request, lambda values: array("d", values)))
    assert tuple(map(list, from_buffers)) == tuple(module.compute_lists(**request))


@every_rust_backend
def test_rust_refuses_a_buffer_of_other_numbers_than_doubles(backend: str) -> None:
    with pytest.raises(TypeError):
        load("nbody", backend).compute(**natives(example(2), lambda values: array("f", values)))


@pytest.mark.parametrize("module", [in_numpy, in_numba], ids=["numpy", "numba"])
@pytest.mark.parametrize("n", [1, 130, 300])
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
    expected = module.compute(**natives(request, lambda values: np.array(values[::2])))
    for native in (lambda values: np.array(values)[::2], read_only):
        assert all(map(np.array_equal, module.compute(**natives(request, native)), expected))


@every_backend
def test_no_bodies_feel_nothing(backend: str) -> None:
    assert tuple(COMPUTE[backend]([], [], [], [], 0.05)) == ([], [], [])
