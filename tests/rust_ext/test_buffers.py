"""Buffers across the edge: what is taken, and what is refused by name."""

import ctypes
import math
from array import array
from typing import Any

import numpy as np
import pytest

from python_api import _rust_ext
from python_api.equations.ephemeris.contract import example

N = 1000
TIMES: list[float] = example(N)["times_jd"]
OUTPUTS = ("x_au", "y_au", "z_au")


def arguments(n: int = N, /, **changed: Any) -> dict[str, Any]:
    """Good arguments of `ephemeris_into` for n times, some of them changed."""
    outputs = {name: array("d", bytes(8 * n)) for name in OUTPUTS}
    return {"planet": "mars", "times_jd": array("d", TIMES[:n]), **outputs, **changed}


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257, 511, 512, 513, 1000])
def test_buffers_give_the_same_bits_as_lists(n: int) -> None:
    given = arguments(n)
    _rust_ext.ephemeris_into(**given)
    expected = _rust_ext.ephemeris("mars", TIMES[:n])
    assert tuple(list(given[name]) for name in OUTPUTS) == expected


@pytest.mark.parametrize(
    "times_jd",
    [
        array("d", TIMES),
        memoryview(array("d", TIMES)),
        memoryview(array("d", TIMES)).toreadonly(),
        memoryview(array("d", TIMES)).cast("B").cast("d"),
        np.array(TIMES),
        np.array(TIMES).astype("=f8"),
        np.array([0.0, *TIMES])[1:],
    ],
    ids=["array", "memoryview", "read-only", "cast", "ndarray", "native", "offset"],
)
def test_any_contiguous_float64_buffer_is_taken(times_jd: Any) -> None:
    given = arguments(
        times_jd=times_jd, x_au=np.empty(N), y_au=memoryview(array("d", bytes(8 * N)))
    )
    _rust_ext.ephemeris_into(**given)
    assert tuple(list(given[name]) for name in OUTPUTS) == _rust_ext.ephemeris("mars", TIMES)


def test_slices_of_one_array_that_do_not_overlap_are_taken() -> None:
    rows = np.zeros((4, N))
    rows[0] = TIMES
    _rust_ext.ephemeris_into("mars", *rows)
    assert tuple(row.tolist() for row in rows[1:]) == _rust_ext.ephemeris("mars", TIMES)


@pytest.mark.parametrize("name", ["times_jd", *OUTPUTS])
@pytest.mark.parametrize(
    "wrong",
    [
        TIMES,
        None,
        2451545.0,
        bytes(8 * N),
        array("f", bytes(4 * N)),
        array("q", bytes(8 * N)),
        np.zeros(N, dtype=">f8"),
        np.zeros(N, dtype=np.complex64),
        np.zeros(N, dtype=object),
        np.array(2451545.0),
        np.frombuffer(bytearray(8 * N + 1), dtype=np.float64, offset=1),
    ],
    ids=[
        "list",
        "None",
        "float",
        "bytes",
        "f4",
        "i8",
        "swapped",
        "c8",
        "object",
        "scalar",
        "misaligned",
    ],
)
def test_what_is_no_float64_buffer_is_refused_by_name(name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"^{name} must be a float64 buffer: "):
        _rust_ext.ephemeris_into(**arguments(**{name: wrong}))


class _PyBuffer(ctypes.Structure):
    # Py_buffer as the stable ABI has it since Python 3.11.
    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.POINTER(ctypes.c_ssize_t)),
        ("strides", ctypes.POINTER(ctypes.c_ssize_t)),
        ("suboffsets", ctypes.POINTER(ctypes.c_ssize_t)),
        ("internal", ctypes.c_void_p),
    )


