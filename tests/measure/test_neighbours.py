"""What others take of the servers' core."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from stackgap import build
from stackgap.measure.cores import choose, pinned_to
from stackgap.measure.engine import Load
from stackgap.measure.neighbours import CoreAccount, WatchedSlices, others_share
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.stacks import find

BEFORE = CoreAccount(at_ns=1000, idle_ns=500, server_ns=50)


@pytest.mark.parametrize(
    ("after", "share"),
    [
        (CoreAccount(at_ns=2000, idle_ns=800, server_ns=650), 0.1),
        (CoreAccount(at_ns=2000, idle_ns=1500, server_ns=50), 0.0),
        # Idle time is counted coarsely.
        (CoreAccount(at_ns=2000, idle_ns=1100, server_ns=500), 0.0),
        (CoreAccount(at_ns=2000, idle_ns=500, server_ns=50), 1.0),
    ],
)
def test_others_have_what_is_neither_idle_nor_the_servers(after: CoreAccount, share: float) -> None:
    assert others_share(BEFORE, after) == pytest.approx(share)


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    with process_engine(Workload("ephemeris", 10), choose(), build.source_hash()) as started:
        yield started


def test_a_neighbour_that_never_rests_is_seen(engine: ProcessEngine) -> None:
    resident = engine.start(find("axum-stock"), 0)
    with pinned_to(engine.cores.server):
        neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        reading, share = WatchedSlices(engine).slice(resident, Load(100, 0.05, 0.5, 4, seed=1))
    finally:
        neighbour.kill()
        neighbour.wait()
        engine.stop([resident])
    assert reading.ok == reading.scheduled
    assert share > 0.5
