"""Backends are found by name, and cost nothing before they are asked for."""

import subprocess
import sys

import pytest

from python_api.equations import BACKENDS, EQUATIONS, load

HEAVY = {"numpy", "numba", "mpmath", "pydantic", "python_api._rust_ext"}
ALLOWED = {
    "python": set(),
    "numpy": {"numpy"},
    "numba": {"numpy", "numba"},
    "rust": {"python_api._rust_ext"},
    "rust_simd": {"python_api._rust_ext"},
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_every_backend_of_every_equation_can_be_loaded(equation: str, backend: str) -> None:
    assert callable(load(equation, backend).compute_lists)


def test_an_unknown_equation_is_named_beside_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown equation 'kepler'; known: ephemeris"):
        load("kepler", "python")


def test_an_unknown_backend_is_named_beside_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown backend 'c'; known: python, numpy, numba, rust"):
        load("ephemeris", "c")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_backend_imports_no_library_but_its_own(equation: str, backend: str) -> None:
    script = (
        "import sys\n"
        "from python_api.equations import load\n"
        f"from python_api.equations.{equation} import contract\n"
        f"backend = load({equation!r}, {backend!r})\n"
        "answer = backend.compute_lists(**contract.example(contract.SIZES[0]))\n"
        "assert len(answer) == len(contract.RESPONSE_FIELDS)\n"
        f"print(*sorted({HEAVY!r} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == ALLOWED[backend]
