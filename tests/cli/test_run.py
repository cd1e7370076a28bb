"""`stackgap run`: ended anywhere it leaves records and no process, and goes on."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from stackgap import records
from stackgap.records import GenerationEnded, RunEnded, RunStarted, Slice
from stackgap.run import store
from stackgap.stacks import stacks
from tests.cli.command import (
    UNDISTURBED,
    assert_all_end,
    assert_explained,
    descendants,
    invoked,
    stackgap,
    started,
    wait_until,
    with_room_for,
)

QUICK = ("--stack", "axum-stock", "--rates", "high", "--generations", "1", "--rounds", "1")
TWO_WORKERS = (
    *("--stack", "axum-stock", "--stack", "fastapi-stock-python-w2", "--rates", "high"),
    *("--generations", "2", "--rounds", "2"),
)
# No generator reaches its report sooner than this many slices into a run.
SLICES_BEFORE_KILL = 1


def _record_file(runs: Path) -> Path | None:
    return next(runs.glob(f"*/{store.RECORDS}"), None)


def _mid_slice(runs: Path, process: subprocess.Popen[str]) -> bool:
    """Whether slices are recorded already and another is under way."""
    path = _record_file(runs)
    if path is None or path.read_bytes().count(b'"record":"slice"') < SLICES_BEFORE_KILL:
        return False
    return "stackgap-load" in {_name(each) for each in descendants(process)}


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def _complete_lines(path: Path) -> bytes:
    content = path.read_bytes()
    return content[: content.rfind(b"\n") + 1]


def _good(folder: Path) -> int:
    ended = [record for record in store.load(folder) if isinstance(record, GenerationEnded)]
    return sum(not record.voided for record in ended)


def test_a_run_killed_in_a_slice_leaves_no_process_and_goes_on(tmp_path: Path) -> None:
    with started("run", *TWO_WORKERS, "--runs", str(tmp_path), command=UNDISTURBED) as process:
        wait_until(lambda: _mid_slice(tmp_path, process), process)
        processes = descendants(process)
        process.kill()
        assert_all_end(processes)
    # A guardian; Axum, its twin; uvicorn with two workers and what Python tracks them by.
    assert len(processes) >= 6
    path = _record_file(tmp_path)
    assert path is not None
    kept = _complete_lines(path)
    assert any(isinstance(record, Slice) for record in records.read(path))

    done = stackgap("run", "--resume", "--runs", str(tmp_path), command=UNDISTURBED)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes().startswith(kept)
    assert _good(path.parent) == 2
    assert isinstance(records.read(path)[-1], RunEnded)
    assert "axum-stock" in (path.parent / store.REPORT).read_text()
    assert list(tmp_path.glob("*/")) == [path.parent]


def _interrupted(runs: Path, ending: signal.Signals) -> Path:
    """The record file of a run that was ended by a signal in mid-slice."""
    with started("run", *QUICK, "--runs", str(runs), command=UNDISTURBED) as process:
        wait_until(lambda: _mid_slice(runs, process), process)
        processes = descendants(process)
        process.send_signal(ending)
        output, _ = process.communicate()
        assert process.returncode == 130, output
        assert_all_end(processes)
    path = _record_file(runs)
    assert path is not None
    assert f"`stackgap run --resume --run-id {path.parent.name}` goes on" in output
    assert "Traceback" not in output
    assert (path.parent / store.REPORT).exists()
    return path


def test_an_interrupted_run_goes_on_as_it_says(tmp_path: Path) -> None:
    path = _interrupted(tmp_path, signal.SIGINT)
    kept = _complete_lines(path)
    again = ("run", "--resume", "--run-id", path.parent.name, "--runs", str(tmp_path))
    done = stackgap(*again, command=UNDISTURBED)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes().startswith(kept)
    assert _good(path.parent) == 1


def test_a_terminated_run_ends_as_an_interrupted_one(tmp_path: Path) -> None:
    path = _interrupted(tmp_path, signal.SIGTERM)
    assert _complete_lines(path) == path.read_bytes()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that came to its end; not to be changed."""
    runs = tmp_path_factory.mktemp("runs")
    done = stackgap("run", *QUICK, "--seed", "7", "--runs", str(runs), command=UNDISTURBED)
    assert done.returncode == 0, done.stderr
    path = _record_file(runs)
    assert path is not None
    return path.parent


def test_a_run_keeps_records_report_and_where_it_was_measured(finished: Path) -> None:
    kept = store.load(finished)
    first = kept[0]
    assert isinstance(first, RunStarted)
    assert first.plan.seed == 7
    assert first.run_id == finished.name
    assert {"cpu", "kernel", "governor", "python", "rust", "git", "cores"} <= set(first.provenance)
    assert isinstance(kept[-1], RunEnded)
    assert {path.name for path in finished.iterdir()} == {
        store.RECORDS,
        store.REPORT,
        store.TABLE,
    }


