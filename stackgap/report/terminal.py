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

from stackgap.analyse.summary import SeedCard, Summary
from stackgap.report import sentences
from stackgap.report.rows import CellRow, cell_headings, cell_rows

_MEASURED = ("cpu", "core", "ratio", "p50", "p99", "anonymous", "file")
_NARROW = (_MEASURED[:3], _MEASURED[3:])


_HEADING_WIDTH = 9
_UNLIMITED = 1000


def render(summary: Summary) -> Group:
    """All of a run that fits a terminal of 80 columns or more; what to take away comes last."""
    return Group(
        Text(sentences.what_was_run(summary.plan), style="dim"),
        _CellTable(summary) if summary.cells else Text("\nNo cell was measured."),
        *_section("How to read it", sentences.how_to_read(summary)),
        *_section("The claim", [sentences.CLAIM_SENTENCE] if summary.seed_cards else []),
        *(_card(card) for card in summary.seed_cards),
        *_section("What may be said", sentences.verdicts(summary)),
        *_section("Checks", sentences.checks(summary), _checks_style(summary)),
        *_section("Left out", sentences.refusals(summary.refused), "yellow"),
        *_section("Warnings", sentences.warnings(summary), "yellow"),
        *_section("In one sentence", [sentences.headline(summary)], "bold green"),
        Text(),
    )


class _CellTable:
    """One table where the terminal is wide enough, else its columns in two."""

    def __init__(self, summary: Summary) -> None:
        self._headings = cell_headings(summary.plan.reference)
        self._rows = cell_rows(summary)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole = self._table(_MEASURED)
        needed = Measurement.get(console, options.update(max_width=_UNLIMITED), whole)
        if needed.maximum <= options.max_width:
            yield whole
        else:
            yield from (self._table(columns) for columns in _NARROW)

    def _table(self, columns: Sequence[str]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        table.add_column(Text(self._headings.stack), vertical="bottom", no_wrap=True)
        for column in columns:
            heading = wrap(
                getattr(self._headings, column),
                _HEADING_WIDTH,
                break_long_words=False,
                break_on_hyphens=False,
            )
            table.add_column(
                Text("\n".join(heading)), justify="right", vertical="bottom", no_wrap=True
            )
        for rate, rows in groupby(self._rows, key=lambda row: row.rate):
            table.add_row(Text(f"at {rate} req/s", style="bold"))
            for row in rows:
                table.add_row(*_cells(row, columns))
            table.add_section()
        return table


def _cells(row: CellRow, columns: Iterable[str]) -> Iterator[Text]:
    yield Text(row.stack)
    for column in columns:
        cell = Text(getattr(row, column))
        if column == "ratio":
            cell.stylize("bold")
        cell.highlight_regex(r"[\[(].*[\])]", "not bold dim")
        yield cell


def _card(card: SeedCard) -> Panel:
    lines = [Text(line) for line in sentences.seed_card(card)]
    return Panel(Group(*lines), title=Text(card.title), title_align="left")


def _section(title: str, lines: Sequence[str], style: str = "") -> list[RenderableType]:
    if not lines:
        return []
    indented = [Padding(Text(line, style=style), (0, 0, 0, 2)) for line in lines]
    return [Text(f"\n{title}", style="bold"), *indented]


def _checks_style(summary: Summary) -> str:
    return "red" if summary.wrong_answers or summary.failed_requests else ""
