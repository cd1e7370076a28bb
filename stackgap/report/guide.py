"""The guide in words and tables: the answer to one case, and the page on all that was measured."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt

from stackgap.analyse.choices import Owned
from stackgap.analyse.guide import (
    ENOUGH,
    MATTERS_CORES,
    MATTERS_LATENCY,
    MATTERS_WAIT_US,
    Answer,
    Case,
    Option,
)
from stackgap.analyse.interval import Estimate
from stackgap.report import formatting as f
from stackgap.report import markdown as md
from stackgap.report.drawing import (
    MUTED,
    Figure,
    span,
    spec,
    stack_colour,
)

_CORES = f.Quantity(" cores", 1, 3)
_MONEY = f.Quantity("", 1, 2)
_CHART_ROWS = 14
_ROOM = 1.15
_RATIO_TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]
_HEADINGS = (
    "choice",
    "CPU µs per request",
    "× staying",
    "cores in all",
    "memory MiB",
    "p99 µs",
    "a month",
)


RULE = (
    f"A change counts where it saves at least {MATTERS_CORES:g} of a core, or "
    f"{f.percent(MATTERS_LATENCY)} of what a caller waits for and at least "
    f"{MATTERS_WAIT_US / 1000:g} ms of it. Of those that do, the advice is the first that gives "
    f"{f.percent(ENOUGH)} of what the largest gives."
)


class OptionRow(NamedTuple):
    """What one choice takes, or the headings over such rows."""

    choice: str
    cpu: str
    ratio: str
    cores: str
    memory: str
    p99: str
    month: str


HEADINGS = OptionRow(*_HEADINGS)
GROUPS = (("cpu", "ratio"), ("cores", "memory", "p99", "month"))


def case_line(own: Case) -> str:
    """What was asked."""
    waits = f", {own.io_ms:g} ms of waiting in each" if own.io_ms else ""
    return f"{own.equation}, {f.count(own.n, 'value')} a request, {f.rate(own.rate_hz)}{waits}"


def option_rows(own: Answer) -> list[OptionRow]:
    """One row a choice."""
    return [_row(option) for option in own.options]


def lines(own: Answer) -> list[str]:
    """What the table assumes, and what to do."""
    return list(_lines(own))


def _row(option: Option) -> OptionRow:
    return OptionRow(
        option.choice.name,
        f.bare(option.cpu_us, f.MICROSECONDS),
        "1" if option.ratio is None else f.bare(option.ratio, f.RATIO),
        f.bare(option.cores, _CORES),
        f.point(option.memory_mib, f.MEBIBYTES),
        f.bare_value(option.p99_us, f.MICROSECONDS),
        f.bare(option.month, _MONEY),
    )


def _lines(own: Answer) -> Iterator[str]:
    yield (
        f"{f.count(own.replicas, 'replica')} at {own.rate_hz:,.4g} req/s each: as many as keep "
        "each within the rates measured at this size. `stackgap probe capacity` finds whether "
        "one keeps up with more."
    )
    if len(own.run_ids) > 1:
        yield (
            "This size lies between two that were measured: costs are on a straight line of their "
            "logarithm, whose error is in no interval."
        )
    if len(own.machines) > 1:
        yield (
            "The two were measured on different machines: how they differ is in these costs, too, "
            "and in no interval."
        )
    if own.advised is not None:
        yield f"What changes: {own.advised.choice.change}."
        yield f"What you own more: {own.advised.choice.toolchain}."
        yield f"Not if {own.advised.choice.not_when}."
        if (broken_even := _break_even(own)) is not None:
            yield broken_even
    if own.case.io_ms:
        yield (
            "Waiting takes no CPU: it changes what callers see, and how many requests are in "
            "flight, not these costs."
        )
    yield f"From: {', '.join(own.run_ids)}. Costs are of another machine: ratios carry over better."


def _break_even(own: Answer) -> str | None:
    """How many days of work the advised change may take to pay for itself within a year."""
    assert own.advised is not None
    stay, cost = own.options[0].month, own.case.engineer_cost
    if cost is None or stay is None or own.advised.month is None:
        return None
    if stay.estimate is None or own.advised.month.estimate is None:
        return None
    saved = stay.estimate - own.advised.month.estimate
    if saved <= 0:
        return "It saves no money: memory costs more than the CPU it spares."
    return (
        f"It saves about {saved:,.2f} a month: within a year it pays for "
        f"{12 * saved / cost:,.1f} days of work."
    )


class PageRow(NamedTuple):
    """One choice at one size and rate on the page, or the headings over such rows."""

    choice: str
    cpu: str
    ratio: str
    memory: str
    p99: str


class OwnedRow(NamedTuple):
    """What one owns with a choice, or the headings over such rows."""

    choice: str
    change: str
    lines: str
    image: str
    build: str
    toolchain: str
    not_when: str


OWNED_NOTE = (
    "Lines are of the choice's own sources in this repository, without blank ones and comments. "
    "Images and builds as python -m benchmarks.ownership found them: the build is of what is "
    "compiled, its crates downloaded before, the shortest and the longest of three."
)

PAGE_HEADINGS = PageRow(
    "choice", "CPU µs per request", "× staying", "memory MiB", "p99 µs at the highest rate"
)
OWNED_HEADINGS = OwnedRow(
    "choice", "what changes", "lines to own", "image MB", "build from nothing, s", "needs", "not if"
)


def page(answers: Sequence[Answer], owned: Sequence[Owned], records: str) -> str:
    """The whole page in Markdown.

    `answers` are of measured sizes and rates, by equation, size and rate; `owned` is what one owns
    with each choice; `records` where the runs lie, seen from the page.
    """
    return "\n".join(_page(answers, owned, records)) + "\n"


def _page(answers: Sequence[Answer], owned: Sequence[Owned], records: str) -> Iterator[str]:
    yield "# Decision guide"
    yield ""
    yield (
        "`stackgap guide --write` makes this page from the runs in `benchmarks/results/`; a test "
        "holds it against them. Each table names its run, whose raw records lie there."
    )
    yield ""
    yield measured_on(answers)
    yield ""
    yield f"{RULE} At other rates, sizes, waits and prices, ask:"
    yield ""
    yield "    .venv/bin/stackgap guide --shape iterative --n 300 --rate 800 --io-ms 5"
    yield from ("", "## What each choice is, and what one owns with it", "")
    yield from md.table(OWNED_HEADINGS, owned_rows(owned), wordy=True)
    yield from ("", f"{OWNED_NOTE} The record: [ownership.json]({records}/ownership/).")
    for equation, of_equation in groupby(answers, key=lambda own: own.case.equation):
        yield from ("", f"## {equation}")
        for own in of_equation:
            yield from _page_section(own, records)


def measured_on(answers: Sequence[Answer]) -> str:
    """The machines that all of it was measured on: what on which, where there are several."""
    equations: dict[str, dict[str, None]] = {}
    for own in answers:
        for machine in own.machines:
            equations.setdefault(machine, {})[own.case.equation] = None
    if len(equations) == 1:
        return f"Measured on {next(iter(equations))}."
    each = (f"{', '.join(own)} on {machine}" for machine, own in equations.items())
    return f"Measured on several machines: {'; '.join(each)}."


def owned_rows(owned: Sequence[Owned]) -> list[OwnedRow]:
    """What one owns with each choice."""
    return [_owned(own) for own in owned]


def _owned(own: Owned) -> OwnedRow:
    return OwnedRow(
        own.choice.name,
        own.choice.change,
        _between([f"{count:,}" for count in sorted(own.lines.values())]),
        f"{own.image_bytes / 1e6:,.1f}",
        _between([f"{took_s:.0f}" for took_s in own.build_s]) if own.build_s else "0",
        own.choice.toolchain,
        own.choice.not_when,
    )


def _between(ascending: Sequence[str]) -> str:
    low, high = ascending[0], ascending[-1]
    return low if low == high else f"{low} to {high}"


def _page_section(own: Answer, records: str) -> Iterator[str]:
    case = own.case
    yield from ("", f"### n = {case.n:,} at {f.rate(case.rate_hz)}", "")
    yield from md.table(
        PAGE_HEADINGS,
        [_page_row(option) for option in own.options],
    )
    (run_id,) = own.run_ids
    yield ""
    yield f"{md.escaped(own.why)} [{_plain(run_id)}]({records}/{run_id}/)"


def _page_row(option: Option) -> PageRow:
    return PageRow(
        option.choice.name,
        f.bare(option.cpu_us, f.MICROSECONDS),
        "1" if option.ratio is None else f.bare(option.ratio, f.RATIO),
        f.point(option.memory_mib, f.MEBIBYTES),
        f.bare_value(option.p99_us, f.MICROSECONDS),
    )


def _plain(run_id: str) -> str:
    return re.sub(r"[\[\]]", "", run_id)


@dataclass(frozen=True)
class Section:
    """One equation on the guide's page: what each choice takes over staying, by size, and a table
    for each size and rate."""

    equation: str
    figure: Figure | None
    tables: tuple[tuple[str, list[PageRow], str, str], ...]


def sections(answers: Sequence[Answer]) -> list[Section]:
    """One an equation; a table is its title, rows, advice, and the run it comes from."""
    found = []
    for equation, own in groupby(answers, key=lambda each: each.case.equation):
        of_equation = list(own)
        tables = tuple(map(_page_table, of_equation))
        found.append(Section(equation, _figure(of_equation), tables))
    return found


def _page_table(own: Answer) -> tuple[str, list[PageRow], str, str]:
    (run_id,) = own.run_ids
    title = f"{own.case.equation}, n = {own.case.n:,} at {f.rate(own.case.rate_hz)}"
    return title, [_page_row(option) for option in own.options], own.why, run_id


def _figure(answers: Sequence[Answer]) -> Figure | None:
    """The ratios at the highest rate of each size; None where there is one size alone."""
    highest: dict[int, Answer] = {}
    for own in answers:
        known = highest.get(own.case.n)
        if known is None or own.case.rate_hz > known.case.rate_hz:
            highest[own.case.n] = own
    points = [
        {
            "stack": option.choice.name,
            "n": n,
            **span(option.ratio),
        }
        for n, own in sorted(highest.items())
        for option in own.options
        if option.ratio is not None and option.ratio.estimate is not None
    ]
    if len(highest) < 2 or not points:
        return None
    equation = answers[0].case.equation
    return Figure(
        f"{equation}: CPU per request over that of staying, at the highest rate of each size",
        _chart(points),
    )


def _chart(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    names = list(dict.fromkeys(point["stack"] for point in points))
    sizes = sorted({point["n"] for point in points})
    low = min(point["low"] for point in points) / _ROOM
    high = max(1.0, *(point["high"] for point in points)) * _ROOM
    x = alt.X(
        "n:Q",
        title="values in a request, log scale",
        scale=alt.Scale(type="log", domain=[sizes[0], sizes[-1]], nice=False),
        axis=alt.Axis(values=sizes, format=",~g"),
    )
    y = alt.Y(
        "estimate:Q",
        title="times staying, log scale",
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(values=_RATIO_TICKS, format="~g"),
    )
    data = alt.Chart(alt.InlineData(values=list(points))).encode(x=x, color=stack_colour(names))
    staying = alt.Chart(alt.InlineData(values=[{"one": 1}]))
    return spec(
        staying.mark_rule(color=MUTED, strokeDash=[4, 3]).encode(y="one:Q"),
        data.mark_area(opacity=0.2).encode(y=alt.Y("low:Q"), y2="high:Q"),
        data.mark_line().encode(y=y),
        data.mark_point(filled=True, size=40).encode(y=y),
        rows=_CHART_ROWS,
    )


def article_lines(shares: Mapping[str, Estimate], fastapi: float, axum: float) -> list[str]:
    """What the claim's two figures imply if they were of one rate, and what they cannot.

    `shares` are the parts of the gap between stock FastAPI and Axum by name; `fastapi` and `axum`
    the claim's parts of a core.
    """
    gap = fastapi - axum
    kernel = shares.get("Kernel")
    said = [
        f"If both were of one rate, the gap is {f.percent(round(gap, 6))} of a core, "
        f"{f.value(fastapi / axum, f.RATIO)} as much.",
    ]
    if kernel is not None and kernel.estimate is not None:
        saved = f.text(kernel.scaled(gap), f.SHARE)
        said.append(
            f"If it divides as it does here, a Rust kernel alone would have saved {saved} of a "
            f"core, {f.text(kernel, f.SHARE)} of the gap."
        )
    said.append(
        "What they cannot say: which rate that was, whether both logged and validated alike, how "
        "many values a request had, and so what any change would save."
    )
    return said
