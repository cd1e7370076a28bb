"""A run's summary for the terminal: tables, seed cards, and what may be said."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stackgap.analyse.compare import Comparison
from stackgap.analyse.crossovers import Sizes
from stackgap.analyse.summary import SeedCard, Summary
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

Row = tuple[str, ...]
"""A named tuple: its fields are the columns, the first of which names the row."""

_MEASURED = (("cpu", "core", "ratio"), ("p50", "p99", "anonymous", "file"))
_PARTS = (("saved", "share"), ("first_in", "last_in", "surcharge"))
_IMPORTS = (("anonymous", "added", "file"),)
_LINES = (("constant", "per_request"), ("predicted", "holds"))
_COMPARED = (("ratio_before", "ratio_after", "change"), ("cpu_before", "cpu_after"))
_SHARED = (("before", "after", "change"),)
_HEADING_WIDTH = 9
_UNLIMITED = 1000


def render(summary: Summary) -> Group:
    """All of a run that fits a terminal of 80 columns or more; what to take away comes last."""
    return Group(
        Text(sentences.what_was_run(summary.plan), style="dim"),
        _cell_table(summary) if summary.cells else Text("\nNo cell was measured."),
        *section("How to read it", sentences.how_to_read(summary)),
        *section("The claim", [sentences.CLAIM_SENTENCE] if summary.seed_cards else []),
        *(_card(card) for card in summary.seed_cards),
        *section("What may be said", sentences.verdicts(summary)),
        *(part for own in attribution.sections(summary) for part in _attribution(own)),
        *_import_ladder(summary),
        *_cost_lines(summary),
        *(part for own in containers.sections(summary) for part in _container_section(own)),
        *section("What this run cannot say", scope.cannot_say(summary)),
        *section("Checks", sentences.checks(summary), _checks_style(summary)),
        *section("Left out", sentences.refusals(summary.refused), "yellow"),
        *section("Warnings", sentences.warnings(summary), "yellow"),
        *section("In one sentence", sentences.in_short(summary), "bold green"),
        Text(),
    )


def render_sizes(over: Sizes) -> Group:
    """Several sizes of one equation; what to take away comes last."""
    return Group(
        Text(sizes.what_was_run(over), style="dim"),
        *(part for own in sizes.sections(over) for part in _size_section(own, over.reference)),
        *section("How to read it", sizes.HOW_TO_READ),
        *section("Warnings", sizes.caveats(over), "yellow"),
        *section("In one sentence", [sizes.headline(over)], "bold green"),
        Text(),
    )


def render_comparison(over: Comparison) -> Group:
    """Two runs of the same thing: what differed around them comes first."""
    by_rate = groupby(comparison.rows(over), key=lambda row: row.rate)
    sections = [(f"at {rate} req/s", list(rows)) for rate, rows in by_rate]
    return Group(
        Text(comparison.what_was_run(over), style="dim"),
        *_conditions(over),
        Text("\nWhat changed", style="bold"),
        WideTable(comparison.headings(over), sections, _COMPARED),
        *_shared_parts(over),
        *section("How to read it", comparison.HOW_TO_READ),
        *section("Warnings", comparison.warnings(over), "yellow"),
        *section("In one sentence", [comparison.headline(over)], "bold green"),
        Text(),
    )


def _shared_parts(over: Comparison) -> Iterator[RenderableType]:
    by_rate = groupby(comparison.part_rows(over), key=lambda row: row.rate)
    if sections := [(f"at {rate} req/s", list(rows)) for rate, rows in by_rate]:
        yield Text("\nWhere the gap goes", style="bold")
        yield WideTable(comparison.PART_HEADINGS, sections, _SHARED)


def _conditions(over: Comparison) -> Iterator[RenderableType]:
    yield Text("\nWhat else differed", style="bold")
    if rows := comparison.condition_rows(over):
        for row in rows:
            yield from _indented([f"{row.what}: {row.before} → {row.after}"])
    else:
        yield from _indented(["Nothing that was recorded."])


def _size_section(own: sizes.Section, reference: str) -> Iterator[RenderableType]:
    yield Text(f"\n{own.title}", style="bold")
    yield _SizesTable(own)
    yield from section(f"Where the gap to {reference} closes, {own.at}", own.gaps)
    yield from section(f"Where the better choice changes, {own.at}", own.choices)


class _SizesTable:
    """One table where the terminal is wide enough, else one for each half of its sizes."""

    def __init__(self, own: sizes.Section) -> None:
        self._headings = own.headings
        self._rows = own.rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        def fitting(columns: Sequence[int]) -> RenderResult:
            table = self._table(columns)
            needed = Measurement.get(console, options.update(max_width=_UNLIMITED), table)
            if needed.maximum <= options.max_width or len(columns) == 1:
                yield table
            else:
                half = (len(columns) + 1) // 2
                yield from fitting(columns[:half])
                yield from fitting(columns[half:])

        return fitting(range(1, len(self._headings)))

    def _table(self, columns: Sequence[int]) -> Table:
        table = _framed(self._headings[0])
        for column in columns:
            _add_column(table, self._headings[column])
        for row in self._rows:
            table.add_row(Text(row[0]), *(_dimmed(row[column]) for column in columns))
        return table


class WideTable:
    """One table where the terminal is wide enough, else one for each group of columns.

    The first column names the row. Rows are in sections, each with the text over it, if any.
    """

    def __init__(
        self,
        headings: Row,
        sections: Sequence[tuple[str, Sequence[Row]]],
        groups: Sequence[Sequence[str]],
    ) -> None:
        self._headings = headings
        self._sections = sections
        self._groups = groups

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = self._table([column for group in self._groups for column in group])
        needed = Measurement.get(console, options.update(max_width=_UNLIMITED), whole)
        if needed.maximum <= options.max_width:
            yield whole
        else:
            yield from (self._table(columns) for columns in self._groups)

    def _table(self, columns: Sequence[str]) -> Table:
        table = _framed(self._headings[0])
        for column in columns:
            _add_column(table, getattr(self._headings, column))
        for title, rows in self._sections:
            if title:
                table.add_row(Text(title, style="bold"))
            for row in rows:
                table.add_row(*_cells(row, columns))
            table.add_section()
        return table


def _framed(heading: str) -> Table:
    """A table with its first column, which names the rows."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(Text(heading), vertical="bottom", overflow="fold")
    return table


