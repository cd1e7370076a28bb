"""A run as pytest-benchmark saves one: its own command compares it, and the figures are ours."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stackgap.report import benchmark_json
from tests.analyse import factory

FASTAPI, AXUM = "fastapi-quiet-python", "axum-stock"
PLAN = factory.make_plan([factory.cell(FASTAPI), factory.cell(AXUM), factory.cell(AXUM, replica=1)])
RECORDS = factory.run_records(PLAN, factory.wavering({FASTAPI: 240.0, AXUM: 40.0}))


def _benchmarks() -> dict[str, dict[str, object]]:
    document = json.loads(benchmark_json.render(RECORDS))
    return {own["name"].partition("[")[0]: own for own in document["benchmarks"]}


def test_a_benchmark_is_a_stack_and_a_round_of_it_a_slice() -> None:
    found = _benchmarks()
    assert set(found) == {FASTAPI, AXUM, f"{AXUM} (twin)"}
    stats = found[FASTAPI]["stats"]
    assert isinstance(stats, dict)
    assert stats["rounds"] == PLAN.generations * PLAN.rounds
    assert stats["mean"] == pytest.approx(240e-6, rel=0.01)
    assert stats["data"][0] == pytest.approx(240e-6 * (1 - 0.01), rel=1e-6)


def test_the_ratio_stands_beside_with_its_interval() -> None:
    info = _benchmarks()[FASTAPI]["extra_info"]
    assert isinstance(info, dict)
    ratio = info["ratio_to_reference"]
    assert ratio["low"] < ratio["estimate"] < ratio["high"]
    assert ratio["estimate"] == pytest.approx(6, rel=0.02)
    assert _benchmarks()[AXUM]["extra_info"]["ratio_to_reference"] is None  # type: ignore[index]


def test_slices_of_void_rounds_are_left_out() -> None:
    cost = factory.constant({FASTAPI: 240.0, AXUM: 40.0})
    records = [
        factory.started(PLAN),
        *factory.generation_records(PLAN, 0, cost, voided_rounds={1: ["steal"]}),
    ]
    document = json.loads(benchmark_json.render(records))
    assert {own["stats"]["rounds"] for own in document["benchmarks"]} == {PLAN.rounds - 1}


def test_pytest_benchmark_compares_it_with_another(tmp_path: Path) -> None:
    for name in ("before.json", "after.json"):
        (tmp_path / name).write_text(benchmark_json.render(RECORDS))
    command = Path(sys.executable).parent / "pytest-benchmark"
    done = subprocess.run(
        [command, "compare", tmp_path / "before.json", tmp_path / "after.json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert FASTAPI in done.stdout
    assert "ephemeris n=100 at 1,000 req/s" in done.stdout
