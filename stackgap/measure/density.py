"""Idle containers of one stack side by side, and what they take together."""

import time
from collections.abc import Iterator, Sequence

import msgspec

from stackgap.measure import counters
from stackgap.measure.docker_engine import DockerEngine
from stackgap.measure.engine import Resident
from stackgap.probe_records import DensitySettings
from stackgap.stacks import Stack


class DensityReading(msgspec.Struct, frozen=True):
    """What so many containers take; see `probe_records.DensityStep` for each field."""

    containers: int
    shown_bytes: int
    anonymous_bytes: int
    file_bytes: int
    docker_anonymous_bytes: int


class Density:
    """Starts containers and leaves them alone."""

    def __init__(self, engine: DockerEngine) -> None:
        self._engine = engine

    def steps(self, stack: Stack, settings: DensitySettings) -> Iterator[DensityReading]:
        """A reading after each container; all are gone in the end. Raises as the engine's own."""
        residents: list[Resident] = []
        try:
            for number in range(settings.containers):
                residents.append(self._engine.start(stack, number))
                time.sleep(settings.settle_s)
                yield self._reading(residents)
        finally:
            self._engine.stop(residents)

    def _reading(self, residents: Sequence[Resident]) -> DensityReading:
        said = [own for own in map(self._engine.container, residents) if own]
        beside = [pid for resident in residents for pid in self._engine.beside(resident)]
        return DensityReading(
            containers=len(residents),
            shown_bytes=sum(own.shown_bytes for own in said),
            anonymous_bytes=sum(own.anonymous_bytes for own in said),
            file_bytes=sum(own.file_bytes for own in said),
            docker_anonymous_bytes=counters.memory(beside).anonymous_bytes,
        )
