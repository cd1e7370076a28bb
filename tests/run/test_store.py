"""A run's directory: whole lines or nothing, one writer, and which run is the latest."""

import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stackgap import project, records
from stackgap.probe_records import ColdStartSettings, ProbePlan, ProbeStarted
from stackgap.records import GenerationEnded, GenerationStarted, RunEnded, RunStarted
from stackgap.run import runner, store
from stackgap.run.store import RecordFile, StoreError
from tests.run.pipeline import small_plan

HOLD_LOCK = """
import sys
from stackgap.run import store
with store.only_one():
    print("held", flush=True)
    sys.stdin.read()
"""


def _started(run_id: str = "run") -> RunStarted:
    return runner.started(small_plan(), run_id, {})


def _new(runs: Path) -> RecordFile:
    return store.create(runs, _started())


@contextmanager
def _room_for(size_bytes: int) -> Iterator[None]:
    """The kernel writes files up to `size_bytes` only, the last write cut short."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_records_are_appended_as_lines(tmp_path: Path) -> None:
    file = _new(tmp_path)
    file.append(GenerationStarted(0))
    file.close()
    kept = store.load(tmp_path / "run")
    assert [type(record) for record in kept] == [RunStarted, GenerationStarted]


@pytest.mark.parametrize("room_bytes", [0, 1, 20], ids="{} bytes".format)
def test_a_record_there_is_no_room_for_leaves_no_part_of_a_line(
    tmp_path: Path, room_bytes: int
) -> None:
    file = _new(tmp_path)
    before = file.path.read_bytes()
    with (
        _room_for(len(before) + room_bytes),
        pytest.raises(StoreError, match=r"the records before are safe.*--resume"),
    ):
        file.append(GenerationEnded(0, []))
    assert file.path.read_bytes() == before
    file.append(GenerationStarted(0))
    file.close()
    assert file.path.read_bytes() == before + records.encode(GenerationStarted(0))


def test_a_full_disk_is_told_with_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _new(tmp_path)
    before = file.path.read_bytes()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(StoreError, match="No space left") as told:
            file.append(GenerationStarted(0))
    assert str(told.value).startswith(f"{file.path}: ")
    file.close()
    assert file.path.read_bytes() == before


def test_a_device_that_is_always_full_fails_as_a_full_disk_does() -> None:
    file = RecordFile(Path("/dev/full"))
    with pytest.raises(StoreError, match="No space left on device"):
        file.append(GenerationStarted(0))


def test_a_run_is_never_written_over(tmp_path: Path) -> None:
    _new(tmp_path).close()
    with pytest.raises(StoreError, match="exists"):
        _new(tmp_path)


def _probe_started(run_id: str) -> ProbeStarted:
    plan = ProbePlan("lorenz", 10, ["axum-stock"], "axum-stock", 6, 1, ColdStartSettings())
    return ProbeStarted(records.SCHEMA, run_id, "now", plan, {})


def test_going_on_drops_a_line_that_was_cut_off(tmp_path: Path) -> None:
    file = _new(tmp_path)
    file.close()
    before = file.path.read_bytes()
    file.path.write_bytes(before + b'{"record":"genera')
    reopened, kept = store.reopen(tmp_path / "run")
    reopened.close()
    assert file.path.read_bytes() == before
    assert [type(record) for record in kept] == [RunStarted]


def test_a_run_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such run"):
        store.load(tmp_path / "run")


@pytest.mark.parametrize("content", [b"", records.encode(RunEnded("now"))])
def test_a_file_without_its_first_record_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / store.RECORDS).write_bytes(content)
    with pytest.raises(StoreError, match="does not begin with the start of a run"):
        store.reopen(tmp_path)


def test_the_latest_run_is_the_one_started_last(tmp_path: Path) -> None:
    for run_id in ("20260102-000000-b", "20251231-235959-c", "20260102-000001-a"):
        store.create(tmp_path, _started(run_id)).close()
    (tmp_path / "20270101-000000-no-records").mkdir()
    assert store.latest(tmp_path) == tmp_path / "20260102-000001-a"


def test_the_latest_run_is_no_probe_though_one_was_started_later(tmp_path: Path) -> None:
    store.create(tmp_path, _started("20260102-000000-a")).close()
    store.create(tmp_path, _probe_started("20260102-000001-b")).close()
    assert store.latest_run(tmp_path) == tmp_path / "20260102-000000-a"
    assert store.latest(tmp_path) == tmp_path / "20260102-000001-b"
    assert store.holds_probe(store.latest(tmp_path))
    assert not store.holds_probe(store.latest_run(tmp_path))


def test_neither_is_read_as_the_other(tmp_path: Path) -> None:
    store.create(tmp_path, _probe_started("probe")).close()
    _new(tmp_path).close()
    with pytest.raises(StoreError, match="of a probe, not of a run; `stackgap report` shows it"):
        store.load(tmp_path / "probe")
    with pytest.raises(ValueError, match=r"records\.jsonl, line 1: "):
        store.load_probe(tmp_path / "run")
    assert [type(record) for record in store.load_probe(tmp_path / "probe")] == [ProbeStarted]


def test_no_latest_run_is_told_with_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no run yet; `stackgap run` makes one"):
        store.latest(tmp_path)


def test_one_process_at_a_time_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK],
        cwd=project.ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="another run is measuring"), store.only_one():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with store.only_one():
            pass


def test_a_report_that_cannot_be_written_is_told_with_what_is_safe(tmp_path: Path) -> None:
    (tmp_path / store.TABLE).mkdir()
    with pytest.raises(StoreError, match="the records are safe") as told:
        store.write_report(tmp_path, "<html>", "|")
    assert str(told.value).startswith(f"{tmp_path / store.TABLE}: ")
    assert f"`stackgap report {tmp_path.name}` writes it again" in str(told.value)


def test_a_series_is_its_runs_by_n_whatever_else_is_there(tmp_path: Path) -> None:
    names = ("a-sizes-n100", "a-sizes-n20", "b-sizes-n10", "b-n5", "a-sizes-nx", "c-sizes")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / store.RECORDS).touch()
    assert [path.name for path in store.series(tmp_path, "a-sizes")] == [
        "a-sizes-n20",
        "a-sizes-n100",
    ]
    assert [path.name for path in store.series(tmp_path, None)] == ["b-sizes-n10"]
