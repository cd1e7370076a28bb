"""An engine whose servers keep up with a known rate."""

from collections.abc import Container, Mapping

import msgspec

from stackgap.measure.engine import Load, Resident, SliceReading
from stackgap.measure.fake import FakeEngine


class Limited(FakeEngine):
    """A server answers up to `limit_hz[name]`, each request in 1 ms; from half of that on in 9 ms.

    In a closed loop it reaches its limit. The slice of an ordinal number in `faults` has those
    fields instead; the generator sends no more than
    `generator_hz`, and is late above.
    """

    def __init__(
        self,
        limit_hz: Mapping[str, float],
        *,
        faults: Mapping[int, Mapping[str, object]] | None = None,
        generator_hz: float = 1e9,
    ) -> None:
        super().__init__(dict.fromkeys(limit_hz, 1.0))
        self._limit_hz = limit_hz
        self._faults = faults or {}
        self._generator_hz = generator_hz
        self.slices = 0

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        reading = super().slice(resident, load)
        limit_hz = self._limit_hz[resident.stack.name]
        asked_hz = limit_hz if load.closed else load.rate_hz
        answered = int(min(asked_hz, limit_hz, self._generator_hz) * load.window_s)
        latency_ms = 1 if asked_hz < limit_hz / 2 else 9
        late = not load.closed and load.rate_hz > self._generator_hz
        number = self.slices
        self.slices += 1
        reading = msgspec.structs.replace(
            reading,
            window_ok=answered,
            ok=answered,
            scheduled=int(asked_hz * load.window_s),
            latency_ns_histogram=((latency_ms * 1_000_000, max(answered, 1)),),
            lateness_p99_ns=5_000_000 if late else 1000,
        )
        return msgspec.structs.replace(reading, **self._faults.get(number, {}))


class Watched:
    """An engine's slices, of which others take half the core at those of a number in `crowded`."""

    def __init__(self, engine: Limited, crowded: Container[int] = ()) -> None:
        self._engine = engine
        self._crowded = crowded

    def slice(self, resident: Resident, load: Load) -> tuple[SliceReading, float]:
        others_share = 0.5 if self._engine.slices in self._crowded else 0.01
        return self._engine.slice(resident, load), others_share
