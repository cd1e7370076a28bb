"""A running server as an engine holds it: a process of its own here, in a container elsewhere."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from stackgap.measure import counters
from stackgap.measure.engine import OutOfMemory, ServerDied

LOG_LINES = 10


@dataclass(frozen=True)
class Ending:
    """How a server ended."""

    how: str
    out_of_memory: bool = False

    def death(self, what: str) -> ServerDied:
        """The exception that says so; `what` says of whom and when."""
        kind = OutOfMemory if self.out_of_memory else ServerDied
        return kind(f"{what} ({self.how})")


class Server(Protocol):
    """What an engine does with a server, however that lives."""

    @property
    def pid(self) -> int:
        """The first of its processes, by its id on this machine."""
        ...

    def ending(self) -> Ending | None:
        """How it ended; None while it lives."""
        ...

    def terminate(self) -> None:
        """Asks it to end."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Whether it ends within that time."""
        ...

    def kill(self, pids: Sequence[int]) -> None:
        """Ends it and its further processes `pids` by force, and waits; fine if it has ended."""
        ...

    def pause(self) -> None:
        """Keeps its first process from running until `unpause`."""
        ...

    def unpause(self) -> None:
        """Lets it run."""
        ...

    def last_words(self) -> str:
        """The end of what it printed."""
        ...


class ProcessServer:
    """A child of this process, in the group `process_group`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, process_group: int) -> None:
        self._process = process
        self._log = log
        self._process_group = process_group

    @property
    def pid(self) -> int:
        """See `Server`."""
        return self._process.pid

    def ending(self) -> Ending | None:
        """The signal or exit code."""
        code = self._process.poll()
        if code is None:
            return None
        return Ending(f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}")

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def wait(self, timeout_s: float) -> bool:
        """See `Server`."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self, pids: Sequence[int]) -> None:
        """SIGKILL."""
        living: list[int] = []
        with suppress(psutil.NoSuchProcess):
            living = counters.process_tree(self.pid)
        for pid in {*living, *pids}:
            with suppress(ProcessLookupError):
                # The id may be another's by now; our group's members are ours.
                if os.getpgid(pid) == self._process_group:
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """SIGSTOP; returns when it has stopped, as a signal takes its time."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def unpause(self) -> None:
        """SIGCONT."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)

    def last_words(self) -> str:
        """Of its log."""
        return last_lines(self._log.read_text(errors="replace"))


def last_lines(text: str) -> str:
    """As much of the end of a log as says why."""
    return "\n".join(text.splitlines()[-LOG_LINES:])
