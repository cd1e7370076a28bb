"""Lists across the edge, and what the module tells of itself."""

import math
import subprocess
import sys
from typing import Any

import pytest

from python_api import _rust_ext
from python_api.equations.ephemeris import in_python
from python_api.equations.ephemeris.contract import MAX_JD, MIN_JD, PLANETS, example

TIMES = [2451545.0, 2451546.5, 2451547.25]


@pytest.mark.parametrize("n", [0, 1, 511, 512, 2000])
def test_lists_in_give_three_lists_of_floats_out(n: int) -> None:
    times_jd = example(n)["times_jd"] if n else []
    answer = _rust_ext.ephemeris("mars", times_jd)
    assert isinstance(answer, tuple)
    assert [type(coordinates) for coordinates in answer] == [list, list, list]
    assert [len(coordinates) for coordinates in answer] == [n, n, n]
    for ours, theirs in zip(answer, in_python.compute("mars", times_jd), strict=True):
        assert ours == pytest.approx(theirs, rel=0, abs=1e-14)


@pytest.mark.parametrize("planet", PLANETS)
def test_both_ends_of_the_range_are_taken(planet: str) -> None:
    _rust_ext.ephemeris(planet, [MIN_JD, MAX_JD])


def test_integers_are_taken_for_floats() -> None:
    times_jd: list[float] = [2451545]
    assert _rust_ext.ephemeris("mars", times_jd) == _rust_ext.ephemeris("mars", [2451545.0])


@pytest.mark.parametrize(
    "wrong",
    [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e308, 2378496.4999999995, 2469807.5000000005],
)
def test_a_time_out_of_range_is_named_by_its_index(wrong: float) -> None:
    with pytest.raises(ValueError, match=r"^times_jd\[2\]: .* is not within"):
        _rust_ext.ephemeris("mars", [*TIMES[:2], wrong])


@pytest.mark.parametrize("wrong", [10**400, -(10**400)], ids=["above", "below"])
def test_an_integer_no_double_is_near_is_named_by_its_index(wrong: int) -> None:
    with pytest.raises(ValueError, match=r"^times_jd\[1\]: .* too large"):
        _rust_ext.ephemeris("mars", [2451545.0, wrong])


@pytest.mark.parametrize("wrong", ["2451545.0", None, [2451545.0], 1j, b"1"])
def test_a_member_that_is_no_number_is_named_by_its_index(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^times_jd\[1\]: "):
        _rust_ext.ephemeris("mars", [2451545.0, wrong])


def test_an_error_of_a_members_own_is_passed_on() -> None:
    class Faulty:
        def __float__(self) -> float:
            raise KeyError("mine")

    wrong: Any = [Faulty()]
    with pytest.raises(KeyError, match="mine"):
        _rust_ext.ephemeris("mars", wrong)


def test_a_list_that_shrinks_while_it_is_read_does_no_harm() -> None:
    times_jd: list[Any] = []

    class Shrinking:
        def __float__(self) -> float:
            times_jd.clear()
            return 2451545.0

    times_jd += [2451545.0, Shrinking(), 2451545.0]
    x_au, _, _ = _rust_ext.ephemeris("mars", times_jd)
    assert len(x_au) == 2


@pytest.mark.parametrize("wrong", [(2451545.0,), 2451545.0, None, "2451545.0"])
def test_what_is_no_list_is_refused_by_name(wrong: Any) -> None:
    with pytest.raises(TypeError, match="times_jd"):
        _rust_ext.ephemeris("mars", wrong)


@pytest.mark.parametrize("wrong", ["pluto", "Mars", "", "mars\0", "\ud800"])
def test_an_unknown_planet_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^planet: .* is unknown; known: mercury, venus"):
        _rust_ext.ephemeris(wrong, TIMES)


@pytest.mark.parametrize("wrong", [None, 4, b"mars"])
def test_a_planet_that_is_no_string_is_refused_by_name(wrong: Any) -> None:
    with pytest.raises(TypeError, match="planet"):
        _rust_ext.ephemeris(wrong, TIMES)


def test_no_operation_gives_nothing() -> None:
    nothing: object = _rust_ext.noop()  # type: ignore[func-returns-value]
    assert nothing is None


def test_the_module_tells_how_it_was_built() -> None:
    told = _rust_ext.build_info()
    assert told["build_hash"] == _rust_ext.BUILD_HASH != ""
    assert told["profile"] in {"release", "debug"}
    assert told["rustc"].startswith("rustc 1.")
    assert {"target", "target_features"} <= told.keys()


def test_the_stub_says_what_the_module_holds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "python_api._rust_ext"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
