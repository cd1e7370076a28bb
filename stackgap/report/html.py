"""A run's summary as one page that loads nothing from anywhere."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import msgspec
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stackgap.analyse.choices import Owned
from stackgap.analyse.compare import Comparison
from stackgap.analyse.crossovers import Sizes
from stackgap.analyse.guide import Answer
from stackgap.analyse.interval import MIN_GENERATIONS
from stackgap.analyse.probes import ProbeRun
from stackgap.analyse.select import TRIMMED_SHARE
from stackgap.analyse.summary import Summary
from stackgap.analyse.verdicts import CLEAR_RATIO, EQUIVALENT_RATIO, MAX_HALF_WIDTH, MAX_VOID_SHARE
from stackgap.records import Plan
from stackgap.report import (
    attribution,
    charts,
    comparison,
    containers,
    cost_lines,
    guide,
    objections,
    probe_sentences,
    probe_tables,
    provenance,
    rows,
    scope,
    sentences,
    sizes,
    waterfall,
)
from stackgap.report import formatting as f
from stackgap.report.beside import Beside
from stackgap.report.drawing import Figure

_SCRIPT = "window.vegaEmbed = vegaEmbed;"


def render(summary: Summary, beside: Beside | None = None) -> str:
    """The whole page, about 0.9 MB: most of it draws the charts without a network."""
    beside = beside or Beside()
    over_sizes = sizes.sections(beside.sizes) if beside.sizes else []
    drawn = _Drawn()
    of_parts = drawn.numbered(waterfall.figures(summary))
    of_cells = drawn.numbered(charts.figures(summary))
    of_lines = drawn.numbered(cost_lines.figures(summary))
    of_sizes = [drawn.numbered([own.figure]) for own in over_sizes]
    return drawn.page(
        "template.html",
        summary=summary,
        headline=sentences.headline(summary),
        where_it_goes=sentences.where_it_goes(summary),
        cannot_say=scope.cannot_say(summary),
        what_was_run=sentences.what_was_run(summary.plan),
        warnings=sentences.warnings(summary),
        how_to_read=sentences.how_to_read(summary),
        claim=sentences.CLAIM_SENTENCE,
        cards=[(card.title, sentences.seed_card(card)) for card in summary.seed_cards],
        verdicts=sentences.verdicts(summary),
        checks=sentences.checks(summary),
        refusals=sentences.refusals(summary.refused),
        cell_headings=rows.cell_headings(summary.plan.reference),
        cell_rows=rows.cell_rows(summary),
        detail_headings=rows.DETAIL_HEADINGS,
        detail_rows=rows.detail_rows(summary),
        stack_headings=rows.STACK_HEADINGS,
        stack_rows=rows.stack_rows(summary),
        provenance_rows=provenance.rows(summary.provenance),
        plan_rows=_plan_rows(summary.plan),
        plan_json=msgspec.json.format(msgspec.json.encode(summary.plan)).decode(),
        command=sentences.command(summary.plan),
        methods=_methods(summary.plan),
        attributions=attribution.sections(summary),
        import_headings=attribution.IMPORT_HEADINGS,
        import_rows=attribution.import_rows(summary.import_ladder),
        line_title=cost_lines.TITLE,
        line_headings=cost_lines.headings(summary),
        line_rows=cost_lines.rows(summary),
        lines=cost_lines.lines(summary),
        containers=containers.sections(summary),
        sizes=list(zip(over_sizes, of_sizes, strict=True)),
        sizes_of=sizes.what_was_run(beside.sizes) if beside.sizes else "",
        probes=[_probe(run) for run in beside.probes],
        objections=objections.objections(summary),
        records=beside.records,
        figures_of_parts=of_parts,
        figures_of_cells=of_cells,
        figures_of_lines=of_lines,
    )


class _Drawn:
    """The charts of a page, numbered in the order in which it shows them."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def numbered(self, own: Sequence[Figure]) -> list[tuple[int, Figure]]:
        first = len(self.figures)
        self.figures += own
        return list(enumerate(own, start=first))

    def page(self, template: str, **shown: object) -> str:
        """The page of a template, with what draws these charts if there are any."""
        vega = _vega() if self.figures else ""
        page = _environment().get_template(template)
        return page.render(shown, figures=self.figures, vega=vega)


def _probe(run: ProbeRun) -> dict[str, Any]:
    return {
        "title": probe_sentences.title(run.plan),
        "what": f"{run.run_id}: {probe_sentences.what_was_done(run)}",
        "tables": probe_tables.tables(run),
        "how_to_read": probe_sentences.how_to_read(run.plan),
        "checks": [*probe_sentences.checks(run), *probe_sentences.warnings(run)],
        "command": probe_sentences.command(run.plan),
    }


def render_sizes(over: Sizes) -> str:
    """The page on several sizes of one equation."""
    shown, drawn = sizes.sections(over), _Drawn()
    sections = [(own, drawn.numbered([own.figure])) for own in shown]
    return drawn.page(
        "sizes.html",
        title=sizes.title(over),
        headline=sizes.headline(over),
        what_was_run=sizes.what_was_run(over),
        caveats=sizes.caveats(over),
        reference=over.reference,
        sections=sections,
        how_to_read=sizes.HOW_TO_READ,
    )


