"""Two runs on one page, in the terminal and in Markdown."""

from dataclasses import replace

import pytest
from msgspec import structs
from rich.console import Console

from stackgap.analyse.compare import ComparedPart, Comparison, compared
from stackgap.records import AnyRecord
from stackgap.report import comparison, html, markdown, terminal
from tests.analyse import factory
from tests.report import summaries

FASTAPI, AXUM = "fastapi-quiet-python", "axum-stock"


def _run(
    fastapi_us: float, run_id: str, generations: int = 6, **provenance: object
) -> list[AnyRecord]:
    cells = [factory.cell(FASTAPI), factory.cell(AXUM), factory.cell(AXUM, replica=1)]
    plan = factory.make_plan(cells, generations)
    costs = factory.wavering({FASTAPI: fastapi_us, AXUM: 40.0})
    started, *rest = factory.run_records(plan, costs, provenance)
    return [structs.replace(started, run_id=run_id), *rest]


def _over(after_us: float = 120.0, generations: int = 6) -> Comparison:
    return compared(
        _run(240.0, "earlier", host="<a>"), _run(after_us, "later", generations, host="b")
    )


def _reports(over: Comparison, width: int = 120) -> list[str]:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(terminal.render_comparison(over))
    return [captured.get(), html.render_comparison(over), markdown.render_comparison(over)]


def test_the_widest_change_is_the_headline() -> None:
    assert comparison.headline(_over()).startswith(
        f"Of 1 stack at a rate 1 changed, most of all {FASTAPI} at 1,000 req/s: 0.50× ["
    )


def test_that_nothing_changed_is_said() -> None:
    assert (
        comparison.headline(_over(240.0)) == "Of 1 stack at a rate none changed that could be told."
    )


def test_without_enough_generations_there_is_no_verdict() -> None:
    assert comparison.headline(_over(generations=3)).startswith("No verdict")


@pytest.mark.parametrize("index", range(3), ids=["terminal", "html", "markdown"])
def test_every_report_has_both_runs_the_conditions_and_the_change(index: int) -> None:
    shown = _reports(_over())[index]
    for text in ("earlier", "later", "host", FASTAPI, "0.50 "):
        assert text in shown


@pytest.mark.parametrize("index", range(3), ids=["terminal", "html", "markdown"])
def test_a_gap_that_both_divide_is_shown_by_its_parts(index: int) -> None:
    share, change = summaries.estimate(0.324), summaries.estimate(0.0125)
    over = replace(_over(), parts=(ComparedPart(600.0, "Kernel", share, share, change),))
    shown = _reports(over)[index]
    assert "Where the gap goes" in shown
    for text in ("Kernel", "32.4", "1.25"):
        assert text in shown
    assert "Where the gap goes" not in _reports(_over())[index]


def test_a_name_with_markup_is_text() -> None:
    assert "<a>" not in html.render_comparison(_over())
