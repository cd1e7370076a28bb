"""What containers add, as text: a table of CPU, one of memory, and how far they hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stackgap.analyse.containers import PREDICTS_WITHIN
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.summary import Added, ContainerMemory, Predicted, Summary
from stackgap.report import formatting as f

TITLE = "What containers add"

_KINDS = {
    "host": "the machine's own network",
    "bridge": "an address of its own on Docker's bridge",
    "published": "a port of the machine that docker-proxy listens on",
    "docker-run": "a published port, and the log by Docker's driver: as `docker run -p`",
}


class AddedRow(NamedTuple):
    """One stack in one kind of container at one rate, or the headings over such rows."""

    stack: str
    rate: str
    process: str
    contained: str
    added: str
    ratio: str
    others: str


class MemoryRow(NamedTuple):
    """One stack's container, or the headings over such rows."""

    stack: str
    idle: str
    loaded: str
    anonymous: str
    file: str


Row = AddedRow | MemoryRow


@dataclass(frozen=True)
class Section:
    """A table, in groups of columns that fit a narrow terminal, and sentences."""

    title: str
    headings: Row
    rows: Sequence[Row]
    groups: Sequence[Sequence[str]]
    lines: Sequence[str]


def sections(summary: Summary) -> list[Section]:
    """CPU and memory; none for a run without containers."""
    return [*_cpu(summary), *_memory(summary)]


def _cpu(summary: Summary) -> Iterator[Section]:
    if summary.added:
        yield Section(
            TITLE,
            AddedRow(
                "stack",
                "req/s",
                "CPU µs per request as a process",
                "in the container",
                "added",
                "× the process",
                "by Docker's processes beside it",
            ),
            [_added_row(own) for own in summary.added],
            (("rate", "process", "contained", "added"), ("rate", "ratio", "others")),
            [*_kinds(summary.added), *map(_prediction, summary.predicted)],
        )


def _memory(summary: Summary) -> Iterator[Section]:
    if summary.container_memory:
        yield Section(
            "Memory of the containers",
            MemoryRow(
                "stack",
                "`docker stats` MiB, idle",
                "loaded",
                "of it anonymous",
                "files charged to it, used or not",
            ),
            [_memory_row(own) for own in summary.container_memory],
            (("idle", "loaded"), ("anonymous", "file")),
            list(_memory_lines(summary.container_memory)),
        )


def _added_row(own: Added) -> AddedRow:
    return AddedRow(
        f"{own.stack}@{own.container}",
        f.bare_rate(own.rate_hz),
        f.point(own.process_us, f.MICROSECONDS),
        f.point(own.contained_us, f.MICROSECONDS),
        f.bare(own.added_us, f.MICROSECONDS),
        f.bare(own.ratio, f.RATIO),
        ", ".join(
            f"{account} {f.point(estimate, f.MICROSECONDS)}"
            for account, estimate in own.others_us.items()
        )
        or f.ABSENT,
    )


def _memory_row(own: ContainerMemory) -> MemoryRow:
    return MemoryRow(
        own.stack,
        f.bare(own.idle_shown_mib, f.MEBIBYTES),
        f.bare(own.loaded_shown_mib, f.MEBIBYTES),
        f.point(own.loaded_anonymous_mib, f.MEBIBYTES),
        f.point(own.loaded_file_mib, f.MEBIBYTES),
    )


def _kinds(added: Sequence[Added]) -> Iterator[str]:
    for kind in dict.fromkeys(own.container for own in added):
        yield f"@{kind}: {_KINDS.get(kind, kind)}."


def _prediction(own: Predicted) -> str:
    """What the other half of the stacks says of one, and whether that holds."""
    ratio = f.text(own.predicted_over_measured, f.RATIO)
    return (
        f"{own.stack} is predicted to cost {ratio} what it does, by what @{own.container} adds at "
        f"{f.rate(own.rate_hz)} to {' and '.join(own.learnt_from)}: "
        f"{_held(own.predicted_over_measured)}."
    )


def _held(ratio: Estimate) -> str:
    if not isinstance(ratio, Interval):
        return "no interval yet"
    limit = f.percent(PREDICTS_WITHIN)
    if ratio.low >= 1 - PREDICTS_WITHIN and ratio.high <= 1 + PREDICTS_WITHIN:
        return f"within {limit}"
    if ratio.high < 1 - PREDICTS_WITHIN or ratio.low > 1 + PREDICTS_WITHIN:
        return f"not within {limit}"
    return f"not known to {limit}"


def _memory_lines(memory: Sequence[ContainerMemory]) -> Iterator[str]:
    yield (
        "`docker stats` shows what the container's control group holds, but for files not used "
        "lately. A page of a file is charged to the container that reads it first after it was "
        "dropped from memory, so the same image shows less in every further container."
    )
    for own in memory:
        if own.throttled_ms.estimate:
            yield (
                f"{own.stack} was kept from running for "
                f"{f.text(own.throttled_ms, f.MILLISECONDS)}: it used up its CPU quota."
            )
