"""Runs the installed command, and looks at what it leaves behind."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from typer.testing import CliRunner

from stackgap import project
from stackgap.cli import app
from tests.processes import left_after

STACKGAP = (str(Path(sys.prefix) / "bin" / "stackgap"),)
UNDISTURBED = (sys.executable, "-m", "tests.cli.undisturbed")
# What the contract of `kill -9` grants.
GONE_WITHIN_S = 2.0

_WAIT_S = 120.0
_POLL_S = 0.01


def stackgap(
    *arguments: str, command: Sequence[str] = STACKGAP, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [*command, *arguments],
        cwd=project.ROOT,
        env=_wide() | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def invoked(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end in this process: a second sooner than in one of its own.

    Raises what the command does not turn into a message.
    """
    handler = signal.getsignal(signal.SIGTERM)
    try:
        done = CliRunner().invoke(app, arguments, env=_wide() | environment)
    finally:
        signal.signal(signal.SIGTERM, handler)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def with_room_for(
    size: int, *arguments: str, command: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end where no file can have more than `size` bytes."""
    return subprocess.run(
        [*command, *arguments],
        cwd=project.ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def started(*arguments: str, command: Sequence[str] = STACKGAP) -> Iterator[subprocess.Popen[str]]:
    """The running command; killed, if it still runs, at the end of the block."""
    with subprocess.Popen(
        [*command, *arguments],
        cwd=project.ROOT,
        env=_wide(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Returns once `condition` holds; AssertionError, with what it printed, if the process ends
    before."""
    deadline = time.monotonic() + _WAIT_S
    while not condition():
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}\n{process.communicate()[0]}")
        assert time.monotonic() < deadline, "does not come to that"
        time.sleep(_POLL_S)


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """All processes the command has started, directly or not, that live now."""
    return psutil.Process(process.pid).children(recursive=True)


def assert_all_end(processes: list[psutil.Process]) -> None:
    """None of `processes` may live longer than the 2 s that are granted."""
    left = left_after(processes, GONE_WITHIN_S)
    assert not left, f"left behind: {left}"


def assert_explained(done: subprocess.CompletedProcess[str], code: int) -> None:
    """The command must have failed with one message on standard error and that code."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.startswith("stackgap: ")


def _wide() -> dict[str, str]:
    return dict(os.environ) | {"COLUMNS": "250"}
