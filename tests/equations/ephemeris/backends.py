"""The backends under one signature, for tests that hold for each of them."""

from collections.abc import Callable, Sequence

import numpy as np

from python_api.equations import BACKENDS, load
from python_api.equations.ephemeris import in_numba, in_numpy, in_python, in_rust, in_rust_simd

COMPUTE: dict[str, Callable[[str, list[float]], Sequence[list[float]]]] = {
    backend: load("ephemeris", backend).compute_lists for backend in BACKENDS
}


def _kepler_in_numpy(mean_anomaly: float, e: float) -> float:
    return float(in_numpy.solve_kepler(np.array([mean_anomaly]), np.array([e]))[0])


SOLVE_KEPLER: dict[str, Callable[[float, float], float]] = {
    "python": in_python.solve_kepler,
    "numpy": _kepler_in_numpy,
    "numba": in_numba.solve_kepler,
    "rust": in_rust.solve_kepler,
    "rust_simd": in_rust_simd.solve_kepler,
}
