"""The stacks: rows of `benchmarks/stacks.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from python_api.stacks import codecs
from stackgap import placement, project
from stackgap.misuse import MisuseError

Server = Literal["uvicorn", "uvicorn-h11", "gunicorn", "granian", "axum"]
Framework = Literal["fastapi", "mounted", "starlette", "asgi", "rsgi", "axum", "strangler"]
Codec = Literal["pydantic", "msgspec", "rust", "bytes", "float64", "serde_json", "lexical"]
Profile = Literal["quickstart", "stock", "quiet", "tuned"]
Payload = Literal["json", "float64"]
Endpoint = Literal["async def", "def"]
LogSink = Literal["file", "pipe", "docker"]
# How a server in a container is reached: by the network of its machine, by an address of its own,
# by a port of the machine that a process of Docker's listens on; the last as `docker run -p` does
# it, its log written by Docker too.
Container = Literal["host", "bridge", "published", "docker-run"]


class Stack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to serve the equations over HTTP."""

    name: str
    framework: Framework
    codec: Codec
    backend: str
    profile: Profile
    server: Server = "uvicorn"
    access_log: bool = False
    # Where the log goes while it is measured: a file in memory, a pipe that a process on the
    # generator's core empties, or standard output of a container, which Docker keeps.
    log_sink: LogSink = "file"
    workers: int = 1
    # How FastAPI's endpoints are defined; it runs those of plain `def` in threads.
    endpoint: Endpoint = "async def"
    # Axum alone has a choice of these two.
    allocator: Literal["system", "mimalloc"] = "system"
    long_work: Literal["moved", "inline"] = "moved"
    # How the numbers of requests and answers are written while it is measured.
    payload: Payload = "json"
    # Part of a run that names no stacks.
    main: bool = False
    # Work of known size, done and counted by the server on every request: for the harness's own
    # tests of itself, and to see what a request that waits costs.
    inject_cpu_us: int = 0
    # The same where the codec `rust` reads, and where a request is computed; of a Python server.
    inject_codec_us: int | None = None
    inject_kernel_us: int | None = None
    inject_wait_ms: int = 0
    inject_anonymous_mb: int = 0
    # In a container; None for a process of this machine. No row says so: NAME@bridge is the stack
    # NAME in one.
    container: Container | None = None
    # With what injects, though it may have nothing to inject: what to compare those with.
    injector: bool = False

    @property
    def contract(self) -> bool:
        """Whether it is held to docs/http-contract.md."""
        return self.profile != "quickstart"

    @property
    def injected(self) -> bool:
        """Whether the server does more than the stack asks for."""
        asked = self.inject_cpu_us or self.inject_wait_ms or self.inject_anonymous_mb
        return self.injector or bool(asked)

    @property
    def needs_rust(self) -> bool:
        """Whether Rust of this project runs in the server, and /health must show its hash."""
        in_python = self.backend.startswith("rust") or self.codec in codecs.OF_RUST
        return self.server == "axum" or in_python


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stack: list[Stack]


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
    """The stack of that name, in a container for NAME@CONTAINER, none for NAME@process; MisuseError
    lists what is known."""
    own, place = placement.split(name)
    if own not in stacks():
        raise MisuseError(f"no stack {own!r}; known: {', '.join(stacks())}")
    if name == own or place == placement.PROCESS:
        return stacks()[own]
    try:
        return in_container(stacks()[own], msgspec.convert(place, Container))
    except msgspec.ValidationError:
        known = ", ".join(f"{own}@{each}" for each in get_args(Container))
        raise MisuseError(f"no stack {name!r}; in containers there are: {known}") from None


def in_container(stack: Stack, container: Container | None) -> Stack:
    """The same stack in such a container; itself for None."""
    if container is None:
        return stack
    log_sink: LogSink = "docker" if container == "docker-run" else stack.log_sink
    name = placement.contained(stack.name, container)
    return msgspec.structs.replace(stack, name=name, container=container, log_sink=log_sink)
