"""What is read off Docker's own figures, and how containers are made: without an engine."""

import gc
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

from stackgap.docker_labels import OWN
from stackgap.measure import containers
from stackgap.measure.engine import EngineError

CPU = {"cpu_usage": {"total_usage": 7}, "throttling_data": {"throttled_time": 5}}
VERSION_1 = {
    "total_inactive_file": 30,
    "inactive_file": 1,
    "total_rss": 40,
    "rss": 2,
    "total_cache": 50,
    "cache": 3,
}
VERSION_2 = {"inactive_file": 30, "anon": 40, "file": 50}


def frame(usage: int, detail: dict[str, int]) -> dict[str, Any]:
    return {"memory_stats": {"usage": usage, "stats": detail}, "cpu_stats": CPU}


@pytest.mark.parametrize("detail", [VERSION_1, VERSION_2], ids=["cgroup v1", "cgroup v2"])
def test_memory_is_what_docker_stats_shows_without_files_not_used_lately(
    detail: dict[str, int],
) -> None:
    reading = containers.reading_of(frame(100, detail))
    assert reading.shown_bytes == 70
    assert (reading.anonymous_bytes, reading.file_bytes) == (40, 50)
    assert (reading.cpu_ns, reading.throttled_ns) == (7, 5)


def test_more_inactive_files_than_is_held_are_not_taken_off() -> None:
    assert containers.reading_of(frame(20, VERSION_2)).shown_bytes == 20


def test_cpu_is_a_part_of_one_core_however_many_there_are() -> None:
    def counters(used: int, passed: int) -> dict[str, Any]:
        return {
            "cpu_usage": {"total_usage": used},
            "system_cpu_usage": passed,
            "online_cpus": 4,
        }

    own = {"cpu_stats": counters(350, 5000), "precpu_stats": counters(100, 1000)}
    assert containers.cpu_share(own) == pytest.approx(250 / 4000 * 4)


def test_a_container_is_labelled_limited_and_not_asked_for_its_health(tmp_path: Path) -> None:
    made = containers.arguments(core=3, memory_bytes=2**29, cpus=0.25, log=tmp_path)
    assert made["labels"] == OWN
    assert made["cpuset_cpus"] == "3"
    assert made["mem_limit"] == made["memswap_limit"] == 2**29
    assert made["nano_cpus"] == 250_000_000
    assert made["healthcheck"] == {"test": ["NONE"]}
    assert made["volumes"] == {str(tmp_path): {"bind": "/log", "mode": "rw"}}


def test_a_container_runs_as_this_user_but_never_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1234)
    monkeypatch.setattr(os, "getgid", lambda: 99)
    assert containers.arguments(core=0, memory_bytes=1, cpus=None, log=None)["user"] == "1234:99"
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert containers.arguments(core=0, memory_bytes=1, cpus=None, log=None)["user"] is None


def test_no_engine_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with warnings.catch_warnings():
        # The library does not close a socket that was not connected.
        warnings.simplefilter("ignore", ResourceWarning)
        with (
            pytest.raises(
                EngineError, match=r"no Docker engine answers .*: start one, or name one"
            ),
            containers.connected(),
        ):
            pass
        gc.collect()
