"""A run's table and seed cards as Markdown, for pasting where people talk."""

import re
from collections.abc import Iterator, Sequence

from stackgap.analyse.compare import Comparison
from stackgap.analyse.crossovers import Sizes
from stackgap.analyse.summary import Summary
from stackgap.report import (
    attribution,
    comparison,
    containers,
    cost_lines,
    scope,
    sentences,
    sizes,
)
from stackgap.report.rows import cell_headings, cell_rows

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def render(summary: Summary) -> str:
    """The headline, the table, the seed cards, and how far to trust them."""
    return "\n".join(_lines(summary))


def _lines(summary: Summary) -> Iterator[str]:
    yield from _in_short(summary)
    yield escaped(sentences.what_was_run(summary.plan))
    if summary.cells:
        yield ""
        yield from table(cell_headings(summary.plan.reference), cell_rows(summary))
    if summary.seed_cards:
        yield ""
        yield f"The claim: {escaped(sentences.CLAIM_SENTENCE)}"
    for card in summary.seed_cards:
        yield from section(card.title, sentences.seed_card(card))
    for own in attribution.sections(summary):
        yield from _attribution(own)
    if summary.import_ladder:
        yield from titled("Memory of one Python process, import by import")
        rows = attribution.import_rows(summary.import_ladder)
        yield from table(attribution.IMPORT_HEADINGS, rows)
    if summary.cost_models:
        yield from _cost_lines(summary)
    for contained in containers.sections(summary):
        yield from titled(contained.title)
        yield from table(contained.headings, contained.rows)
        yield ""
        yield from _listed(contained.lines)
    yield from section("What this run cannot say", scope.cannot_say(summary))
    yield from section("Checks", sentences.checks(summary))
    yield from section("Left out", sentences.refusals(summary.refused))
    yield from section("Warnings", sentences.warnings(summary))
    yield ""
    yield f"    {sentences.command(summary.plan)}"
    yield ""


def _in_short(summary: Summary) -> Iterator[str]:
    for sentence in sentences.in_short(summary):
        yield f"**{escaped(sentence)}**"
        yield ""


def render_sizes(over: Sizes) -> str:
    """Several sizes of one equation: ratios against n, and what crosses where."""
    return "\n".join(_lines_of_sizes(over))


def _lines_of_sizes(over: Sizes) -> Iterator[str]:
    yield f"**{escaped(sizes.headline(over))}**"
    yield ""
    yield escaped(sizes.what_was_run(over))
    for own in sizes.sections(over):
        yield from titled(own.title)
        yield from table(own.headings, own.rows)
        yield from section(f"Where the gap to {over.reference} closes, {own.at}", own.gaps)
        yield from section(f"Where the better choice changes, {own.at}", own.choices)
    yield from section("How to read it", sizes.HOW_TO_READ)
    yield from section("Warnings", sizes.caveats(over))
    yield ""


def render_comparison(over: Comparison) -> str:
    """Two runs of the same thing: what differed around them, and what changed."""
    return "\n".join(_lines_of_comparison(over))


def _lines_of_comparison(over: Comparison) -> Iterator[str]:
    yield f"**{escaped(comparison.headline(over))}**"
    yield ""
    yield escaped(comparison.what_was_run(over))
    if conditions := comparison.condition_rows(over):
        yield from titled("What else differed")
        yield from table(comparison.CONDITION_HEADINGS, conditions, wordy=True)
    yield from titled("What changed")
    yield from table(comparison.headings(over), comparison.rows(over))
    if parts := comparison.part_rows(over):
        yield from titled("Where the gap goes")
        yield from table(comparison.PART_HEADINGS, parts)
    yield from section("How to read it", comparison.HOW_TO_READ)
    yield from section("Warnings", comparison.warnings(over))
    yield ""


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, wordy: bool = False
) -> Iterator[str]:
    """Lines of a table; the first column is text, the others are numbers if it is not `wordy`."""
    yield _row(headings)
    others = "---" if wordy else "---:"
    yield _row(["---", *[others] * (len(headings) - 1)], escape=False)
    yield from (_row(row) for row in rows)


def _row(cells: Sequence[str], escape: bool = True) -> str:
    return f"| {' | '.join(escaped(cell) if escape else cell for cell in cells)} |"


def _attribution(own: attribution.Section) -> Iterator[str]:
    yield from titled(own.title)
    if own.headings:
        yield from table(own.headings, own.rows)
        yield ""
    yield from _listed(own.lines)


def _cost_lines(summary: Summary) -> Iterator[str]:
    yield from titled(cost_lines.TITLE)
    if rows := cost_lines.rows(summary):
        yield from table(cost_lines.headings(summary), rows)
        yield ""
    yield from _listed(cost_lines.lines(summary))


def section(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines of a title and a list; none for an empty list."""
    if lines:
        yield from titled(title)
        yield from _listed(lines)


def titled(title: str) -> Iterator[str]:
    """Lines of a title, with those between it and what is before and after."""
    yield from ("", f"**{escaped(title)}**", "")


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"- {escaped(line)}" for line in lines)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)
