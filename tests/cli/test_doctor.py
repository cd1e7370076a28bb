"""`stackgap doctor` says what will be refused."""

import os

import pytest
from typer.testing import CliRunner

from stackgap.cli import app, doctor

CHECKS = ("interpreter", "Rust builds", "cores", "steal", "load", "throttling", "Docker")


@pytest.fixture(autouse=True)
def _no_long_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_WATCHED_S", 0.01)
    monkeypatch.setenv("COLUMNS", "250")


def _grades(output: str) -> dict[str, str]:
    """The grade of each check of the printed table."""
    rows = [line.split("│") for line in output.splitlines() if line.startswith("│")]
    return {row[2].strip(): row[1].strip() for row in rows}


def test_every_check_has_a_grade() -> None:
    done = CliRunner().invoke(app, ["doctor"])
    grades = _grades(done.stdout)
    assert set(CHECKS) <= set(grades)
    assert set(grades.values()) <= {"ok", "note", "refused"}
    assert done.exit_code == (1 if "refused" in grades.values() else 0)


def test_a_stale_build_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTFLAGS", "-C opt-level=1")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert _grades(done.stdout)["Rust builds"] == "refused"
    assert "run `make build`" in done.stdout


def test_one_core_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0}, raising=False)
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert _grades(done.stdout)["cores"] == "refused"
