"""The ladder of imports, in a real process."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stackgap.measure.cores import choose
from stackgap.measure.engine import EngineError
from stackgap.measure.guardian import guarded
from stackgap.measure.imports import LADDER, ImportOrder, read_ladder
from tests.processes import group

MIB = 2**20
HOLD_MIB = 30
HOLDING = ImportOrder("hold", f"held = b'x' * ({HOLD_MIB} << 20)")
BARE = LADDER[0]


@pytest.fixture
def process_group(tmp_path: Path) -> Iterator[int]:
    with guarded(tmp_path / "guarded") as process_group:
        yield process_group


def test_a_step_shows_the_memory_it_adds_and_no_other_does(process_group: int) -> None:
    idle = ImportOrder("idle", "pass")
    ladder = (BARE, HOLDING, idle)
    bare, holding, after = read_ladder("ephemeris", choose().server, process_group, ladder)
    assert holding.anonymous_bytes - bare.anonymous_bytes == pytest.approx(HOLD_MIB * MIB, abs=MIB)
    assert after.anonymous_bytes == pytest.approx(holding.anonymous_bytes, abs=MIB)
    assert [own.step for own in (bare, holding, after)] == ["bare interpreter", "hold", "idle"]


def test_the_ladder_of_a_service_can_be_climbed_whole(process_group: int) -> None:
    readings = read_ladder("ephemeris", choose().server, process_group)
    assert [own.step for own in readings] == [order.step for order in LADDER]
    sizes = {own.step: own.anonymous_bytes for own in readings}
    assert sizes["FastAPI, the application"] > sizes["uvicorn"] > sizes["bare interpreter"] > 0
    # The libraries of the heavier backends come last, and not with the application.
    assert sizes["Numba"] - sizes["NumPy"] > 10 * MIB
    assert all(own.file_bytes > 0 for own in readings)


def test_the_process_is_in_the_group_and_gone_afterwards(process_group: int) -> None:
    (guardian,) = group(process_group)
    told = ImportOrder("told", "assert __import__('os').getpgrp() == " + str(process_group))
    read_ladder("ephemeris", choose().server, process_group, (told,))
    assert group(process_group) == [guardian]


def test_it_runs_on_the_servers_core(process_group: int) -> None:
    core = choose().server
    told = ImportOrder("told", f"assert __import__('os').sched_getaffinity(0) == {{{core}}}")
    read_ladder("ephemeris", core, process_group, (told,))
    assert len(os.sched_getaffinity(0)) > 1


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("import no_such_library", "1: ModuleNotFoundError: No module named 'no_such_library'"),
        (f"__import__('os').kill(__import__('os').getpid(), {signal.SIGKILL:d})", "-9: "),
    ],
    ids=["missing library", "killed"],
)
def test_a_process_that_ends_is_told_with_the_step(
    process_group: int, statement: str, said: str
) -> None:
    ladder = (BARE, ImportOrder("broken", statement), BARE)
    with pytest.raises(EngineError) as failure:
        read_ladder("ephemeris", choose().server, process_group, ladder)
    assert str(failure.value).startswith(f"import ladder, broken: the process ended with {said}")
    assert psutil.Process(process_group).is_running()
