"""A light load on a server, with a heavy one beside it or without."""

import json
from contextlib import ExitStack

import msgspec

from stackgap.measure import load
from stackgap.measure.cores import pinned_to
from stackgap.measure.engine import Load, Resident, ServerDied, connections_at
from stackgap.measure.neighbours import account, others_share
from stackgap.measure.process import ProcessEngine
from stackgap.probe_records import CollateralSettings
from stackgap.records import Histogram

_PATH = "/health"
LIGHT_CONNECTIONS = 8
# The most that wait at once: long requests at a low rate do not queue for a connection.
HEAVY_CONNECTIONS = 8
# By how much the heavy load outlasts the light one, which takes some time to start.
_LONGER_S = 0.3


class LightReading(msgspec.Struct, frozen=True):
    """What the light load showed; see `probe_records.LightLoad` for the meaning of each field."""

    scheduled: int
    answered: int
    failed: dict[str, int]
    latency_ns_histogram: Histogram
    lateness_p99_ns: int
    others_share: float
    heavy_answered: int
    checked_answers: int
    wrong_answers: int


class Collateral:
    """Puts two generators on the generator's core: one that spins, and one that blocks."""

    def __init__(self, engine: ProcessEngine) -> None:
        self._engine = engine

    def measure(
        self, resident: Resident, settings: CollateralSettings, *, heavy: bool, seed: int
    ) -> LightReading:
        """One light load; `failed` and the answers checked are of both.

        Raises ServerDied where the server dies, and EngineError where a generator cannot work.
        """
        engine = self._engine
        with (
            engine.blamed_on(resident),
            # Or this process might be one of the others on the servers' core.
            pinned_to(engine.cores.generator),
            ExitStack() as stack,
        ):
            before = account(engine.cores.server, resident)
            heavy_process = None
            if heavy:
                order = self._heavy_order(resident, settings, seed)
                heavy_process = stack.enter_context(load.start(order, engine.process_group))
            light = load.run(self._light_order(resident, settings, seed), engine.process_group)
            beside = load.finish(heavy_process) if heavy_process else None
            if light.watch_lost:
                raise ServerDied(f"{resident.stack.name}: processes {light.watch_lost} died")
            others = others_share(before, account(engine.cores.server, resident))
        return self._reading(resident, light, beside, others)

    def _reading(
        self, resident: Resident, light: load.Burst, heavy: load.Burst | None, others: float
    ) -> LightReading:
        failed = {f"GET /health: {kind}": count for kind, count in light.failed.items()}
        checked, wrong = len(light.samples), sum(not _healthy(each) for each in light.samples)
        if heavy is not None:
            failed |= heavy.failed
            checked += len(heavy.samples)
            wrong += self._engine.wrong_answers(resident, heavy)
        return LightReading(
            scheduled=light.scheduled,
            answered=light.ok,
            failed=failed,
            latency_ns_histogram=light.latency_ns_histogram,
            lateness_p99_ns=light.lateness_p99_ns,
            others_share=others,
            heavy_answered=heavy.ok if heavy else 0,
            checked_answers=checked,
            wrong_answers=wrong,
        )

    def _heavy_order(
        self, resident: Resident, settings: CollateralSettings, seed: int
    ) -> load.BurstOrder:
        window_s = settings.lead_s + settings.window_s + _LONGER_S
        connections = connections_at(settings.heavy_hz, HEAVY_CONNECTIONS)
        asked = Load(settings.heavy_hz, 0.0, window_s, connections, seed)
        # It must leave the core to the other one, which is the one that is timed.
        return msgspec.structs.replace(self._engine.order(resident, asked), mode="block")

    def _light_order(
        self, resident: Resident, settings: CollateralSettings, seed: int
    ) -> load.BurstOrder:
        asked = Load(settings.light_hz, settings.lead_s, settings.window_s, LIGHT_CONNECTIONS, seed)
        order = self._engine.order(resident, asked)
        return msgspec.structs.replace(order, method="GET", path=_PATH, bodies=[], mode="spin")


def _healthy(sample: load.Sample) -> bool:
    try:
        answer = json.loads(sample.content)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("status") == "ok"
