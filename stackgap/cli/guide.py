"""`stackgap guide`: what to do in a case of one's own, from the reference runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from stackgap import project
from stackgap.analyse import select
from stackgap.analyse.choices import SHAPES, Owned
from stackgap.analyse.guide import (
    Answer,
    Case,
    OutsideMeasured,
    ReferenceRun,
    answer,
    one_of_each,
    reference_run,
)
from stackgap.analyse.seed_card import CLAIM
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Attribution, Summary
from stackgap.cli.failures import NO_RESULT, console, explained, fail
from stackgap.cli.measuring import start_of
from stackgap.misuse import MisuseError
from stackgap.owned import owned
from stackgap.report import guide as report
from stackgap.report import html, terminal
from stackgap.run import store

PAGE = project.DOCS / "decision-guide.md"


def guide(
    shape: Annotated[
        str | None,
        typer.Option(help=f"The shape of the work, or an equation: {', '.join(SHAPES)}."),
    ] = None,
    n: Annotated[int, typer.Option(min=1, help="Values in each request.")] = 100,
    rate: Annotated[
        float | None, typer.Option(min=0, help="Requests a second, over all replicas.")
    ] = None,
    io_ms: Annotated[
        float, typer.Option(min=0, help="What a request waits for besides, in ms.")
    ] = 0.0,
    vcpu_price: Annotated[
        float | None, typer.Option(min=0, help="A month of one vCPU, in any currency.")
    ] = None,
    gib_price: Annotated[
        float | None, typer.Option(min=0, help="A month of one GiB of memory, in the same.")
    ] = None,
    engineer_cost: Annotated[
        float | None, typer.Option(min=0, help="A day of an engineer, in the same.")
    ] = None,
    article: Annotated[
        bool, typer.Option("--article", help="What the article's own figures imply.")
    ] = False,
    write_page: Annotated[
        bool, typer.Option("--write", help="Make docs/decision-guide.md anew.")
    ] = False,
    html_page: Annotated[
        Path | None, typer.Option("--html", help="Write all that is known as a page with charts.")
    ] = None,
    runs: Annotated[
        Path, typer.Option(help="Where the reference runs are kept.")
    ] = project.RESULTS,
) -> None:
    """Say which change is worth making in a case of your own, from runs of all choices.

    What was not measured is not answered: then the exit code is 3, and the message says how far
    the runs reach.
    """
    with explained():
        if write_page:
            store.write_guide(PAGE, page(runs))
            console.print(f"page: {PAGE}", soft_wrap=True)
        elif html_page is not None:
            store.write_guide(html_page, _html(runs))
            console.print(f"page: {html_page}", soft_wrap=True)
        elif article:
            _print_article(runs)
        elif shape is None or rate is None:
            raise MisuseError("give --shape and --rate, or --article, --write or --html")
        else:
            case = Case(_equation(shape), n, rate, io_ms, vcpu_price, gib_price, engineer_cost)
            try:
                _print(answer(case, reference_runs(runs)))
            except OutsideMeasured as outside:
                fail(f"not measured: {outside}", NO_RESULT)


def reference_runs(runs: Path) -> list[ReferenceRun]:
    """The runs of the choices in a folder, one of a size; StoreError where there is none."""
    found = [reference_run(store.load(folder)) for folder in store.all_runs(runs)]
    if not (known := one_of_each([run for run in found if run is not None])):
        raise store.StoreError(f"{runs}: no reference run in it")
    return known


def page(runs: Path) -> str:
    """The page on all sizes and rates that were measured, in Markdown."""
    answers = _answers(reference_runs(runs))
    return report.page(answers, _owned(answers), "../benchmarks/results")


def _html(runs: Path) -> str:
    answers = _answers(reference_runs(runs))
    return html.render_guide(answers, _owned(answers))


def _owned(answers: Sequence[Answer]) -> list[Owned]:
    return owned(list(dict.fromkeys(own.case.equation for own in answers)))


def _answers(measured: Sequence[ReferenceRun]) -> list[Answer]:
    """Those at the sizes and rates measured, by equation, size and rate."""
    order = list(SHAPES.values())
    return [
        answer(Case(run.summary.plan.equation, run.n, rate_hz), measured)
        for run in sorted(measured, key=lambda run: (order.index(run.summary.plan.equation), run.n))
        for rate_hz in sorted(set(run.rates_hz), reverse=True)
    ]


def _equation(shape: str) -> str:
    if shape in SHAPES.values():
        return shape
    if shape not in SHAPES:
        known = ", ".join(f"{name} ({equation})" for name, equation in SHAPES.items())
        raise MisuseError(f"no shape {shape!r}; known: {known}")
    return SHAPES[shape]


def _print(own: Answer) -> None:
    console.print(Text(report.case_line(own.case), style="dim"))
    console.print(
        terminal.WideTable(report.HEADINGS, [("", report.option_rows(own))], report.GROUPS)
    )
    for each in terminal.section("How to read it", report.lines(own)):
        console.print(each)
    for each in terminal.section("In one sentence", [own.why], "bold green"):
        console.print(each)


def _print_article(runs: Path) -> None:
    if (summary := _best_divided(runs)) is None:
        fail(f"not measured: {runs} has no run that divides the gap", NO_RESULT)
    divided = (own for own in summary.attributions if isinstance(own, Attribution))
    highest = max(divided, key=lambda own: own.rate_hz)
    shares = {part.name: part.share for part in highest.parts if part.share is not None}
    said = report.article_lines(shares, CLAIM.fastapi_core_share, CLAIM.axum_core_share)
    plan = summary.plan
    of = f"{plan.equation}, {plan.n} values a request, engine: {plan.engine}"
    for each in terminal.section(f"From {summary.run_id} ({of})", said):
        console.print(each)


def _best_divided(runs: Path) -> Summary | None:
    """The full run of most generations, the latest of as many; None where the gap is divided in
    none."""
    # One after another: together they take much memory.
    recorded = map(store.load, reversed(store.all_runs(runs)))
    full = (own for own in recorded if start_of(own).plan.full)
    best = max(full, key=lambda own: len(select.usable(own)), default=None)
    summary = None if best is None else summarise(best)
    if summary and any(isinstance(own, Attribution) for own in summary.attributions):
        return summary
    return None
