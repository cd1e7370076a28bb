"""What parses, validates and prints, apart from any framework: one module a codec.

Nothing here imports a codec before it is asked for, because what a process imports is part of
what it costs.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, cast

from python_api.equations import require_known

CODECS = ("pydantic", "msgspec", "rust", "bytes", "float64", "lexical")

OF_RUST = ("rust", "bytes", "float64", "lexical")
"""Those that run Rust of ours, whatever the backend."""

TAKING_FLOAT64 = ("float64",)
"""Those that take raw doubles beside JSON."""

Solver = Callable[[bytes], bytes]
"""From the body of a request to the body of its answer.

Raises ProblemError for a faulty request, and whatever else is no fault of the request's.
"""


class Codec(Protocol):
    """What every codec's module offers."""

    def solver(self, equation: str, backend: str) -> Solver:
        """What answers the requests for `equation` by means of `backend`.

        Raises ValueError for an unknown equation, or a backend that the codec does not go with,
        and ImportError where the backend's library is missing.
        """

    def schemas(self, equation: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The JSON Schemas of a request and of its answer; ValueError for an unknown equation.

        What validates is what publishes its limits.
        """


class Float64Codec(Codec, Protocol):
    """A codec that takes raw doubles beside JSON."""

    def float64_solver(self, equation: str, backend: str) -> Solver:
        """As `solver`, of requests and answers in little-endian doubles."""


def load(codec: str) -> Codec:
    """The codec of that name, imported now if it was not yet.

    Raises ValueError for an unknown one, naming those known.
    """
    require_known("codec", codec, CODECS)
    return cast(Codec, import_module(f"{__name__}.by_{codec}"))


def load_float64(codec: str) -> Float64Codec:
    """As `load`, of those `TAKING_FLOAT64`; ValueError for any other."""
    require_known("codec of raw doubles", codec, TAKING_FLOAT64)
    return cast(Float64Codec, load(codec))
