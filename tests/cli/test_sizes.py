"""`stackgap sizes` and `stackgap crossovers`: a run a size, gone on with, and shown together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from stackgap.cli import measuring
from stackgap.measure import provenance
from stackgap.measure.engine import Load, Resident, SliceReading
from stackgap.measure.fake import FakeEngine
from stackgap.records import GenerationEnded, RunEnded, RunStarted
from stackgap.run import store
from tests.cli.command import assert_explained, invoked
from tests.run.pipeline import AXUM, COST_US, FASTAPI, TOO_SLOW_US, fake_engine

STACKS = ("--stack", FASTAPI, "--stack", AXUM)
QUICK = (*STACKS, "--rounds", "2", "--seed", "7")


class Interrupted(FakeEngine):
    """Is interrupted at its slice of that number."""

    def __init__(self, at: int) -> None:
        super().__init__(COST_US)
        self._left = at

    def slice(self, resident: Resident, load: Load) -> SliceReading:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        return super().slice(resident, load)


def served_by(monkeypatch: pytest.MonkeyPatch, engines: Iterator[FakeEngine]) -> None:
    """Runs are measured by these engines, one each."""

    @contextmanager
    def engine(*_: Any) -> Iterator[FakeEngine]:
        yield next(engines)

    monkeypatch.setattr(measuring, "process_engine", engine)
    # Nothing is measured: these may run beside what is.
    monkeypatch.setattr(store, "only_one", nullcontext)
    monkeypatch.setattr(provenance, "collect", lambda *_: {"host": "here"})


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    served_by(monkeypatch, iter(fake_engine, None))


def folders(runs: Path) -> dict[int, Path]:
    """The runs' folders by their n."""
    started = ((path, store.load(path)[0]) for path in runs.iterdir())
    return {first.plan.n: path for path, first in started if isinstance(first, RunStarted)}


def ended(folder: Path) -> bool:
    return isinstance(store.load(folder)[-1], RunEnded)


def sized(runs: Path, *sizes: int) -> Sequence[str]:
    asked = (argument for n in sizes for argument in ("--n", str(n)))
    return ("sizes", *QUICK, *asked, "--runs", str(runs))


@pytest.mark.usefixtures("faked")
def test_each_size_is_a_run_of_its_own_with_its_own_report(tmp_path: Path) -> None:
    done = invoked(*sized(tmp_path, 100, 10))
    assert done.returncode == 0, done.stderr
    runs = folders(tmp_path)
    assert sorted(runs) == [10, 100]
    for folder in runs.values():
        assert ended(folder)
        assert (folder / store.REPORT).exists()
        assert (folder / store.TABLE).exists()
    shown = invoked("report", runs[10].name, "--runs", str(tmp_path))
    assert shown.returncode == 0, shown.stderr


@pytest.mark.usefixtures("faked")
def test_the_sizes_are_shown_together_and_kept_beside_the_last(tmp_path: Path) -> None:
    done = invoked(*sized(tmp_path, 10, 100))
    assert f"{FASTAPI}: over 1.5 times {AXUM}; no crossing between 10 and 100" in done.stdout
    last = folders(tmp_path)[100]
    assert str(last / store.SIZES_REPORT) in done.stdout
    assert AXUM in (last / store.SIZES_REPORT).read_text()
    assert AXUM in (last / store.SIZES_TABLE).read_text()


@pytest.mark.usefixtures("faked")
def test_crossovers_shows_the_same_again_from_the_records(tmp_path: Path) -> None:
    invoked(*sized(tmp_path, 10, 100))
    runs = folders(tmp_path)
    page = runs[100] / store.SIZES_REPORT
    before = page.read_text()
    page.unlink()
    latest = invoked("crossovers", "--runs", str(tmp_path))
    assert latest.returncode == 0, latest.stderr
    assert page.read_text() == before
    named = invoked("crossovers", runs[10].name, runs[100].name, "--runs", str(tmp_path))
    assert named.stdout == latest.stdout


