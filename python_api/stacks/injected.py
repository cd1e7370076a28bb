"""An ASGI stack with a known cost added, for the harness to find in its self-test."""

import asyncio
import json
import os
from importlib import import_module
from time import CLOCK_THREAD_CPUTIME_ID, clock_gettime_ns

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BYTES_PER_MB = 1_000_000


class Injected:
    """An application that burns `cpu_ns` of CPU and waits `wait_s` before every POST is served.

    It counts what it burned by the thread's own CPU clock, and `/health` gives the sums: requests
    and nanoseconds. It also keeps `anonymous_bytes` of memory in use.
    """

    def __init__(self, app: ASGIApp, cpu_ns: int, wait_s: float, anonymous_bytes: int) -> None:
        self.app = app
        self.cpu_ns = cpu_ns
        self.wait_s = wait_s
        # Copying a byte into place touches every page; zeros would be mapped, not held.
        self.ballast = bytearray(b"\x01") * anonymous_bytes
        self.requests = 0
        self.burned_ns = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request."""
        if scope["type"] == "http" and scope["method"] == "POST":
            await self._inject()
        elif scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/health"):
            send = _HealthSender(self, send)
        await self.app(scope, receive, send)

    async def _inject(self) -> None:
        self.requests += 1
        self.burned_ns += burn(self.cpu_ns)
        if self.wait_s:
            await asyncio.sleep(self.wait_s)


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
        sums = {"requests": self.injected.requests, "cpu_ns": self.injected.burned_ns}
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
    STACKGAP_INJECT_WAIT_MS (either per POST) and STACKGAP_INJECT_ANON_MB (10^6 bytes), none by
    default. Raises ValueError for anything but whole numbers.
    """
    framework = os.environ.get("STACKGAP_INJECT_INTO", "fastapi")
    return Injected(
        import_module(f"python_api.stacks.{framework}_app").create_app(),
        cpu_ns=_number("STACKGAP_INJECT_CPU_US") * 1_000,
        wait_s=_number("STACKGAP_INJECT_WAIT_MS") / 1_000,
        anonymous_bytes=_number("STACKGAP_INJECT_ANON_MB") * _BYTES_PER_MB,
    )


def _number(name: str) -> int:
    return int(os.environ.get(name, "0"))
