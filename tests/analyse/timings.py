"""Reports and measurements of the suites, by hand, with numbers that can be reckoned with."""

from collections.abc import Mapping, Sequence
from typing import Any

from python_api.equations import BACKENDS, EQUATIONS
from stackgap.analyse.kernels import Accuracy, Kernel, Measurement

Curve = Mapping[int, Sequence[float]]
"""Over n, a call's median in each pass, in seconds."""


def benchmark(
    rounds_s: Sequence[float], variant: str = "numba", n: int = 10, **details: Any
) -> dict[str, Any]:
    """A row as pytest-benchmark writes it, of the equations' suite if nothing else is said."""
    info: dict[str, Any] = {
        "suite": "equations",
        "equation": "heat",
        "arrays": "lists",
        "variant": variant,
    }
    info |= {"n": n, "work": 2 * n, "work_unit": "point step", "ns_per_element": 0.0}
    info |= {"versions": {"numpy": "2.4.6"}, "cpu_features": {"rust": ""}, "build_hash": "0123"}
    ordered = sorted(rounds_s)
    return {
        "group": f"heat on lists, n={n}",
        "name": f"test_on_lists[heat-{n}-{variant}]",
        "fullname": f"suites/test_equations.py::test_on_lists[heat-{n}-{variant}]",
        "params": None,
        "param": None,
        "options": {},
        "extra_info": info | details,
        "stats": {
            "data": list(rounds_s),
            "median": ordered[len(ordered) // 2],
            "iterations": 7,
        },
    }


def report(*benchmarks: dict[str, Any]) -> dict[str, Any]:
    """One pass."""
    return {
        "machine_info": {"cpu": {"brand_raw": "Example CPU"}, "environment": {"OMP_X": "1"}},
        "datetime": "2026-11-24T08:00:00+00:00",
        "benchmarks": list(benchmarks),
    }


def curve(backend: str, points: Curve, arrays: str = "native arrays") -> list[Kernel]:
    """One backend's kernels over n; a call of size n does n pieces of work."""
    return [
        Kernel("ephemeris", arrays, n, backend, n, "position", tuple(seconds))
        for n, seconds in points.items()
    ]


def everything() -> Measurement:
    """All backends on all equations, and one peer; each backend has a speed of its own."""
    kernels = []
    for equation in EQUATIONS:
        for arrays in ("native arrays", "lists"):
            names = (*BACKENDS, "numexpr") if arrays == "native arrays" else BACKENDS
            for n in (1, 10, 100, 1_000):
                for index, backend in enumerate(names):
                    second = 1e-6 * (len(names) - index) + 1e-8 * n * (index + 1)
                    seconds = tuple(second * pass_ for pass_ in (1.0, 1.1, 1.2))
                    kernels.append(Kernel(equation, arrays, n, backend, n, "piece", seconds))
    accuracy = [Accuracy(name, each, 1.5, 0.25, 44) for name in EQUATIONS for each in BACKENDS]
    return Measurement(
        measured_at="2026-11-24",
        cpu="Example CPU",
        passes=3,
        versions={"numpy": "2.4.6"},
        cpu_features={"rust": "", "rust_simd": "avx2"},
        build_hash="0123456789abcdef",
        environment={"NUMBA_CPU_NAME": "generic"},
        kernels=tuple(kernels),
        accuracy=tuple(accuracy),
    )
