"""Servers and generator on cores of their own, or no measurement."""

import json
import os
import subprocess
import sys

import pytest

from stackgap.measure import cores
from stackgap.measure.cores import Cores, NoSpareCore, pinned_to


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
    with pytest.raises(NoSpareCore, match="may use core 3 only; measuring needs two"):
        cores.choose()


def test_without_pinning_two_cores_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert cores.choose() == Cores(server=None, generator=None)


def test_without_pinning_one_core_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(NoSpareCore, match="one core"):
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


def test_no_core_means_no_pinning() -> None:
    before = os.sched_getaffinity(0)
    with pinned_to(None):
        assert os.sched_getaffinity(0) == before