def _add_column(table: Table, heading: str) -> None:
    lines = wrap(heading, _HEADING_WIDTH, break_long_words=False, break_on_hyphens=False)
    table.add_column(Text("\n".join(lines)), justify="right", vertical="bottom", no_wrap=True)


def _dimmed(text: str) -> Text:
    """A cell whose interval steps back."""
    cell = Text(text)
    cell.highlight_regex(r"[\[(].*[\])]", "not bold dim")
    return cell


def _cell_table(summary: Summary) -> WideTable:
    by_rate = groupby(cell_rows(summary), key=lambda row: row.rate)
    sections = [(f"at {rate} req/s", list(rows)) for rate, rows in by_rate]
    return WideTable(cell_headings(summary.plan.reference), sections, _MEASURED)


def _attribution(own: attribution.Section) -> Iterator[RenderableType]:
    yield Text(f"\n{own.title}", style="bold")
    if own.headings:
        yield WideTable(own.headings, [("", own.rows)], _PARTS)
    yield from _indented(own.lines)


def _import_ladder(summary: Summary) -> Iterator[RenderableType]:
    if summary.import_ladder:
        yield Text("\nMemory of one Python process, import by import", style="bold")
        rows = attribution.import_rows(summary.import_ladder)
        yield WideTable(attribution.IMPORT_HEADINGS, [("", rows)], _IMPORTS)


def _cost_lines(summary: Summary) -> Iterator[RenderableType]:
    if summary.cost_models:
        yield Text(f"\n{cost_lines.TITLE}", style="bold")
        if rows := cost_lines.rows(summary):
            yield WideTable(cost_lines.headings(summary), [("", rows)], _LINES)
        yield from _indented(cost_lines.lines(summary))


def _container_section(own: containers.Section) -> Iterator[RenderableType]:
    yield Text(f"\n{own.title}", style="bold")
    yield WideTable(own.headings, [("", own.rows)], own.groups)
    yield from _indented(own.lines)


def _cells(row: Row, columns: Iterable[str]) -> Iterator[Text]:
    yield Text(row[0])
    for column in columns:
        cell = _dimmed(getattr(row, column))
        if column == "ratio":
            cell.stylize_before("bold")
        yield cell


def _card(card: SeedCard) -> Panel:
    lines = [Text(line) for line in sentences.seed_card(card)]
    return Panel(Group(*lines), title=Text(card.title), title_align="left")


def section(title: str, lines: Sequence[str], style: str = "") -> list[RenderableType]:
    """A title and indented lines; nothing for no lines."""
    if not lines:
        return []
    return [Text(f"\n{title}", style="bold"), *_indented(lines, style)]


def _indented(lines: Sequence[str], style: str = "") -> list[RenderableType]:
    return [Padding(Text(line, style=style), (0, 0, 0, 2)) for line in lines]


def _checks_style(summary: Summary) -> str:
    return "red" if summary.wrong_answers or summary.failed_requests else ""
