"""Which core serves and which one sends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec


class Cores(msgspec.Struct, frozen=True):
    """The core every server runs on, and the one of the load generator and the harness.

    Both are None where processes cannot be pinned (macOS).
    """

    server: int | None
    generator: int | None


class NoSpareCore(Exception):
    """Server and generator would share a core: their costs could not be told apart."""


def choose() -> Cores:
    """The last allowed core for servers, the first for the generator.

    Interrupts tend to land on the first core, so the servers are kept off it.
    Raises NoSpareCore when this process may use one core only.
    """
    if sys.platform != "linux":
        if (os.cpu_count() or 1) < 2:
            raise NoSpareCore("this machine has one core; measuring needs two")
        return Cores(server=None, generator=None)
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise NoSpareCore(f"this process may use core {allowed[0]} only; measuring needs two cores")
    return Cores(server=allowed[-1], generator=allowed[0])


@contextmanager
def pinned_to(core: int | None) -> Iterator[None]:
    """Pins this thread, so that processes it starts meanwhile are pinned from their first
    instruction on: a server sizes its thread pools by the cores it may use."""
    if core is None or sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
