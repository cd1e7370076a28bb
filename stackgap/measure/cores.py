"""Which core serves and which one sends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Cores(msgspec.Struct, frozen=True):
    """The core every server runs on, and the one of the load generator."""

    server: int
    generator: int


class CannotMeasure(Exception):
    """This machine does not allow what measuring needs; the message says what that is."""


def choose() -> Cores:
    """The last allowed core for servers, and for the generator the first that shares no hardware
    with it, or the first if all do.

    Interrupts tend to land on the first core, so the servers are kept off it. Raises CannotMeasure
    off Linux, and when this process may use one core only.
    """
    if sys.platform != "linux":
        raise CannotMeasure("measuring needs Linux: it reads the accounts that kernel keeps")
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise CannotMeasure(
            f"this process may use core {allowed[0]} only; measuring needs two cores"
        )
    server = allowed[-1]
    shared = siblings(server)
    apart = [core for core in allowed[:-1] if core not in shared]
    return Cores(server=server, generator=(apart or allowed)[0])


def siblings(core: int) -> set[int]:
    """The hardware threads of the physical core that `core` is one of, as the kernel tells."""
    topology = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
    try:
        return set(_listed(topology.read_text()))
    except OSError:
        return {core}


def _listed(cores: str) -> Iterator[int]:
    for part in cores.strip().split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


@contextmanager
def pinned_to(core: int) -> Iterator[None]:
    """Pins this thread, so that processes it starts meanwhile are pinned from their first
    instruction on: a server sizes its thread pools by the cores it may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
