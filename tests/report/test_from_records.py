"""From the records of a made-up run to every report."""

from pathlib import Path

import pytest
from rich.console import Console

from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Attribution, Summary
from stackgap.measure.fake import FakeEngine
from stackgap.report import html, markdown, terminal
from tests.run.pipeline import AXUM, FASTAPI, fake_engine, measured, small_plan


def test_a_gap_is_divided_from_the_records_on_and_shown_by_every_report(tmp_path: Path) -> None:
    # The kernel saves 60, the access log 50 µs, by themselves and together.
    cost_us = {
        "fastapi-stock-python": 300.0,
        "fastapi-stock-rust": 240.0,
        "fastapi-quiet-python": 250.0,
        "fastapi-quiet-rust": 190.0,
        AXUM: 40.0,
    }
    plan = small_plan(generations=6, names=list(cost_us))
    engine = FakeEngine(cost_us, generation_noise=0, slice_noise=0)
    summary = summarise(measured(tmp_path, engine, plan))
    (found,) = summary.attributions
    assert isinstance(found, Attribution)
    assert [part.name for part in found.parts[:2]] == ["Access log", "Kernel"]
    saved_us = [part.saved_us.estimate for part in found.parts]
    assert saved_us == pytest.approx([50, 60, 150], abs=0.1)
    for report in _reports(summary):
        assert "Access log accounts for" in " ".join(report.split())


@pytest.mark.parametrize("generations", [1, 6])
def test_a_recorded_run_is_shown_by_every_report(generations: int, tmp_path: Path) -> None:
    records = measured(tmp_path, fake_engine(), small_plan(generations=generations))
    summary = summarise(records)
    for report in _reports(summary):
        assert FASTAPI in report
        assert AXUM in report
        assert ("a verdict needs 6 generations" in " ".join(report.split())) == (generations == 1)


def _reports(summary: Summary) -> list[str]:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(terminal.render(summary))
    return [captured.get(), html.render(summary), markdown.render(summary)]
