"""What every function of the edge refuses, and that it harms nothing: for each equation alike."""

import math
import threading
from array import array
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from python_api import _rust_ext

N = 40
OTHER_N = 7

# Per equation: a request's fields in order, then how many outputs of the first array's length.
REQUESTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "ephemeris": (
        {"planet": "mars", "times_jd": [2451545.0 + 9.3 * i for i in range(N)]},
        ("x_au", "y_au", "z_au"),
    ),
    "black_scholes": (
        {
            "spot": [90.0 + i for i in range(N)],
            "strike": [100.0] * N,
            "years": [0.1 + i / N for i in range(N)],
            "rate": 0.03,
            "volatility": 0.2,
        },
        ("call", "put"),
    ),
    "lorenz": ({"state": [1.0, 2.0, 3.0], "dt": 0.01, "steps": 50}, ("out_state",)),
    "nbody": (
        {
            "mass": [1.0 + i for i in range(N)],
            "x": [math.sin(i) for i in range(N)],
            "y": [math.cos(i) for i in range(N)],
            "z": [i / N for i in range(N)],
            "softening": 0.1,
        },
        ("ax", "ay", "az"),
    ),
    "heat": (
        {
            "temperature": [20.0 + i % 7 for i in range(N)],
            "diffusivity": 1e-4,
            "dx": 0.01,
            "dt": 1.0,
            "steps": 10,
        },
        ("out_temperature",),
    ),
}
KERNELS = [f"{equation}{suffix}" for equation in REQUESTS for suffix in ("", "_simd")]
ARRAYS = [
    (kernel, field)
    for kernel in KERNELS
    for field, value in REQUESTS[kernel.removesuffix("_simd")][0].items()
    if isinstance(value, list)
]
NUMBERS = [
    (kernel, field)
    for kernel in KERNELS
    for field, value in REQUESTS[kernel.removesuffix("_simd")][0].items()
    if isinstance(value, float)
]
OUTPUTS = [
    (kernel, field) for kernel in KERNELS for field in REQUESTS[kernel.removesuffix("_simd")][1]
]

Function = Callable[..., Any]


def on_lists(kernel: str) -> tuple[Function, dict[str, Any]]:
    fields, _ = REQUESTS[kernel.removesuffix("_simd")]
    return getattr(_rust_ext, kernel), {
        name: list(value) if isinstance(value, list) else value for name, value in fields.items()
    }


def into_buffers(kernel: str) -> tuple[Function, dict[str, Any]]:
    fields, outputs = REQUESTS[kernel.removesuffix("_simd")]
    arguments = {
        name: array("d", value) if isinstance(value, list) else value
        for name, value in fields.items()
    }
    n = next(len(value) for value in fields.values() if isinstance(value, list))
    arguments |= {name: array("d", [math.nan]) * n for name in outputs}
    return getattr(_rust_ext, f"{kernel}_into"), arguments


def results(kernel: str, arguments: dict[str, Any]) -> list[list[float]]:
    return [list(arguments[name]) for name in REQUESTS[kernel.removesuffix("_simd")][1]]


@pytest.mark.parametrize("kernel", KERNELS)
def test_lists_and_buffers_give_the_same_bits(kernel: str) -> None:
    function, fields = on_lists(kernel)
    into, arguments = into_buffers(kernel)
    assert into(**arguments) is None
    assert [list(output) for output in function(**fields)] == results(kernel, arguments)


@pytest.mark.parametrize("kernel", KERNELS)
def test_inputs_stay_as_they_are(kernel: str) -> None:
    into, arguments = into_buffers(kernel)
    before = {name: list(value) for name, value in arguments.items() if isinstance(value, array)}
    into(**arguments)
    for name, value in before.items():
        if name not in REQUESTS[kernel.removesuffix("_simd")][1]:
            assert list(arguments[name]) == value


@pytest.mark.parametrize(("kernel", "field"), [*ARRAYS, *OUTPUTS])
@pytest.mark.parametrize("kind", ["float32", "int64", "bytes", "list", "big-endian", "complex"])
def test_a_buffer_of_another_type_is_refused_by_name(kernel: str, field: str, kind: str) -> None:
    into, arguments = into_buffers(kernel)
    values = [1.0] * len(arguments[field])
    arguments[field] = {
        "float32": array("f", values),
        "int64": array("q", [1] * len(values)),
        "bytes": bytearray(8 * len(values)),
        "list": values,
        "big-endian": np.array(values, dtype=">f8"),
        "complex": np.array(values, dtype=complex),
    }[kind]
    with pytest.raises(TypeError, match=rf"^{field} must be a float64 buffer"):
        into(**arguments)


@pytest.mark.parametrize(("kernel", "field"), [*ARRAYS, *OUTPUTS])
def test_a_strided_or_two_dimensional_buffer_is_refused_by_name(kernel: str, field: str) -> None:
    into, arguments = into_buffers(kernel)
    columns = np.array([arguments[field], arguments[field]]).T.copy()
    for wrong, message in ((columns[:, 0], "contiguous"), (columns, "one dimension")):
        with pytest.raises(ValueError, match=rf"^{field} must .*{message}"):
            into(**arguments | {field: wrong})


@pytest.mark.parametrize(("kernel", "field"), OUTPUTS)
def test_a_read_only_output_is_refused_by_name(kernel: str, field: str) -> None:
    into, arguments = into_buffers(kernel)
    arguments[field] = memoryview(arguments[field]).toreadonly()
    with pytest.raises(ValueError, match=f"^{field} is read-only"):
        into(**arguments)