def render_guide(answers: Sequence[Answer], owned: Sequence[Owned]) -> str:
    """The page on every choice at every size and rate that was measured."""
    drawn = _Drawn()
    sections = [
        (own, drawn.numbered([own.figure] if own.figure else [])) for own in guide.sections(answers)
    ]
    return drawn.page(
        "guide.html",
        rule=guide.RULE,
        measured_on=guide.measured_on(answers),
        owned_headings=guide.OWNED_HEADINGS,
        owned_note=guide.OWNED_NOTE,
        owned_rows=guide.owned_rows(owned),
        headings=guide.PAGE_HEADINGS,
        sections=sections,
    )


def render_comparison(over: Comparison) -> str:
    """The page on two runs of the same thing."""
    drawn = _Drawn()
    shown = drawn.numbered(comparison.figures(over))
    return drawn.page(
        "comparison.html",
        title=comparison.title(over),
        headline=comparison.headline(over),
        what_was_run=comparison.what_was_run(over),
        warnings=comparison.warnings(over),
        condition_headings=comparison.CONDITION_HEADINGS,
        condition_rows=comparison.condition_rows(over),
        headings=comparison.headings(over),
        rows=comparison.rows(over),
        parts_caption=comparison.PARTS_CAPTION,
        part_headings=comparison.PART_HEADINGS,
        part_rows=comparison.part_rows(over),
        how_to_read=comparison.HOW_TO_READ,
        shown=shown,
    )


def _plan_rows(plan: Plan) -> list[tuple[str, str]]:
    return [
        ("Equation", plan.equation),
        ("Values in each request", f"{plan.n:,}"),
        ("Reference", plan.reference),
        ("Cells", f"{len(plan.cells)}"),
        ("Generations", f"{plan.generations}"),
        ("Generations at most", f"{max(plan.generations, plan.most_generations)}"),
        ("Rounds in each", f"{plan.rounds}"),
        ("Lead of a slice, s", f"{plan.lead_s:g}"),
        ("Window of a slice, s", f"{plan.window_s:g}"),
        ("Connections", f"{plan.connections}"),
        ("Seed", f"{plan.seed}"),
        ("Engine", plan.engine),
    ]


def _methods(plan: Plan) -> list[tuple[str, str]]:
    return [
        (
            "Load",
            "Requests leave at times fixed beforehand, whatever the server does, at rates declared "
            "for the equation and the size and equal for all stacks. Latency counts from the time "
            "a request was due. Nothing is said about rates outside the measured ones.",
        ),
        (
            "Order",
            f"A generation starts fresh processes of every stack. Load goes in slices of "
            f"{plan.window_s:g} s, one stack at a time, in random order fixed by the seed; one "
            "slice of every cell is a round. Each slice's CPU is divided by how much dearer than "
            "usual its neighbours in time were, slices of other stacks.",
        ),
        (
            "CPU",
            "The server's own CPU clock, user and system, its workers included, read at both ends "
            "of the window and divided by the requests answered in between. On loopback the "
            "kernel receives inside the sender's call: the server pays for delivering its "
            "responses, the generator for delivering the requests. That is so for every stack. "
            "The clock is read between pieces of a window, too, some milliseconds each. What a "
            "cell costs in a generation is the interquartile mean of its pieces: the dearest and "
            f"the cheapest {f.percent(TRIMMED_SHARE)} of them are left out. Where "
            "records hold no pieces, as those of older runs, a slice is one.",
        ),
        (
            "Intervals",
            "Costs are compared within a generation; the interval is Student's t over the "
            f"generations' logarithms and needs {MIN_GENERATIONS} of them. Hodges-Lehmann, which "
            "assumes no normal distribution, stands beside it.",
        ),
        (
            "Verdicts",
            f"A difference is claimed if the whole interval lies beyond {CLEAR_RATIO:g} times, "
            "whichever of the two is dearer. No verdict if more than "
            f"{f.percent(MAX_VOID_SHARE)} of the rounds or generations are void, if the interval "
            f"is wider than {f.percent(MAX_HALF_WIDTH)} to either side, or if leaving nothing out "
            f"moves the estimate more than {f.percent(EQUIVALENT_RATIO - 1)} beyond it.",
        ),
        *_attribution_method(plan),
        (
            "Memory",
            "Anonymous memory is the server's alone: idle, before its first request, and the "
            f"highest seen while {plan.connections} requests are in flight. File-backed memory is "
            "what libraries map; several processes may share it.",
        ),
    ]


def _attribution_method(plan: Plan) -> list[tuple[str, str]]:
    if plan.factorial is None:
        return []
    return [
        (
            "Attribution",
            "A part of the gap is what its change saves: the mean over all orders in which the "
            "changes can be made one at a time over stacks that were measured, in each "
            "generation; changes that can only come last are parts of their own. Shares add up "
            "by construction, which tests nothing. Closures can fail: they hold twins of both "
            "ends, and stacks predicted from the others, against what was measured.",
        )
    ]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _vega() -> Markup:
    """The libraries that draw the charts, of the version the specifications are written for."""
    version = alt.SCHEMA_VERSION.rpartition(".")[0]
    return Markup(vl_convert.javascript_bundle(_SCRIPT, vl_version=version))
