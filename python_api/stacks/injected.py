"""An ASGI stack with a known cost added, for the harness to find in its self-test."""

import asyncio
import json
import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from time import CLOCK_THREAD_CPUTIME_ID, clock_gettime_ns
from typing import ParamSpec, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from python_api import equations
from python_api.stacks import service

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

_BYTES_PER_MB = 1_000_000


class Injected:
    """An application that burns `cpu_ns` of CPU and waits `wait_s` before every POST is served.

    `/health` gives the sums: requests, and nanoseconds burned by `burner` for whatever reason. It
    also keeps `anonymous_bytes` of memory in use.
    """

    def __init__(
        self, app: ASGIApp, burner: "Burner", cpu_ns: int, wait_s: float, anonymous_bytes: int
    ) -> None:
        self.app = app
        self.burner = burner
        self.cpu_ns = cpu_ns
        self.wait_s = wait_s
        # Copying a byte into place touches every page; zeros would be mapped, not held.
        self.ballast = bytearray(b"\x01") * anonymous_bytes
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request."""
        if scope["type"] == "http" and scope["method"] == "POST":
            await self._inject()
        elif scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/health"):
            send = _HealthSender(self, send)
        await self.app(scope, receive, send)

    async def _inject(self) -> None:
        self.requests += 1
        self.burner.burn(self.cpu_ns)
        if self.wait_s:
            await asyncio.sleep(self.wait_s)


class Burner:
    """Burns CPU and counts what it burned, in nanoseconds of the thread's own clock."""

    def __init__(self) -> None:
        self.burned_ns = 0

    def burn(self, cpu_ns: int) -> None:
        """Burns at least so much."""
        self.burned_ns += burn(cpu_ns)

    def before(self, call: Callable[_Given, _Result], cpu_ns: int) -> Callable[_Given, _Result]:
        """`call` with so much burned before it."""

        @wraps(call)
        def costly(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
            self.burn(cpu_ns)
            return call(*args, **kwargs)

        return costly

    def make_dearer(self, owner: object, name: str, cpu_ns: int) -> None:
        """From now on a function of a module costs so much more, wherever it is called from."""
        setattr(owner, name, self.before(getattr(owner, name), cpu_ns))


class _HealthSender:
    """Adds the sums to the body of a response that comes as one piece."""

    def __init__(self, injected: Injected, send: Send) -> None:
        self.injected = injected
        self.send = send
        self.start: Message = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        sums = {"requests": self.injected.requests, "cpu_ns": self.injected.burner.burned_ns}
        body = json.dumps(json.loads(message["body"]) | {"injected": sums}).encode()
        headers = [pair for pair in self.start["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await self.send(dict(self.start, headers=headers))
        await self.send(dict(message, body=body))


def burn(cpu_ns: int) -> int:
    """Spends at least `cpu_ns` of this thread's CPU time; returns what it spent, in ns."""
    start_ns = now_ns = clock_gettime_ns(CLOCK_THREAD_CPUTIME_ID)
    while now_ns - start_ns < cpu_ns:
        now_ns = clock_gettime_ns(CLOCK_THREAD_CPUTIME_ID)
    return now_ns - start_ns


def create_app() -> Injected:
    """The application of a framework with what the environment adds.

    STACKGAP_INJECT_INTO, the framework, without it fastapi; STACKGAP_INJECT_CPU_US,
    STACKGAP_INJECT_WAIT_MS (either per POST), STACKGAP_INJECT_ANON_MB (10^6 bytes),
    STACKGAP_INJECT_CODEC_US (where the codec `rust` reads a request) and STACKGAP_INJECT_KERNEL_US
    (where a request is computed), none by default. Raises ValueError for anything but whole
    numbers.
    """
    burner = Burner()
    _make_places_dearer(burner)
    framework = os.environ.get("STACKGAP_INJECT_INTO", "fastapi")
    return Injected(
        import_module(f"python_api.stacks.{framework}_app").create_app(),
        burner,
        cpu_ns=_number("STACKGAP_INJECT_CPU_US") * 1_000,
        wait_s=_number("STACKGAP_INJECT_WAIT_MS") / 1_000,
        anonymous_bytes=_number("STACKGAP_INJECT_ANON_MB") * _BYTES_PER_MB,
    )


def _make_places_dearer(burner: Burner) -> None:
    """Even by nothing, where a place is named: what the clocks themselves take must be the same."""
    if "STACKGAP_INJECT_CODEC_US" in os.environ:
        extension = import_module("python_api._rust_ext")
        burner.make_dearer(extension, "read_request", _number("STACKGAP_INJECT_CODEC_US") * 1_000)
    if "STACKGAP_INJECT_KERNEL_US" in os.environ:
        cpu_ns = _number("STACKGAP_INJECT_KERNEL_US") * 1_000
        backend = os.environ.get("STACKGAP_BACKEND", "python")
        for equation in service.from_environment([]).equations:
            burner.make_dearer(equations.load(equation, backend), "compute_lists", cpu_ns)


def _number(name: str) -> int:
    return int(os.environ.get(name, "0"))
