"""Idle containers of one stack side by side, and what they take together."""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from stackgap.measure import counters
from stackgap.measure.docker_engine import DockerEngine
from stackgap.measure.engine import ContainerReading, EngineError, Resident
from stackgap.probe_records import DensitySettings
from stackgap.stacks import Stack


class DensityReading(msgspec.Struct, frozen=True):
    """What so many containers take; see `probe_records.DensityStep` for each field."""

    containers: int
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    docker_anonymous_bytes: int


class FirstReading(msgspec.Struct, frozen=True):
    """What the first container takes; see `probe_records.FirstContainer` for each field."""

    held_bytes: int
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    mapped_bytes: dict[str, int]


class Density:
    """Starts containers and leaves them alone."""

    def __init__(self, engine: DockerEngine) -> None:
        self._engine = engine

    def steps(
        self, stack: Stack, settings: DensitySettings
    ) -> Iterator[DensityReading | FirstReading]:
        """What the first container takes, and a reading after it and after the last: Docker takes
        longer to say it than to start one. All are gone in the end.

        Raises as the engine's own, and EngineError where the cache is to be cold and cannot be.
        """
        residents: list[Resident] = []
        if settings.cold_cache:
            _drop_files()
        try:
            for number in range(settings.containers):
                residents.append(self._engine.start(stack, number))
                if 0 < number < settings.containers - 1:
                    continue
                time.sleep(settings.settle_s)
                said = [own for own in self._engine.containers(residents) if own]
                if not number:
                    yield _first(residents[0], said[0])
                yield self._reading(residents, said)
        finally:
            self._engine.stop(residents)

    def _reading(
        self, residents: Sequence[Resident], said: Sequence[ContainerReading]
    ) -> DensityReading:
        beside = [pid for resident in residents for pid in self._engine.beside(resident)]
        return DensityReading(
            containers=len(residents),
            shown_bytes=sum(own.shown_bytes for own in said),
            anonymous_bytes=sum(own.anonymous_bytes for own in said),
            file_bytes=sum(own.file_bytes for own in said),
            docker_anonymous_bytes=counters.memory(beside).anonymous_bytes,
        )


def _first(resident: Resident, own: ContainerReading) -> FirstReading:
    return FirstReading(
        held_bytes=own.held_bytes,
        shown_bytes=own.shown_bytes,
        anonymous_bytes=own.anonymous_bytes,
        file_bytes=own.file_bytes,
        mapped_bytes=counters.mapped_files(resident.pids),
    )


def _drop_files() -> None:
    """Nothing of any file is in memory then, but for what runs: whoever reads one pays for it."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("1")
    except PermissionError:
        raise EngineError(
            "a cold cache is had by dropping the files that this machine keeps in memory, which "
            "only root may do: run as root, or leave out --cold-cache"
        ) from None
