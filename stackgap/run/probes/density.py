"""Idle containers: several of each stack in a generation."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from stackgap.measure.density import DensityReading
from stackgap.probe_records import DensitySettings, DensityStep
from stackgap.run.probes.driver import Visit
from stackgap.stacks import Stack


class Crowd(Protocol):
    """What starts containers and looks on; see `measure.density.Density`."""

    def steps(self, stack: Stack, settings: DensitySettings) -> Iterator[DensityReading]:
        """A reading after each container."""
        ...


class DensityProbe:
    """See `driver.Probe`."""

    def __init__(self, crowd: Crowd, settings: DensitySettings) -> None:
        self._crowd = crowd
        self._settings = settings

    def measure(self, visit: Visit) -> list[str]:
        """So many containers, none of which is asked anything but its health."""
        for reading in self._crowd.steps(visit.stack, self._settings):
            visit.say(f"{visit.stack.name}: {reading.containers} containers")
            visit.emit(
                DensityStep(
                    visit.generation,
                    visit.position,
                    visit.stack.name,
                    **msgspec.structs.asdict(reading),
                )
            )
        return []