def test_a_finished_run_is_shown_again_from_its_records_alone(
    finished: Path, tmp_path: Path
) -> None:
    copy = tmp_path / finished.name
    copy.mkdir()
    (copy / store.RECORDS).write_bytes((finished / store.RECORDS).read_bytes())
    done = invoked("report", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for name in (store.REPORT, store.TABLE):
        assert (copy / name).read_text() == (finished / name).read_text()


def test_a_finished_run_has_nothing_to_go_on_with(finished: Path) -> None:
    before = (finished / store.RECORDS).read_bytes()
    done = invoked("run", "--resume", "--runs", str(finished.parent))
    assert done.returncode == 0, done.stderr
    assert (finished / store.RECORDS).read_bytes() == before


def test_damaged_records_are_told_by_file_and_line(finished: Path, tmp_path: Path) -> None:
    lines = (finished / store.RECORDS).read_bytes().splitlines(keepends=True)
    path = tmp_path / "run" / store.RECORDS
    path.parent.mkdir()
    path.write_bytes(b"".join([*lines[:3], lines[3][: len(lines[3]) // 2] + b"\n", *lines[4:]]))
    done = invoked("run", "--resume", "--runs", str(tmp_path))
    assert_explained(done, code=2)
    assert f"{path}, line 4: " in done.stderr


def test_a_run_started_with_other_rust_is_not_gone_on_with(finished: Path, tmp_path: Path) -> None:
    lines = (finished / store.RECORDS).read_bytes().splitlines(keepends=True)
    path = tmp_path / "run" / store.RECORDS
    path.parent.mkdir()
    path.write_bytes(b"".join(lines[:2]))
    done = invoked("run", "--resume", "--runs", str(tmp_path), RUSTFLAGS="-C opt-level=1")
    assert_explained(done, code=1)
    assert "under other conditions (rust)" in done.stderr
    assert "start a new run" in done.stderr
    assert path.read_bytes() == b"".join(lines[:2])


def test_a_stale_build_is_not_measured(tmp_path: Path) -> None:
    done = invoked("run", *QUICK, "--runs", str(tmp_path), RUSTFLAGS="-C opt-level=1")
    assert_explained(done, code=1)
    assert "run `make build`" in done.stderr
    path = _record_file(tmp_path)
    assert path is None or not any(isinstance(each, Slice) for each in records.read(path))


def test_a_full_disk_is_told_and_keeps_what_was_measured(tmp_path: Path) -> None:
    many = ("--rounds", "50", "--runs", str(tmp_path))
    done = with_room_for(6_000, "run", *QUICK, *many, command=UNDISTURBED)
    assert_explained(done, code=1)
    assert "the records before are safe. Make room and go on" in done.stderr
    path = _record_file(tmp_path)
    assert path is not None
    assert path.read_bytes().endswith(b"\n")
    assert records.read(path)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--stack", "actix"), 2, f"no stack 'actix'; known: {', '.join(stacks())}"),
        (("--n", "100001"), 2, "up to n = 100000, not 100001"),
        (("--equation", "tides"), 2, "no rates are declared for equation 'tides'"),
        (("--stack", "fastapi-quickstart"), 1, "the reference 'axum-stock' must be among"),
        (("--stack", "axum-stock", "--stack", "axum-stock"), 1, "'axum-stock' is named twice"),
        (("--resume",), 1, "no run yet; `stackgap run` makes one"),
        (("--resume", "--run-id", "nothing"), 1, "no such run"),
        (("--resume", "--n", "10"), 2, "leave out --n"),
        (("--full", "--rates", "low"), 2, "leave out --rates"),
        (("--run-id", "nothing"), 2, "it needs --resume"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_run_is_told(
    tmp_path: Path, arguments: Sequence[str], code: int, message: str
) -> None:
    done = invoked("run", *arguments, "--runs", str(tmp_path))
    assert_explained(done, code)
    assert message in done.stderr
    assert _record_file(tmp_path) is None


@pytest.mark.parametrize(
    "arguments", [("--generations", "0"), ("--rounds", "-1"), ("--rates", "fast"), ("--n", "ten")]
)
def test_a_value_that_cannot_be_is_a_misuse(arguments: tuple[str, str]) -> None:
    done = invoked("run", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_two_runs_do_not_measure_each_other(tmp_path: Path) -> None:
    with store.only_one():
        done = invoked("run", *QUICK, "--runs", str(tmp_path))
    assert_explained(done, code=1)
    assert "another run is measuring" in done.stderr


def test_without_rust_on_the_path_what_to_do_is_told(tmp_path: Path) -> None:
    done = stackgap("run", *QUICK, "--runs", str(tmp_path), PATH="/nowhere")
    assert_explained(done, code=1)
    assert "put Rust on the PATH" in done.stderr
