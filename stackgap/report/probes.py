"""A probe for the terminal, and as Markdown."""

from collections.abc import Iterator

from rich.console import Group
from rich.text import Text

from stackgap.analyse.probes import ProbeRun
from stackgap.report import markdown as md
from stackgap.report import probe_sentences as sentences
from stackgap.report.probe_tables import ProbeTable, tables
from stackgap.report.terminal import WideTable, section


def terminal(run: ProbeRun) -> Group:
    """All of a probe, for a terminal of 80 columns or more."""
    return Group(
        Text(f"{sentences.title(run.plan)}: {sentences.what_was_done(run)}", style="dim"),
        *(part for own in tables(run) for part in _titled(own)),
        *section("How to read it", sentences.how_to_read(run.plan)),
        *section("Checks", sentences.checks(run), "red" if run.trust.wrong_answers else ""),
        *section("Warnings", sentences.warnings(run), "yellow"),
        Text(),
    )


def _titled(own: ProbeTable) -> tuple[Text, WideTable]:
    return (
        Text(f"\n{own.title}", style="bold"),
        WideTable(own.headings, [("", own.rows)], own.groups),
    )


def markdown(run: ProbeRun) -> str:
    """The same for pasting where people talk."""
    return "\n".join(_lines(run))


def _lines(run: ProbeRun) -> Iterator[str]:
    yield f"**{md.escaped(sentences.title(run.plan))}**"
    yield ""
    yield md.escaped(sentences.what_was_done(run))
    for own in tables(run):
        yield from md.titled(own.title)
        yield from md.table(own.headings, own.rows)
    yield from md.section("How to read it", sentences.how_to_read(run.plan))
    yield from md.section("Checks", sentences.checks(run))
    yield from md.section("Warnings", sentences.warnings(run))
    yield ""
    yield f"    {sentences.command(run.plan)}"
    yield ""
