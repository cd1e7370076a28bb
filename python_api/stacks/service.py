"""What a server process says about itself, chosen by its environment.

The standard library only, so that every stack can share it.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

from python_api.equations import EQUATIONS, require_known

FASTAPI_PACKAGES = ("fastapi", "starlette", "pydantic", "uvicorn")
"""The distributions under a FastAPI stack, the backend's apart."""

_BACKEND_PACKAGES: Mapping[str, Sequence[str]] = {"numpy": ["numpy"], "numba": ["numba", "numpy"]}


@dataclass(frozen=True)
class Service:
    """A stack, its backend, and the equations it serves.

    `build_hash` is that of the Rust code, if the process runs any.
    """

    stack: str
    backend: str
    equations: Sequence[str]
    build_hash: str | None
    versions: Mapping[str, str]

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
    """The service that STACKGAP_STACK and STACKGAP_BACKEND name, on these distributions.

    Without them: the backend `python`, and a stack of no name. STACKGAP_EQUATIONS names the
    equations to serve, with commas between them; without it, all. No backend's module is imported,
    but for the Rust extension, which knows its own hash.

    Raises ValueError for an unknown equation, naming the known ones.
    """
    backend = os.environ.get("STACKGAP_BACKEND", "python")
    return Service(
        stack=os.environ.get("STACKGAP_STACK", ""),
        backend=backend,
        equations=_equations(os.environ.get("STACKGAP_EQUATIONS")),
        build_hash=_build_hash() if backend.startswith("rust") else None,
        versions=_versions([*packages, *_BACKEND_PACKAGES.get(backend, ())]),
    )


def _equations(listed: str | None) -> Sequence[str]:
    """Those listed, in the order all stacks have them in."""
    if listed is None:
        return EQUATIONS
    names = listed.split(",")
    for name in names:
        require_known("equation", name, EQUATIONS)
    return tuple(name for name in EQUATIONS if name in names)


def _build_hash() -> str:
    build_hash: str = import_module("python_api._rust_ext").BUILD_HASH
    return build_hash


def _versions(packages: Sequence[str]) -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
