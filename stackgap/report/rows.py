"""The tables every report shows, as text: a heading row, and a row per cell or per stack."""

from typing import NamedTuple

from stackgap.analyse.summary import CellSummary, StackSummary, Summary
from stackgap.records import Cell
from stackgap.report import formatting as f


class CellRow(NamedTuple):
    """One stack at one rate, or the headings over such rows."""

    stack: str
    rate: str
    cpu: str
    core: str
    ratio: str
    p50: str
    p99: str
    anonymous: str
    file: str


class DetailRow(NamedTuple):
    """One stack at one rate with every interval, or the headings over such rows."""

    stack: str
    rate: str
    cpu: str
    difference: str
    ratio: str
    hodges_lehmann: str
    level: str
    answered: str


class StackRow(NamedTuple):
    """What of one stack does not depend on the rate, or the headings over such rows."""

    stack: str
    idle_anonymous: str
    loaded_anonymous: str
    idle_file: str
    loaded_file: str
    peak: str
    idle_cpu: str
    startup: str


DETAIL_HEADINGS = DetailRow(
    "stack",
    "req/s",
    "CPU µs per request",
    "µs more than the reference",
    "ratio (t)",
    "ratio (Hodges-Lehmann)",
    "its exact level",
    "answers counted",
)

STACK_HEADINGS = StackRow(
    "stack",
    "anonymous, idle, MiB",
    "anonymous, loaded, MiB",
    "file-backed, idle, MiB",
    "file-backed, loaded, MiB",
    "peak resident, MiB",
    "idle CPU, µs/s",
    "start-up, s",
)


def label(cell: Cell) -> str:
    """The stack's name, told apart where it is the A/A twin."""
    return f"{cell.stack} (twin)" if cell.replica else cell.stack


def cell_headings(reference: str) -> CellRow:
    """The headings over `cell_rows`, with units."""
    return CellRow(
        stack="stack",
        rate="req/s",
        cpu="CPU µs per request",
        core="% of a core",
        ratio=f"× {reference}",
        p50="p50 µs",
        p99="p99 µs",
        anonymous="memory MiB, idle → loaded",
        file="file-backed MiB",
    )


def ordered_cells(summary: Summary) -> list[CellSummary]:
    """The cells by rate, within a rate as the plan has them."""
    rates = list(dict.fromkeys(cell.rate_hz for cell in summary.plan.cells))
    return sorted(
        summary.cells,
        key=lambda own: (rates.index(own.cell.rate_hz), summary.plan.cells.index(own.cell)),
    )


def cell_rows(summary: Summary) -> list[CellRow]:
    """One row a cell, in the order of `ordered_cells`."""
    stacks = {own.stack: own for own in summary.stacks}
    return [
        _cell_row(own, stacks.get(own.cell.stack), summary.plan.reference)
        for own in ordered_cells(summary)
    ]


def detail_rows(summary: Summary) -> list[DetailRow]:
    """One row a cell, in the order of `ordered_cells`, and the twin's last."""
    twin = [summary.twin] if summary.twin else []
    return [
        DetailRow(
            label(own.cell),
            f.bare_rate(own.cell.rate_hz),
            f.bare(own.cpu_us_per_request, f.MICROSECONDS),
            f.bare(own.difference_us, f.MICROSECONDS),
            f.bare(own.ratio, f.RATIO),
            f.bare(own.ratio_hodges_lehmann, f.RATIO),
            f.level(own.ratio_hodges_lehmann),
            f"{own.answered:,}",
        )
        for own in [*ordered_cells(summary), *twin]
    ]


def stack_rows(summary: Summary) -> list[StackRow]:
    """One row a stack, as the plan has them."""
    return [
        StackRow(
            own.stack,
            f.bare(own.idle_anonymous_mib, f.MEBIBYTES),
            f.bare(own.loaded_anonymous_mib, f.MEBIBYTES),
            f.bare(own.idle_file_mib, f.MEBIBYTES),
            f.bare(own.loaded_file_mib, f.MEBIBYTES),
            f.bare(own.peak_resident_mib, f.MEBIBYTES),
            f.bare(own.idle_cpu_us_per_s, f.MICROSECONDS_PER_SECOND),
            f.bare(own.startup_s, f.SECONDS),
        )
        for own in summary.stacks
    ]


def _cell_row(own: CellSummary, stack: StackSummary | None, reference: str) -> CellRow:
    is_reference = own.cell.stack == reference and not own.cell.replica
    return CellRow(
        stack=label(own.cell),
        rate=f.bare_rate(own.cell.rate_hz),
        cpu=f.point(own.cpu_us_per_request, f.MICROSECONDS),
        core=f.point(own.core_share, f.SHARE),
        ratio="1 (reference)" if is_reference else f.bare(own.ratio, f.RATIO),
        p50=f.bare_value(own.p50_us, f.MICROSECONDS),
        p99=f.bare_value(own.p99_us, f.MICROSECONDS),
        anonymous=_idle_to_loaded(stack),
        file=f.point(stack.loaded_file_mib, f.MEBIBYTES) if stack else f.ABSENT,
    )


def _idle_to_loaded(stack: StackSummary | None) -> str:
    if stack is None:
        return f.ABSENT
    idle = f.point(stack.idle_anonymous_mib, f.MEBIBYTES)
    return f"{idle} → {f.point(stack.loaded_anonymous_mib, f.MEBIBYTES)}"
