"""A stack as a process of its own: started, found healthy, ended in order."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Self

from stackgap.launch import command
from stackgap.stacks import Stack, stacks

HOST = "127.0.0.1"
CONTRACT_STACKS = [name for name, stack in stacks().items() if stack.contract]


def one_of_each(kind: Callable[[Stack], Hashable]) -> list[str]:
    """The first stack of each `kind`, for what is dear to ask and the same in all of a kind."""
    first: dict[Hashable, str] = {}
    for name in CONTRACT_STACKS:
        first.setdefault(kind(stacks()[name]), name)
    return list(first.values())


CODECS_WITH_KERNELS = one_of_each(lambda stack: (stack.codec, stack.backend))
"""One stack of each codec with each backend: what a large request takes is their work."""

WAYS_TO_SERVE = one_of_each(
    lambda stack: (stack.server, stack.framework, stack.workers, stack.endpoint, stack.injected)
)
"""One stack of each server with each framework."""
_START_S = 120.0
_STOP_S = 30.0
_POLL_S = 0.02


class RunningStack:
    """A stack served on a free loopback port, leader of its own process group.

    A context manager: leaving it ends the server by SIGTERM and raises AssertionError unless
    that goes as the contract says, with no process left.
    """

    def __init__(self, stack: Stack) -> None:
        """Start serving and wait until /health answers.

        Raises AssertionError, with what the server printed, if it does not.
        """
        self.stack = stack
        self.port = _free_port()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `kill`)
        how = command(stack, self.port)
        self._process = subprocess.Popen(
            how.argv,
            env=os.environ | how.env,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process that was started: the server itself or, with workers, their supervisor."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether that process still runs."""
        return self._process.poll() is None

    def log(self) -> str:
        """What the server has printed so far."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def terminate(self) -> None:
        """Send SIGTERM to the started process, and return at once."""
        self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End the server by SIGTERM; AssertionError unless it ends in order and leaves nothing."""
        try:
            self._stop_in_order()
        finally:
            self.kill()

    def _stop_in_order(self) -> None:
        assert self.alive, f"{self.stack.name} had ended before it was told to\n{self.log()}"
        self.terminate()
        self.wait_for_orderly_end()

    def wait_for_orderly_end(self) -> None:
        """Wait for the end that SIGTERM has asked for; AssertionError as `stop`."""
        try:
            code = self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.stack.name} outlives SIGTERM\n{self.log()}") from None
        assert code in _orderly_codes(self.stack), f"exit code {code}\n{self.log()}"
        assert _becomes_empty(self.pid), f"{self.stack.name} left processes behind\n{self.log()}"

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if not self.alive:
                raise AssertionError(
                    f"{self.stack.name} ended with {self._process.returncode}\n{self.log()}"
                )
            if self._is_healthy():
                return
            time.sleep(_POLL_S)
        raise AssertionError(f"{self.stack.name} does not become healthy\n{self.log()}")

    def _is_healthy(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=_START_S)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """End the whole process group at once, if anything of it is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()


class Fleet:
    """The project's stacks as running servers, started when first asked for."""

    def __init__(self) -> None:
        self._running: dict[str, RunningStack] = {}

    def __getitem__(self, name: str) -> RunningStack:
        if name not in self._running:
            self._running[name] = RunningStack(stacks()[name])
        return self._running[name]

    def stop(self) -> None:
        """End every server; raises ExceptionGroup of those that did not end in order."""
        failures: list[Exception] = []
        for running in self._running.values():
            try:
                running.stop()
            except AssertionError as failure:
                failures.append(failure)
        if failures:
            raise ExceptionGroup("servers did not end in order", failures)


def _orderly_codes(stack: Stack) -> set[int]:
    # A uvicorn without workers finishes in order, then raises the signal it had caught again.
    return {0, -signal.SIGTERM} if stack.server.startswith("uvicorn") else {0}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _becomes_empty(group: int) -> bool:
    deadline = time.monotonic() + _STOP_S
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(_POLL_S)
    return False
