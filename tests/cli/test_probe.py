"""`stackgap probe`: what it measures is kept, shown, and shown again."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stackgap.probe_records import ColdStart, LightLoad, ProbeStarted, Trial, kind
from stackgap.records import RunEnded
from stackgap.run import store
from stackgap.stacks import stacks
from tests.cli.command import (
    assert_all_end,
    assert_explained,
    descendants,
    invoked,
    stackgap,
    started,
    wait_until,
    with_room_for,
)

SHORT = (sys.executable, "-m", "tests.cli.short_probes")
QUICK = ("--stack", "axum-stock", "--n", "100", "--generations", "1", "--seed", "7")
OBSERVED = {"cold-start": ColdStart, "collateral": LightLoad, "capacity": Trial}
EVERY = pytest.mark.parametrize("verb", OBSERVED)


def _record_file(runs: Path) -> Path | None:
    return next(runs.glob(f"*/{store.RECORDS}"), None)


def _observed(runs: Path, verb: str) -> bool:
    path = _record_file(runs)
    tag = OBSERVED[verb].__struct_config__.tag
    return path is not None and f'"record":"{tag}"'.encode() in path.read_bytes()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of probes that came to their ends; not to be changed."""
    folders = {}
    for verb in OBSERVED:
        runs = tmp_path_factory.mktemp(verb)
        done = stackgap("probe", verb, *QUICK, "--runs", str(runs), command=SHORT)
        assert done.returncode == 0, done.stderr
        assert "axum-stock" in done.stdout
        path = _record_file(runs)
        assert path is not None
        folders[verb] = path.parent
    return folders


@EVERY
def test_a_probe_keeps_its_records_and_where_it_was_measured(
    finished: dict[str, Path], verb: str
) -> None:
    folder = finished[verb]
    kept = store.load_probe(folder)
    first = kept[0]
    assert isinstance(first, ProbeStarted)
    assert first.run_id == folder.name
    assert kind(first.plan.settings) == verb
    assert (first.plan.seed, first.plan.stacks) == (7, ["axum-stock"])
    assert {"cpu", "kernel", "python", "rust", "git", "cores", "stacks"} <= set(first.provenance)
    assert any(isinstance(record, OBSERVED[verb]) for record in kept)
    assert isinstance(kept[-1], RunEnded)
    assert {path.name for path in folder.iterdir()} == {store.RECORDS, store.TABLE}


@EVERY
def test_a_probe_is_shown_again_from_its_records_alone(
    finished: dict[str, Path], verb: str, tmp_path: Path
) -> None:
    folder = finished[verb]
    copy = tmp_path / folder.name
    copy.mkdir()
    (copy / store.RECORDS).write_bytes((folder / store.RECORDS).read_bytes())
    done = invoked("report", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "axum-stock" in done.stdout
    table = (folder / store.TABLE).read_text()
    assert (copy / store.TABLE).read_text() == table
    assert invoked("report", "--format", "markdown", "--runs", str(tmp_path)).stdout == table


def test_a_probe_is_no_run_to_go_on_with(finished: dict[str, Path]) -> None:
    folder = finished["cold-start"]
    latest = invoked("run", "--resume", "--runs", str(folder.parent))
    assert_explained(latest, code=1)
    assert "no run yet" in latest.stderr
    named = invoked("run", "--resume", "--run-id", folder.name, "--runs", str(folder.parent))
    assert_explained(named, code=1)
    assert "of a probe, not of a run; `stackgap report` shows it" in named.stderr


@EVERY
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_probe_keeps_what_was_measured(
    tmp_path: Path, verb: str, ending: signal.Signals
) -> None:
    many = ("--generations", "50", "--runs", str(tmp_path))
    with started("probe", verb, *QUICK, *many, command=SHORT) as process:
        wait_until(lambda: _observed(tmp_path, verb), process)
        processes = descendants(process)
        process.send_signal(ending)
        output, _ = process.communicate()
        assert process.returncode == 130, output
        assert_all_end(processes)
    path = _record_file(tmp_path)
    assert path is not None
    assert f"`stackgap report {path.parent.name}` shows it" in output
    assert "Traceback" not in output
    kept = store.load_probe(path.parent)
    assert any(isinstance(record, OBSERVED[verb]) for record in kept)
    assert "did not come to its end" in (path.parent / store.TABLE).read_text()


def test_a_full_disk_is_told_and_keeps_what_was_measured(tmp_path: Path) -> None:
    many = ("--generations", "50", "--runs", str(tmp_path))
    done = with_room_for(9_000, "probe", "cold-start", *QUICK, *many, command=SHORT)
    assert_explained(done, code=1)
    assert "the records before are safe. Make room and start again" in done.stderr
    path = _record_file(tmp_path)
    assert path is not None
    assert path.read_bytes().endswith(b"\n")
    assert store.load_probe(path.parent)


@EVERY
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--stack", "actix"), 2, f"no stack 'actix'; known: {', '.join(stacks())}"),
        (("--equation", "tides"), 2, "'tides'"),
        (("--n", "100001"), 2, "100001"),
        (("--stack", "axum-stock", "--stack", "axum-stock"), 1, "'axum-stock' is named twice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_probed_is_told(
    tmp_path: Path, verb: str, arguments: Sequence[str], code: int, message: str
) -> None:
    done = invoked("probe", verb, *arguments, "--runs", str(tmp_path))
    assert_explained(done, code)
    assert message in done.stderr
    assert _record_file(tmp_path) is None


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("cold-start", ("--generations", "0")),
        ("collateral", ("--n", "ten")),
        ("capacity", ("--p99-ms", "0")),
    ],
)
def test_a_value_that_cannot_be_is_a_misuse(verb: str, arguments: tuple[str, str]) -> None:
    done = invoked("probe", verb, *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


@EVERY
def test_a_probe_measures_no_other_run(tmp_path: Path, verb: str) -> None:
    with store.only_one():
        done = invoked("probe", verb, *QUICK, "--runs", str(tmp_path))
    assert_explained(done, code=1)
    assert "another run is measuring" in done.stderr
    assert _record_file(tmp_path) is None


@EVERY
def test_every_probe_explains_itself(verb: str) -> None:
    done = invoked("probe", verb, "--help")
    assert done.returncode == 0
    assert "--generations" in done.stdout
