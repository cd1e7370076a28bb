"""Cold starts: one a stack and generation."""

from typing import Protocol

import msgspec

from stackgap.measure.cold_start import ColdStartReading
from stackgap.measure.gates import wrong_faults
from stackgap.probe_records import ColdStart, ColdStartSettings
from stackgap.run.probes.driver import Visit
from stackgap.stacks import Stack


class ColdStarter(Protocol):
    """What starts servers and looks on; see `measure.cold_start.ColdStarts`."""

    def measure(self, stack: Stack, settings: ColdStartSettings) -> ColdStartReading:
        """One start."""
        ...


class ColdStartProbe:
    """See `driver.Probe`."""

    def __init__(self, starter: ColdStarter, settings: ColdStartSettings) -> None:
        self._starter = starter
        self._settings = settings

    def measure(self, visit: Visit) -> list[str]:
        """One start; its answers must be right."""
        reading = self._starter.measure(visit.stack, self._settings)
        visit.emit(
            ColdStart(
                visit.generation,
                visit.position,
                visit.stack.name,
                **msgspec.structs.asdict(reading),
            )
        )
        return wrong_faults(visit.stack.name, reading.checked_answers, reading.wrong_answers)
