"""The stacks: rows of `benchmarks/stacks.toml`, and how each is started."""

import os
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from stackgap import project
from stackgap.misuse import MisuseError


class Stack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to serve the equations over HTTP."""

    name: str
    server: Literal["uvicorn", "axum"]
    app: str
    framework: str
    codec: str
    backend: str
    profile: Literal["quickstart", "stock", "quiet"]
    access_log: bool
    contract: bool = True
    workers: int = 1
    # Part of a run that names no stacks.
    main: bool = True
    # Only the harness's own tests of itself ask for these: work of known size, done and counted
    # by the server on every request.
    inject_cpu_us: int = 0
    inject_wait_ms: int = 0
    inject_anonymous_mb: int = 0
    # With what injects, though it may have nothing to inject: what to compare those with.
    injector: bool = False

    @property
    def injected(self) -> bool:
        """Whether the server does more than the stack asks for."""
        asked = self.inject_cpu_us or self.inject_wait_ms or self.inject_anonymous_mb
        return self.injector or bool(asked)

    @property
    def needs_rust(self) -> bool:
        """Whether Rust of this project runs in the server, and /health must show its hash."""
        return self.server == "axum" or self.backend.startswith("rust")


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stack: list[Stack]


class Command(msgspec.Struct, frozen=True):
    """What to execute to serve a stack: arguments, and environment on top of the caller's."""

    argv: list[str]
    env: dict[str, str]

    def complete_env(self) -> dict[str, str]:
        """The environment to start it with."""
        return dict(os.environ) | self.env


def read_stacks(path: Path) -> dict[str, Stack]:
    """The rows of a stacks file by name, in file order.

    Raises MisuseError naming the file and the row at fault.
    """
    try:
        table = msgspec.convert(tomllib.loads(path.read_text()), _Table)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MisuseError(f"{path}: {error}") from error
    stacks = {stack.name: stack for stack in table.stack}
    if len(stacks) < len(table.stack):
        names = [stack.name for stack in table.stack]
        twice = next(name for name in names if names.count(name) > 1)
        raise MisuseError(f"{path}: two stacks are named {twice!r}")
    return stacks


@cache
def stacks() -> dict[str, Stack]:
    """The project's stacks by name."""
    return read_stacks(project.STACKS_TOML)


def find(name: str) -> Stack:
    """The stack of that name; MisuseError lists the known ones."""
    try:
        return stacks()[name]
    except KeyError:
        raise MisuseError(f"no stack {name!r}; known: {', '.join(stacks())}") from None


def command(stack: Stack, port: int, equation: str | None = None) -> Command:
    """How to serve `stack` on 127.0.0.1 at `port`, in the foreground.

    All equations or, where one is named, that one alone: then the server loads no other's code.
    """
    env = {"STACKGAP_STACK": stack.name, "STACKGAP_BACKEND": stack.backend}
    if equation is not None:
        env["STACKGAP_EQUATIONS"] = equation
    if stack.server == "axum":
        return Command(_axum_arguments(stack, port), env)
    if stack.injected:
        env |= {
            "STACKGAP_INJECT_CPU_US": str(stack.inject_cpu_us),
            "STACKGAP_INJECT_WAIT_MS": str(stack.inject_wait_ms),
            "STACKGAP_INJECT_ANON_MB": str(stack.inject_anonymous_mb),
        }
    return Command(_uvicorn_arguments(stack, port), env | {"PYTHONPATH": _python_path()})


def _axum_arguments(stack: Stack, port: int) -> list[str]:
    argv = [str(project.binary("axum_api")), "--port", str(port)]
    argv += ["--mode", stack.app, "--backend", stack.backend]
    if stack.injected:
        argv += ["--inject-cpu-us", str(stack.inject_cpu_us)]
    if stack.inject_wait_ms:
        argv += ["--inject-wait-ms", str(stack.inject_wait_ms)]
    return argv


def _uvicorn_arguments(stack: Stack, port: int) -> list[str]:
    app = "python_api.stacks.injected:create_app" if stack.injected else stack.app
    argv = [sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port)]
    if app.endswith(":create_app"):
        argv.append("--factory")
    if not stack.access_log:
        argv.append("--no-access-log")
    if stack.workers > 1:
        argv += ["--workers", str(stack.workers)]
    return argv


def _python_path() -> str:
    inherited = os.environ.get("PYTHONPATH")
    return f"{project.ROOT}{os.pathsep}{inherited}" if inherited else str(project.ROOT)