@pytest.mark.usefixtures("faked")
def test_crossovers_as_markdown_writes_nothing(tmp_path: Path) -> None:
    invoked(*sized(tmp_path, 10, 100))
    last = folders(tmp_path)[100]
    (last / store.SIZES_TABLE).unlink()
    done = invoked("crossovers", "--format", "markdown", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "| stack |" in done.stdout
    assert not (last / store.SIZES_TABLE).exists()


def test_sizes_that_were_interrupted_go_on_with_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_by(monkeypatch, iter([fake_engine(), Interrupted(at=10)]))
    stopped = invoked(*sized(tmp_path, 10, 100, 1000))
    assert stopped.returncode == 130
    runs = folders(tmp_path)
    assert sorted(runs) == [10, 100, 1000]
    assert [ended(runs[n]) for n in (10, 100, 1000)] == [True, False, False]
    series = runs[10].name.removesuffix("-n10")
    assert f"`stackgap sizes --resume --series {series}` goes on" in stopped.stderr
    first = (runs[10] / store.RECORDS).read_bytes()

    served_by(monkeypatch, iter(fake_engine, None))
    done = invoked("sizes", "--resume", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert all(ended(folder) for folder in runs.values())
    assert (runs[10] / store.RECORDS).read_bytes() == first
    good = [own for own in store.load(runs[100]) if isinstance(own, GenerationEnded)]
    assert len(good) == 6


def test_a_size_that_comes_to_nothing_does_not_keep_the_others_from_being_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = fake_engine({FASTAPI: 240.0, AXUM: TOO_SLOW_US})
    served_by(monkeypatch, iter([slow, fake_engine(), fake_engine()]))
    done = invoked(*sized(tmp_path, 10, 100, 1000))
    assert_explained(done, code=3)
    runs = folders(tmp_path)
    assert f"{runs[10].name}: the reference {AXUM} is too slow" in done.stderr
    assert ended(runs[100])
    assert ended(runs[1000])
    assert "no crossing between 100 and 1,000 measured" in done.stdout


@pytest.mark.usefixtures("faked")
def test_without_sizes_those_of_the_contract_are_measured(tmp_path: Path) -> None:
    done = invoked(
        *("sizes", "--equation", "nbody", *STACKS, "--generations", "1", "--rounds", "1"),
        *("--runs", str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr
    assert sorted(folders(tmp_path)) == [1, 10, 100, 1000]


@pytest.mark.usefixtures("faked")
def test_sizes_started_under_other_conditions_are_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoked(*sized(tmp_path, 10, 100))
    monkeypatch.setattr(provenance, "collect", lambda *_: {"host": "there"})
    assert_explained(invoked("sizes", "--resume", "--runs", str(tmp_path)), code=1)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--n", "10"), 2, "from two on; `stackgap run` measures one"),
        (("--n", "10", "--n", "10", "--n", "100"), 2, "n = 10 is given twice"),
        (("--n", "10", "--n", "100001"), 2, "up to n = 100000, not 100001"),
        (("--equation", "tides"), 2, "no rates are declared for equation 'tides'"),
        (("--stack", FASTAPI), 1, "the reference 'axum-stock' must be among"),
        (("--resume",), 1, "no sizes yet; `stackgap sizes` measures them"),
        (("--resume", "--series", "nothing"), 1, "no such series of sizes"),
        (("--resume", "--n", "10"), 2, "leave out --n"),
        (("--series", "nothing"), 2, "it needs --resume"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.usefixtures("faked")
def test_what_cannot_be_measured_is_told_and_begins_nothing(
    tmp_path: Path, arguments: Sequence[str], code: int, message: str
) -> None:
    done = invoked("sizes", *arguments, "--runs", str(tmp_path))
    assert_explained(done, code)
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("faked")
def test_runs_that_do_not_belong_together_are_not_compared(tmp_path: Path) -> None:
    invoked(*sized(tmp_path, 10, 100))
    ten = folders(tmp_path)[10].name
    done = invoked("crossovers", ten, ten, "--runs", str(tmp_path))
    assert_explained(done, code=2)
    assert f"{ten} and {ten} have the same n = 10" in done.stderr


def test_without_any_sizes_crossovers_says_how_to_measure_them(tmp_path: Path) -> None:
    done = invoked("crossovers", "--runs", str(tmp_path))
    assert_explained(done, code=1)
    assert "no sizes yet; `stackgap sizes` measures them" in done.stderr
