"""The light load of each stack, alone and beside the heavy one, in random order."""

from typing import Protocol

import msgspec

from stackgap.measure.collateral import LightReading
from stackgap.measure.engine import Engine, Resident
from stackgap.measure.gates import answer_faults, lateness_voids
from stackgap.probe_records import CollateralSettings, LightLoad
from stackgap.run.probes.driver import Visit, served

_ATTEMPTS = 5


class LightLoads(Protocol):
    """What puts both loads on a server; see `measure.collateral.Collateral`."""

    def measure(
        self, resident: Resident, settings: CollateralSettings, *, heavy: bool, seed: int
    ) -> LightReading:
        """One light load."""
        ...


class CollateralProbe:
    """See `driver.Probe`."""

    def __init__(self, engine: Engine, loads: LightLoads, settings: CollateralSettings) -> None:
        self._engine = engine
        self._loads = loads
        self._settings = settings

    def measure(self, visit: Visit) -> list[str]:
        """Both loads on one server; one whose generator was late is made again."""
        with served(self._engine, visit.stack) as (resident, at_first):
            faults = list(at_first)
            for heavy in visit.random.sample([False, True], 2):
                visit.say(f"{visit.stack.name}, {'with' if heavy else 'without'} the heavy load")
                faults += self._in_time(visit, resident, heavy)
        return faults

    def _in_time(self, visit: Visit, resident: Resident, heavy: bool) -> list[str]:
        late: list[str] = []
        for _ in range(_ATTEMPTS):
            seed = visit.random.getrandbits(32)
            reading = self._loads.measure(resident, self._settings, heavy=heavy, seed=seed)
            late = lateness_voids(visit.stack.name, reading.lateness_p99_ns)
            visit.emit(_record(visit, heavy, reading, late))
            if faults := _faults(visit.stack.name, heavy, reading):
                return faults
            if not late:
                return []
        return late


def _faults(stack: str, heavy: bool, reading: LightReading) -> list[str]:
    faults = answer_faults(
        stack, reading.failed, checked=reading.checked_answers, wrong=reading.wrong_answers
    )
    if heavy and not reading.heavy_answered:
        faults.append(f"{stack}: the heavy load had no answer")
    return faults


def _record(visit: Visit, heavy: bool, reading: LightReading, late: list[str]) -> LightLoad:
    return LightLoad(
        generation=visit.generation,
        position=visit.position,
        stack=visit.stack.name,
        heavy=heavy,
        voided=late,
        **msgspec.structs.asdict(reading),
    )