@pytest.mark.parametrize("kernel", KERNELS)
def test_read_only_inputs_will_do(kernel: str) -> None:
    into, arguments = into_buffers(kernel)
    into(**arguments)
    expected = results(kernel, arguments)
    outputs = REQUESTS[kernel.removesuffix("_simd")][1]
    for name, value in arguments.items():
        if isinstance(value, array) and name not in outputs:
            arguments[name] = memoryview(value).toreadonly()
    into(**arguments)
    assert results(kernel, arguments) == expected


@pytest.mark.parametrize(("kernel", "field"), [*ARRAYS, *OUTPUTS])
def test_a_buffer_of_another_length_is_refused(kernel: str, field: str) -> None:
    into, arguments = into_buffers(kernel)
    arguments[field] = array("d", [1.0] * OTHER_N)
    with pytest.raises(ValueError, match=r"has \d+ values, (but|not|at)"):
        into(**arguments)


@pytest.mark.parametrize(("kernel", "output"), OUTPUTS)
def test_an_output_that_shares_memory_with_another_argument_is_refused(
    kernel: str, output: str
) -> None:
    into, arguments = into_buffers(kernel)
    others = [name for name, value in arguments.items() if isinstance(value, array)]
    for other in others:
        if other == output:
            continue
        n = len(arguments[other])
        memory = np.ones(n + 1)
        overlapping = {other: memory[:-1], output: memory[1:]}
        memory[:-1] = np.array(arguments[other])
        with pytest.raises(ValueError, match=r"overlaps .* in memory"):
            into(**arguments | overlapping)


@pytest.mark.parametrize(("kernel", "field"), ARRAYS)
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("index", [0, -1])
def test_a_value_that_is_not_finite_is_refused_with_its_place(
    kernel: str, field: str, wrong: float, index: int
) -> None:
    into, arguments = into_buffers(kernel)
    outputs_before = repr(results(kernel, arguments))
    arguments[field][index] = wrong
    place = rf"^{field}\[{index % len(arguments[field])}\]"
    with pytest.raises(ValueError, match=place):
        into(**arguments)
    assert repr(results(kernel, arguments)) == outputs_before
    function, fields = on_lists(kernel)
    fields[field][index] = wrong
    with pytest.raises(ValueError, match=place):
        function(**fields)


@pytest.mark.parametrize(("kernel", "field"), NUMBERS)
def test_a_number_that_is_not_finite_is_refused_by_name(kernel: str, field: str) -> None:
    for function, arguments in (on_lists(kernel), into_buffers(kernel)):
        for wrong in (math.nan, math.inf, -math.inf):
            with pytest.raises(ValueError, match=f"^{field}: .* is no finite number"):
                function(**arguments | {field: wrong})
        with pytest.raises(TypeError, match=field):
            function(**arguments | {field: "1"})


@pytest.mark.parametrize(("kernel", "field"), ARRAYS)
def test_a_member_of_a_list_that_is_no_number_is_refused_with_its_place(
    kernel: str, field: str
) -> None:
    function, fields = on_lists(kernel)
    fields[field][1] = "1"
    with pytest.raises(TypeError, match=rf"^{field}\[1\]: "):
        function(**fields)
    fields[field][1] = 10**400
    with pytest.raises(ValueError, match=rf"^{field}\[1\]: "):
        function(**fields)
    with pytest.raises(TypeError, match=field):
        function(**fields | {field: tuple(fields[field])})


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.startswith(("lorenz", "heat"))])
@pytest.mark.parametrize(
    ("wrong", "error"), [(-1, ValueError), (2**70, ValueError), (1.0, TypeError), ("1", TypeError)]
)
def test_steps_that_are_no_count_are_refused_by_name(
    kernel: str, wrong: object, error: type[Exception]
) -> None:
    function, fields = on_lists(kernel)
    with pytest.raises(error, match=r"^steps: "):
        function(**fields | {"steps": wrong})


@pytest.mark.parametrize("kernel", [k for k in KERNELS if not k.startswith(("lorenz", "heat"))])
def test_of_nothing_comes_nothing(kernel: str) -> None:
    function, fields = on_lists(kernel)
    empty = {name: [] if isinstance(value, list) else value for name, value in fields.items()}
    assert all(output == [] for output in function(**empty))


@pytest.mark.parametrize("kernel", KERNELS)
def test_several_threads_at_once_get_the_same_bits(kernel: str) -> None:
    into, arguments = into_buffers(kernel)
    into(**arguments)
    expected = results(kernel, arguments)

    def once(_turn: int) -> list[list[float]]:
        own = into_buffers(kernel)[1]
        into(**own)
        return results(kernel, own)

    with ThreadPoolExecutor(4) as threads:
        assert all(found == expected for found in threads.map(once, range(200)))


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_buffer_written_to_meanwhile_gives_results_of_old_or_new_values(kernel: str) -> None:
    """Both contents are good requests: whatever mixture is read, every result is finite."""
    into, arguments = into_buffers(kernel)
    fields = REQUESTS[kernel.removesuffix("_simd")][0]
    field = next(name for name, value in fields.items() if isinstance(value, list))
    # Long enough to let go of the GIL.
    repeats = 2_000 if kernel.startswith(("ephemeris", "black", "heat")) else 10
    if kernel.startswith("lorenz"):
        arguments["steps"], repeats = 50_000, 1
    for name, value in arguments.items():
        if isinstance(value, array):
            arguments[name] = value * repeats
    contents = [arguments[field], array("d", reversed(arguments[field]))]
    shared = arguments[field] = array("d", contents[0])
    stop = threading.Event()

    def write() -> None:
        view = memoryview(shared)
        while not stop.is_set():
            for content in contents:
                view[:] = memoryview(content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            into(**arguments)
            assert all(all(map(math.isfinite, output)) for output in results(kernel, arguments))
    finally:
        stop.set()
        writer.join()
