"""Servers and generator on cores of their own, or no measurement."""

import json
import os
import subprocess
import sys

import pytest

from stackgap.measure import cores
from stackgap.measure.cores import CannotMeasure, Cores, pinned_to


def _allow(monkeypatch: pytest.MonkeyPatch, *allowed: int) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(allowed), raising=False)


def test_servers_get_the_last_core_and_the_generator_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _allow(monkeypatch, 5, 2, 3)
    assert cores.choose() == Cores(server=5, generator=2)


def test_one_core_is_refused_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _allow(monkeypatch, 3)
    with pytest.raises(CannotMeasure, match="may use core 3 only; measuring needs two"):
        cores.choose()


def test_the_generator_keeps_off_the_servers_physical_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _allow(monkeypatch, 0, 1, 2, 3)
    monkeypatch.setattr(cores, "siblings", lambda core: {core, core - 3})
    assert cores.choose() == Cores(server=3, generator=1)


def test_siblings_are_taken_where_there_is_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    _allow(monkeypatch, 4, 5)
    monkeypatch.setattr(cores, "siblings", lambda _core: {4, 5})
    assert cores.choose() == Cores(server=5, generator=4)


def test_a_core_is_its_own_sibling() -> None:
    core = max(os.sched_getaffinity(0))
    assert core in cores.siblings(core)


@pytest.mark.parametrize(
    ("listed", "expected"), [("3", {3}), ("0,4\n", {0, 4}), ("0-2,8-9", {0, 1, 2, 8, 9})]
)
def test_lists_of_cores_are_read_as_the_kernel_writes_them(listed: str, expected: set[int]) -> None:
    assert set(cores._listed(listed)) == expected


def test_measuring_is_refused_off_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CannotMeasure, match="needs Linux"):
        cores.choose()


def test_a_process_started_while_pinned_stays_on_that_core() -> None:
    before = os.sched_getaffinity(0)
    core = max(before)
    show = "import json, os; print(json.dumps(sorted(os.sched_getaffinity(0))))"
    with pinned_to(core):
        shown = subprocess.check_output([sys.executable, "-c", show])
    assert json.loads(shown) == [core]
    assert os.sched_getaffinity(0) == before


def test_pinning_is_undone_after_a_failure() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), pinned_to(max(before)):
        raise ZeroDivisionError
    assert os.sched_getaffinity(0) == before
