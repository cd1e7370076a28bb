"""From the records of a made-up run to every report."""

from pathlib import Path

import pytest
from rich.console import Console

from stackgap.analyse.summarise import summarise
from stackgap.report import html, markdown, terminal
from tests.run.pipeline import AXUM, FASTAPI, fake_engine, measured, small_plan


@pytest.mark.parametrize("generations", [1, 6])
def test_a_recorded_run_is_shown_by_every_report(generations: int, tmp_path: Path) -> None:
    records = measured(tmp_path, fake_engine(), small_plan(generations=generations))
    summary = summarise(records)
    console = Console(width=100)
    with console.capture() as captured:
        console.print(terminal.render(summary))
    for report in (captured.get(), html.render(summary), markdown.render(summary)):
        assert FASTAPI in report
        assert AXUM in report
        assert ("a verdict needs 6 generations" in " ".join(report.split())) == (generations == 1)
