"""Light loads, late generators, and what voids a generation."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from stackgap.analyse import collateral
from stackgap.analyse.probes import sort_out
from stackgap.measure.collateral import LightReading
from stackgap.measure.engine import Resident
from stackgap.probe_records import AnyProbeRecord, CollateralSettings, LightLoad
from stackgap.records import GenerationEnded
from stackgap.run.probes.collateral import CollateralProbe
from stackgap.run.probes.plan import collateral_settings
from tests.run.pipeline import AXUM, FASTAPI, fake_engine
from tests.run.probes.records import measured

Fault = Mapping[str, object]

SETTINGS = CollateralSettings(heavy_hz=5)
LATE: Fault = {"lateness_p99_ns": 3_000_000}
BESIDE_MS = {AXUM: 2, FASTAPI: 40}


class Loads:
    """Requests take 1 ms alone, and beside the heavy load as BESIDE_MS says; the load of an
    ordinal number in `faults` has those fields instead."""

    def __init__(self, faults: Mapping[int, Fault] | None = None) -> None:
        self._faults = faults or {}
        self.made = 0

    def measure(
        self, resident: Resident, settings: CollateralSettings, *, heavy: bool, seed: int
    ) -> LightReading:
        latency_ms = BESIDE_MS[resident.stack.name] if heavy else 1
        reading = LightReading(
            scheduled=400,
            answered=400,
            failed={},
            latency_ns_histogram=((latency_ms * 1_000_000, 400),),
            lateness_p99_ns=1000,
            others_share=0.02,
            heavy_answered=20 if heavy else 0,
            checked_answers=4,
            wrong_answers=0,
        )
        number = self.made
        self.made += 1
        return msgspec.structs.replace(reading, **self._faults.get(number, {}))


def _probe(runs: Path, loads: Loads) -> list[AnyProbeRecord]:
    probe = CollateralProbe(fake_engine(), loads, SETTINGS)
    return measured(runs, probe, SETTINGS, generations=1)


def _loads(records: list[AnyProbeRecord]) -> list[LightLoad]:
    return [record for record in records if isinstance(record, LightLoad)]


def _voids(records: list[AnyProbeRecord]) -> list[list[str]]:
    return [record.voided for record in records if isinstance(record, GenerationEnded)]


def test_each_server_is_asked_alone_and_beside_the_heavy_load(tmp_path: Path) -> None:
    records = _probe(tmp_path, Loads())
    seen = sorted((own.stack, own.heavy) for own in _loads(records))
    assert seen == [(AXUM, False), (AXUM, True), (FASTAPI, False), (FASTAPI, True)]
    for own in collateral.summaries(sort_out(records)):
        assert own.p99.alone_ms.estimate == 1
        assert own.p99.beside_ms.estimate == BESIDE_MS[own.stack]
        assert own.p99.difference_ms.estimate == BESIDE_MS[own.stack] - 1
        assert own.p99.ratio.estimate == pytest.approx(BESIDE_MS[own.stack])
        assert own.heavy_answered == 20


@pytest.mark.parametrize("disturbance", [LATE, {"others_share": 0.2}], ids=["late", "crowded"])
def test_a_load_that_was_disturbed_is_made_again_and_not_used(
    tmp_path: Path, disturbance: Fault
) -> None:
    slow: Fault = {**disturbance, "latency_ns_histogram": ((900_000_000, 400),)}
    records = _probe(tmp_path, Loads({0: slow, 1: slow}))
    assert [bool(own.voided) for own in _loads(records)] == [True, True, *[False] * 4]
    assert _voids(records) == [[]]
    p99 = [own.p99.alone_ms.estimate for own in collateral.summaries(sort_out(records))]
    assert p99 == [1, 1]


def test_a_generator_that_stays_late_voids_the_generation(tmp_path: Path) -> None:
    records = _probe(tmp_path, Loads(dict.fromkeys(range(5), LATE)))
    (reason,), *rest = _voids(records)
    assert reason.endswith("sends p99 3.0 ms late")
    assert rest == [[]]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"failed": {"GET /health: reset": 1}}, "1 requests failed: GET /health: reset"),
        ({"wrong_answers": 2}, "2 of 4 answers are wrong"),
        ({"checked_answers": 0}, "no answer was checked"),
    ],
)
def test_failing_or_wrong_answers_void_the_generation(
    tmp_path: Path, fault: Fault, reason: str
) -> None:
    (first,), *rest = _voids(_probe(tmp_path, Loads({1: fault})))
    assert first.endswith(reason)
    assert rest == [[]]


def test_a_heavy_load_without_an_answer_is_none(tmp_path: Path) -> None:
    nothing: Fault = {"heavy_answered": 0}
    first, *rest = _voids(_probe(tmp_path, Loads(dict.fromkeys(range(4), nothing))))
    assert len(first) == 2
    assert all(reason.endswith("the heavy load had no answer") for reason in first)
    assert rest == [[]]


def test_no_server_is_left_running(tmp_path: Path) -> None:
    engine = fake_engine()
    measured(tmp_path, CollateralProbe(engine, Loads(), SETTINGS), SETTINGS)
    assert not engine.running


def test_the_heavy_load_has_its_declared_low_rate() -> None:
    assert collateral_settings("ephemeris", 10_000).heavy_hz == 5
