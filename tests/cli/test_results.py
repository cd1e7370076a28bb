"""`report`, `keep`, `compare` and `guide` on runs whose costs are known."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec import structs

from stackgap.records import AnyRecord
from stackgap.run import store
from tests.analyse import factory, probe_records
from tests.cli.command import assert_explained, invoked
from tests.cli.made_up import written

COST_US = {
    "fastapi-stock-python": 300.0,
    "fastapi-quiet-python": 250.0,
    "fastapi-quiet-rust": 150.0,
    "axum-stock": 50.0,
}


def _run(run_id: str, n: int = 100, changed: Mapping[str, float] | None = None) -> list[AnyRecord]:
    costs = COST_US | dict(changed or {})
    cells = [
        factory.cell(stack, rate_hz)
        for stack in costs
        for rate_hz in (factory.LOW_HZ, factory.HIGH_HZ)
    ]
    plan = factory.make_plan([*cells, factory.cell("axum-stock", replica=1)])
    started, *rest = factory.run_records(structs.replace(plan, n=n), factory.wavering(costs))
    return [structs.replace(started, run_id=run_id), *rest]


def _written(
    runs: Path, run_id: str = "20260101-run", changed: Mapping[str, float] | None = None
) -> Path:
    return written(runs, run_id, _run(run_id, changed=changed))


def test_a_report_in_json_is_what_pytest_benchmark_reads(tmp_path: Path) -> None:
    _written(tmp_path)
    done = invoked("report", "--format", "json", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    groups = {own["group"] for own in json.loads(done.stdout)["benchmarks"]}
    assert groups == {"ephemeris n=100 at 200 req/s", "ephemeris n=100 at 1,000 req/s"}


def test_a_probe_is_no_benchmark(tmp_path: Path) -> None:
    made = probe_records.records(
        probe_records.COLD_START,
        lambda number, stack: [probe_records.cold_start(number, stack, 0.5)],
    )
    written(tmp_path, "20260102-000000-probe", made)
    done = invoked("report", "--format", "json", "--runs", str(tmp_path))
    assert_explained(done, 2)
    assert "is a probe" in done.stderr


def test_a_kept_run_reports_as_before_and_its_page_links_to_what_is_kept(tmp_path: Path) -> None:
    folder = _written(tmp_path / "runs")
    kept = tmp_path / "kept"
    done = invoked("keep", folder.name, "--runs", str(tmp_path / "runs"), "--into", str(kept))
    assert done.returncode == 0, done.stderr
    shown = [
        invoked("report", folder.name, "--format", "markdown", "--runs", str(runs)).stdout
        for runs in (tmp_path / "runs", kept)
    ]
    assert shown[0] == shown[1]
    assert invoked("report", "--runs", str(kept)).returncode == 0
    assert f'href="{store.KEPT}"' in (kept / folder.name / store.REPORT).read_text()


def test_keeping_what_is_kept_already_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    arguments = ("keep", folder.name, "--runs", str(tmp_path), "--into", str(tmp_path / "kept"))
    assert invoked(*arguments).returncode == 0
    assert_explained(invoked(*arguments), 1)


def test_the_page_of_a_run_shows_the_latest_probe_of_its_equation(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    made = probe_records.records(
        probe_records.COLD_START,
        lambda number, stack: [probe_records.cold_start(number, stack, 0.5)],
    )
    written(tmp_path, "20260102-000000-probe", made)
    assert invoked("report", folder.name, "--runs", str(tmp_path)).returncode == 0
    page = (folder / store.REPORT).read_text()
    assert "<h2>Cold start</h2>" in page
    assert "From the start to the first answer, and until steady; brackets" in page


def test_a_damaged_neighbour_is_left_out_of_the_page(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    other = tmp_path / "20260102-000000-probe"
    other.mkdir()
    (other / store.RECORDS).write_bytes(b'{"record":"probe_started"}\n')
    done = invoked("report", folder.name, "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert_explained(invoked("report", other.name, "--runs", str(tmp_path)), 2)


Lines = list[bytes]


@pytest.mark.parametrize(
    ("damaged", "code", "says"),
    [
        (lambda _: [], 1, "does not begin with the start of a run"),
        (lambda lines: lines[1:], 1, "does not begin with the start of a run"),
        (
            lambda lines: [lines[0].replace(b'"schema":1', b'"schema":2'), *lines[1:]],
            2,
            "line 1: schema 2; this version reads 1",
        ),
        (lambda lines: [*lines[:3], lines[3][:20] + b"\n", *lines[4:]], 2, "line 4"),
        (
            lambda lines: [*lines[:3], lines[3].replace(b'"generation"', b'"generatiom"')],
            2,
            "line 4",
        ),
    ],
    ids=["empty", "without its start", "newer schema", "a line cut short", "tampered"],
)
def test_damaged_records_give_a_message_and_no_page(
    damaged: Callable[[Lines], Lines], code: int, says: str, tmp_path: Path
) -> None:
    folder = _written(tmp_path)
    file = folder / store.RECORDS
    file.write_bytes(b"".join(damaged(file.read_bytes().splitlines(keepends=True))))
    done = invoked("report", folder.name, "--runs", str(tmp_path))
    assert_explained(done, code)
    assert says in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == [store.RECORDS]


def test_two_runs_are_compared_and_the_page_lies_beside_the_later(tmp_path: Path) -> None:
    _written(tmp_path, "20260101-a")
    later = _written(tmp_path, "20260102-b", {"fastapi-quiet-rust": 100.0})
    done = invoked("compare", "20260101-a", "20260102-b", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "most of all fastapi-quiet-rust" in done.stdout
    assert "most of all" in (later / "compared-to-20260101-a.html").read_text()


def test_comparing_runs_of_two_sizes_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    _written(tmp_path, "20260101-a")
    later = written(tmp_path, "20260102-b", _run("20260102-b", n=10))
    done = invoked("compare", "20260101-a", "20260102-b", "--runs", str(tmp_path))
    assert_explained(done, 2)
    assert "differ in n" in done.stderr
    assert list(later.glob("*.html")) == []


def test_the_guide_answers_a_case_from_the_runs_in_a_folder(tmp_path: Path) -> None:
    _written(tmp_path)
    done = invoked("guide", "--shape", "iterative", "--rate", "900", "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Axum is the least change" in done.stdout
    assert "20260101-run" in done.stdout


def test_the_guide_writes_all_it_knows_as_a_page(tmp_path: Path) -> None:
    _written(tmp_path)
    written(tmp_path, "20260102-run", _run("20260102-run", n=1000))
    page = tmp_path / "guide.html"
    done = invoked("guide", "--html", str(page), "--runs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "ephemeris, n = 1,000 at 200 req/s" in text
    assert 'id="chart-0"' in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--shape", "iterative", "--n", "7", "--rate", "900"), 3, "not measured: n = 7"),
        (("--shape", "iterative", "--rate", "1"), 3, "not measured: 1 req/s is under 200"),
        (("--shape", "cubic", "--rate", "900"), 2, "no shape 'cubic'; known: iterative"),
        (("--shape", "iterative"), 2, "give --shape and --rate"),
        (("--article",), 3, "no run that divides the gap"),
    ],
    ids=["a size", "a rate", "a shape", "no rate", "no full run"],
)
def test_the_guide_refuses_what_it_cannot_answer(
    arguments: tuple[str, ...], code: int, message: str, tmp_path: Path
) -> None:
    _written(tmp_path)
    done = invoked("guide", *arguments, "--runs", str(tmp_path))
    assert_explained(done, code)
    assert message in done.stderr
