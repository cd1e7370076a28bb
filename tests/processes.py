"""Which processes live, and whether they are gone in time. A zombie is gone."""

import os
import time
from collections.abc import Iterable

import psutil

_POLL_S = 0.02


def is_alive(process: psutil.Process) -> bool:
    """Whether that very process runs, not another with its id."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def group(leader: int) -> list[psutil.Process]:
    """All living members of a process group."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == leader and is_alive(process):
                members.append(process)
        except ProcessLookupError:
            continue
    return members


def left_after(processes: Iterable[psutil.Process], deadline_s: float) -> list[psutil.Process]:
    """Those of `processes` that still live after `deadline_s`; returns as soon as none does."""
    left = [process for process in processes if is_alive(process)]
    end = time.monotonic() + deadline_s
    while left and time.monotonic() < end:
        time.sleep(_POLL_S)
        left = [process for process in left if is_alive(process)]
    return left
