"""Idle containers: several of each stack in a generation."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from stackgap.measure.density import DensityReading, FirstReading
from stackgap.probe_records import DensitySettings, DensityStep, FirstContainer
from stackgap.run.probes.driver import Visit
from stackgap.stacks import Stack


class Crowd(Protocol):
    """What starts containers and looks on; see `measure.density.Density`."""

    def steps(
        self, stack: Stack, settings: DensitySettings
    ) -> Iterator[DensityReading | FirstReading]:
        """What the first container takes, and a reading after it and after the last."""
        ...


class DensityProbe:
    """See `driver.Probe`."""

    def __init__(self, crowd: Crowd, settings: DensitySettings) -> None:
        self._crowd = crowd
        self._settings = settings

    def measure(self, visit: Visit) -> list[str]:
        """So many containers, none of which is asked anything but its health."""
        for reading in self._crowd.steps(visit.stack, self._settings):
            whose = (visit.generation, visit.position, visit.stack.name)
            if isinstance(reading, FirstReading):
                visit.emit(FirstContainer(*whose, **msgspec.structs.asdict(reading)))
            else:
                visit.say(f"{visit.stack.name}: {reading.containers} containers")
                visit.emit(DensityStep(*whose, **msgspec.structs.asdict(reading)))
        return []
