"""Probes measured without a server, and what they leave."""

from collections.abc import Sequence
from pathlib import Path

from stackgap.probe_records import AnyProbeRecord, Settings
from stackgap.run import store
from stackgap.run.probes import driver
from stackgap.run.probes.driver import Probe
from stackgap.run.probes.plan import make_plan
from stackgap.stacks import stacks
from tests.run.pipeline import AXUM, FASTAPI, Quiet


def measured(
    runs: Path,
    probe: Probe,
    settings: Settings,
    *,
    generations: int = 2,
    names: Sequence[str] = (FASTAPI, AXUM),
    observer: Quiet | None = None,
) -> list[AnyProbeRecord]:
    """The records of a new probe, as they are read from its file."""
    plan = make_plan(names, settings, equation="ephemeris", n=100, generations=generations, seed=1)
    file = store.create(runs, driver.started(plan, "probe", {}))
    try:
        driver.run(probe, plan, stacks(), file, observer or Quiet())
    finally:
        file.close()
    return store.load_probe(runs / "probe")