def test_an_exporter_that_calls_4_byte_items_doubles_is_refused() -> None:
    memory = array("d", TIMES)
    address, n_bytes = memory.buffer_info()[0], 8 * N
    shape, strides = (ctypes.c_ssize_t * 1)(n_bytes // 4), (ctypes.c_ssize_t * 1)(4)
    view = _PyBuffer(address, None, n_bytes, 4, 0, 1, b"d", shape, strides, None, None)
    wrap = ctypes.pythonapi.PyMemoryView_FromBuffer
    wrap.restype = ctypes.py_object
    with pytest.raises(TypeError, match=r"^times_jd must be a float64 buffer: .* 4 bytes"):
        _rust_ext.ephemeris_into(**arguments(times_jd=wrap(ctypes.byref(view))))


@pytest.mark.parametrize("name", ["times_jd", *OUTPUTS])
@pytest.mark.parametrize(
    "wrong",
    [np.zeros(2 * N)[::2], np.zeros(N)[::-1], memoryview(array("d", bytes(16 * N)))[::2]],
    ids=["every other", "reversed", "memoryview"],
)
def test_what_is_not_contiguous_is_refused_by_name(name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be contiguous"):
        _rust_ext.ephemeris_into(**arguments(**{name: wrong}))


@pytest.mark.parametrize("name", ["times_jd", *OUTPUTS])
@pytest.mark.parametrize(("wrong", "dimensions"), [(np.zeros((N, 1)), 2), (np.zeros((1, N)), 2)])
def test_what_is_not_one_dimensional_is_refused_by_name(
    name: str, wrong: Any, dimensions: int
) -> None:
    with pytest.raises(ValueError, match=f"^{name} must have one dimension, not {dimensions}"):
        _rust_ext.ephemeris_into(**arguments(**{name: wrong}))


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("n", [0, N - 1, N + 1])
def test_an_output_of_another_length_is_refused_by_name(name: str, n: int) -> None:
    with pytest.raises(ValueError, match=f"^{name} has {n} values, but times_jd has {N}"):
        _rust_ext.ephemeris_into(**arguments(**{name: array("d", bytes(8 * n))}))


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_read_only_output_is_refused_by_name(name: str) -> None:
    read_only = memoryview(bytes(8 * N)).cast("d")
    with pytest.raises(ValueError, match=f"^{name} is read-only"):
        _rust_ext.ephemeris_into(**arguments(**{name: read_only}))


@pytest.mark.parametrize(
    ("output", "other"),
    [(name, "times_jd") for name in OUTPUTS]
    + [("y_au", "x_au"), ("z_au", "x_au"), ("z_au", "y_au")],
)
@pytest.mark.parametrize("shift", [0, 1, N - 1])
def test_an_output_that_overlaps_another_argument_is_refused_by_name(
    output: str, other: str, shift: int
) -> None:
    memory = np.zeros(2 * N)
    memory[:] = TIMES[0]
    shared = {other: memory[:N], output: memory[shift : shift + N]}
    with pytest.raises(ValueError, match=f"^{output} overlaps {other} in memory"):
        _rust_ext.ephemeris_into(**arguments(**shared))


@pytest.mark.parametrize("i", [0, 255, 256, N - 1])
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 0.0, 2378496.4999999995])
def test_a_time_out_of_range_is_named_by_its_index_and_nothing_is_written(
    i: int, wrong: float
) -> None:
    given = arguments()
    given["times_jd"][i] = wrong
    with pytest.raises(ValueError, match=rf"^times_jd\[{i}\]: .* is not within"):
        _rust_ext.ephemeris_into(**given)
    assert all(given[name] == array("d", bytes(8 * N)) for name in OUTPUTS)


def test_an_unknown_planet_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^planet: 'pluto' is unknown"):
        _rust_ext.ephemeris_into(**arguments(planet="pluto"))


def test_a_refusal_tells_the_exporters_own_reason() -> None:
    with pytest.raises(TypeError) as refusal:
        _rust_ext.ephemeris_into(**arguments(times_jd=TIMES))
    assert isinstance(refusal.value.__cause__, TypeError)


def test_buffers_are_given_back_after_success_and_after_failure() -> None:
    given = arguments()
    _rust_ext.ephemeris_into(**given)
    with pytest.raises(ValueError, match="planet"):
        _rust_ext.ephemeris_into(**{**given, "planet": "pluto"})
    with pytest.raises(TypeError, match="z_au"):
        _rust_ext.ephemeris_into(**{**given, "z_au": None})
    for name in ("times_jd", "x_au", "y_au"):
        given[name].append(0.0)  # BufferError while it is lent
