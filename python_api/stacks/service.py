"""What a server process serves and says about itself, chosen by its environment.

The standard library only, so that every stack can share it.
"""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import version
from typing import Any

from python_api.equations import EQUATIONS, require_known
from python_api.stacks import codecs
from python_api.stacks.codecs import Solver

FASTAPI_PACKAGES = ("fastapi", "starlette", "pydantic")
"""The distributions that FastAPI stands on."""

_CODEC_PACKAGES: Mapping[str, Sequence[str]] = {
    "pydantic": ["pydantic"],
    "msgspec": ["msgspec"],
}
_BACKEND_PACKAGES: Mapping[str, Sequence[str]] = {"numpy": ["numpy"], "numba": ["numba", "numpy"]}

SERVERS = ("uvicorn", "uvicorn_worker", "gunicorn", "granian", "httptools", "h11", "uvloop")
"""Servers and what they stand on: a process has loaded those that serve it."""


@dataclass(frozen=True)
class Service:
    """A stack, its codec and backend, and the equations it serves.

    `endpoint` is how FastAPI's are defined, "async def" or "def". `build_hash` is that of the Rust
    code, if the process runs any. `packages` are the distributions it stands on, apart from the
    server's.
    """

    stack: str
    codec: str
    backend: str
    equations: Sequence[str]
    endpoint: str
    build_hash: str | None
    packages: Sequence[str]

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """Of Python, and of the distributions that have a part in serving; looked up once asked
        for, when the server has loaded all of its own."""
        servers = [name for name in SERVERS if name in sys.modules]
        packages = [*self.packages, *servers]
        return {"python": platform.python_version()} | {name: version(name) for name in packages}

    @property
    def takes_float64(self) -> bool:
        """Whether requests may come in raw doubles."""
        return self.codec in codecs.TAKING_FLOAT64

    def solvers(self) -> dict[str, Solver]:
        """What answers the requests for each equation, by the path it is served at.

        Of the backend it loads what these equations need only. Raises ValueError for an unknown
        backend, or one that the codec does not go with, and ImportError where a library is missing.
        """
        codec = codecs.load(self.codec)
        return {
            path_of(equation): codec.solver(equation, self.backend) for equation in self.equations
        }

    def float64_solvers(self) -> dict[str, Solver]:
        """As `solvers`, of requests in raw doubles; ValueError where the codec takes none."""
        codec = codecs.load_float64(self.codec)
        return {
            path_of(equation): codec.float64_solver(equation, self.backend)
            for equation in self.equations
        }

    def descriptions(self) -> list[dict[str, Any]]:
        """Each equation's name and JSON Schemas, as `GET /v1/equations` lists them."""
        codec = codecs.load(self.codec)
        described = []
        for equation in self.equations:
            request, response = codec.schemas(equation)
            described.append({"name": equation, "request": request, "response": response})
        return described

    def health(self) -> dict[str, Any]:
        """The body of `GET /health`."""
        return {
            "status": "ok",
            "stack": self.stack,
            "backend": self.backend,
            "build_hash": self.build_hash,
            "versions": self.versions,
            "pid": os.getpid(),
        }


def from_environment(packages: Sequence[str]) -> Service:
    """The service that the environment names, by a framework made of these distributions.

    STACKGAP_STACK, without it a stack of no name; STACKGAP_CODEC, pydantic without it;
    STACKGAP_BACKEND, python without it; STACKGAP_EQUATIONS, the equations to serve with commas
    between them, without it all; STACKGAP_ENDPOINT, "async def" without it. No codec's and no
    backend's module is imported, but for the Rust extension, which knows its own hash.

    Raises ValueError for an unknown codec or equation, naming the known ones.
    """
    codec = os.environ.get("STACKGAP_CODEC", "pydantic")
    backend = os.environ.get("STACKGAP_BACKEND", "python")
    require_known("codec", codec, codecs.CODECS)
    chosen = [*_CODEC_PACKAGES.get(codec, ()), *_BACKEND_PACKAGES.get(backend, ())]
    return Service(
        stack=os.environ.get("STACKGAP_STACK", ""),
        codec=codec,
        backend=backend,
        equations=_equations(os.environ.get("STACKGAP_EQUATIONS")),
        endpoint=os.environ.get("STACKGAP_ENDPOINT", "async def"),
        build_hash=_build_hash() if _runs_rust(codec, backend) else None,
        packages=list(dict.fromkeys([*packages, *chosen])),
    )


def path_of(equation: str) -> str:
    """Where an equation is served."""
    return f"/v1/{equation}"


def to_json(value: Any) -> bytes:
    """A description as the body of an answer."""
    return json.dumps(value, separators=(",", ":")).encode()


def _equations(listed: str | None) -> Sequence[str]:
    """Those listed, in the order all stacks have them in."""
    if listed is None:
        return EQUATIONS
    names = listed.split(",")
    for name in names:
        require_known("equation", name, EQUATIONS)
    return tuple(name for name in EQUATIONS if name in names)


def _runs_rust(codec: str, backend: str) -> bool:
    return backend.startswith("rust") or codec in codecs.OF_RUST


def _build_hash() -> str:
    build_hash: str = import_module("python_api._rust_ext").BUILD_HASH
    return build_hash
