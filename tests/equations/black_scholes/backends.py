"""The backends under one signature, for tests that hold for each of them."""

from collections.abc import Callable, Sequence

from python_api.equations import BACKENDS, load

COMPUTE: dict[str, Callable[..., Sequence[list[float]]]] = {
    backend: load("black_scholes", backend).compute_lists for backend in BACKENDS
}
