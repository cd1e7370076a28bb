"""What one can do about a hot endpoint, from the least to own to the most."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One of the choices, and the stack that shows what it gives.

    `sources` are the files that one owns more than by staying, as patterns below the checkout in
    which {equation} stands for the equation; `builds` is the Cargo package that is compiled, if
    any; `toolchain` is what else a team needs, `not_when` when to leave it.
    """

    name: str
    stack: str
    change: str
    sources: tuple[str, ...]
    toolchain: str
    not_when: str
    builds: str | None = None


EXTENSION_PACKAGE, AXUM_PACKAGE = "stackgap-ext", "axum_api"

_KERNEL = ("rust_ext/core/src/{equation}.rs", "rust_ext/core/src/maths.rs")
_EDGE = (
    "rust_ext/src/{equation}.rs",
    "rust_ext/src/lib.rs",
    "python_api/equations/{equation}/in_rust.py",
)
_BYTES = (
    "rust_ext/src/codec.rs",
    "python_api/stacks/codecs/by_bytes.py",
)
_AXUM = ("axum_api/src/*.rs",)

CHOICES = (
    Choice(
        "stay",
        "fastapi-stock-python",
        "nothing: FastAPI on uvicorn as the quick start sets them up, loops in Python",
        (),
        "none",
        "you have measured that it matters",
    ),
    Choice(
        "change settings",
        "fastapi-quiet-python",
        "the access log off (--no-access-log)",
        (),
        "none",
        "the log is what you debug with, and no proxy before you keeps one",
    ),
    Choice(
        "NumPy",
        "fastapi-quiet-numpy",
        "the kernel over whole arrays; the log off",
        ("python_api/equations/{equation}/in_numpy.py",),
        "a wheel",
        "arrays are short, or each step needs the one before",
    ),
    Choice(
        "Numba",
        "fastapi-quiet-numba",
        "the loops compiled as they are; the log off",
        ("python_api/equations/{equation}/in_numba.py",),
        "wheels of Numba and LLVM",
        "memory or the time to the first answer is scarce, or many processes start often",
    ),
    Choice(
        "Rust kernel",
        "fastapi-quiet-rust",
        "the kernel in Rust, called by FastAPI with lists; the log off",
        (*_KERNEL, *_EDGE),
        "Rust, maturin, a wheel for each platform",
        "validation and JSON are most of what you pay, as they are for long bodies",
        builds=EXTENSION_PACKAGE,
    ),
    Choice(
        "bytes through Rust",
        "fastapi-quiet-bytes-rust",
        "one call takes the body's bytes and gives the answer's; FastAPI routes; the log off",
        (*_KERNEL, *_EDGE, *_BYTES),
        "Rust, maturin, a wheel for each platform",
        "others of your team change the models: they live in Rust then",
        builds=EXTENSION_PACKAGE,
    ),
    Choice(
        "hot route mounted",
        "mounted-quiet-bytes-rust",
        "the same as a bare ASGI application before FastAPI, which keeps all other routes",
        (
            *_KERNEL,
            *_EDGE,
            *_BYTES,
            "python_api/stacks/mounted_app.py",
            "python_api/stacks/asgi_app.py",
            "python_api/stacks/service.py",
        ),
        "Rust, maturin, a wheel for each platform",
        "the route needs FastAPI's dependencies, middleware or authentication",
        builds=EXTENSION_PACKAGE,
    ),
    Choice(
        "Axum in front",
        "strangler-stock-rust",
        "Axum serves the hot route and passes all else on to FastAPI behind it",
        (*_KERNEL, *_AXUM),
        "Rust, a second service to build, release and watch",
        "nobody on call reads Rust; memory is scarce, as both processes stay",
        builds=AXUM_PACKAGE,
    ),
    Choice(
        "Axum",
        "axum-stock",
        "the service in Rust",
        (*_KERNEL, *_AXUM),
        "Rust for all of the service",
        "it does much else that Python's libraries do for you",
        builds=AXUM_PACKAGE,
    ),
)


@dataclass(frozen=True)
class Owned:
    """What one owns with a choice. `lines` are by equation, blank lines and comments left out;
    `build_s` is the shortest and the longest build from nothing, None where none is needed."""

    choice: Choice
    lines: Mapping[str, int]
    image_bytes: int
    build_s: tuple[float, float] | None


STAY = CHOICES[0]
"""What all others are held against."""

SHAPES = {
    "iterative": "ephemeris",
    "elementwise": "black_scholes",
    "sequential": "lorenz",
    "all-pairs": "nbody",
    "tridiagonal": "heat",
}
"""The shape of work that each equation stands for."""
