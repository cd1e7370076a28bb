"""Two runs of the same thing, as text and as a chart: what changed, and what else differed."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from stackgap.analyse.compare import ComparedCell, Comparison
from stackgap.analyse.interval import MIN_GENERATIONS, Estimate, Interval
from stackgap.report import formatting as f
from stackgap.report.drawing import (
    Figure,
    no_change,
    span,
    spans,
    spec,
)

HOW_TO_READ = (
    "Change is a stack's ratio to the reference in the later run over that in the earlier one: "
    "what makes a whole machine slower falls out of it. Below 1 the stack became cheaper.",
    "[a, b] is the 95 % interval; two runs share nothing, so it is Welch's. Of 20 stacks that did "
    "not change, one is expected to miss 1.",
    "CPU µs of two runs may differ because the machine did; hold ratios against each other.",
)

_MOST_TEXT = 60
_TICKS = [0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2, 5, 10]


class ComparedRow(NamedTuple):
    """A stack at a rate in both runs, or the headings over such rows."""

    stack: str
    rate: str
    cpu_before: str
    cpu_after: str
    ratio_before: str
    ratio_after: str
    change: str


class SharedRow(NamedTuple):
    """A part of the gap in both runs, or the headings over such rows."""

    part: str
    rate: str
    before: str
    after: str
    change: str


class ConditionRow(NamedTuple):
    """What of the conditions differs, or the headings over such rows."""

    what: str
    before: str
    after: str


PARTS_CAPTION = (
    "Shares of the gap; what makes a whole machine slower falls out of the change, as it does above"
)
PART_HEADINGS = SharedRow(
    "part", "req/s", "% of the gap before", "% of the gap after", "change, points"
)
CONDITION_HEADINGS = ConditionRow("what", "before", "after")


def title(over: Comparison) -> str:
    """The equation and its size."""
    plan = over.after.plan
    return f"{plan.equation}, n = {plan.n:,}: two runs"


def what_was_run(over: Comparison) -> str:
    """Both runs, and what ratios are taken to."""
    return (
        f"before: {over.before.run_id}; after: {over.after.run_id}; "
        f"ratios to {over.after.plan.reference}"
    )


def headline(over: Comparison) -> str:
    """How many of the shared stacks changed, or why that is not known."""
    known = [(own.cell, own.change) for own in over.cells if isinstance(own.change, Interval)]
    if not known:
        return f"No verdict: a change needs {MIN_GENERATIONS} generations that count in both runs."
    changed = [(cell, change) for cell, change in known if not change.includes(1)]
    which = f.count(len(known), "stack at a rate", "stacks at a rate")
    if not changed:
        return f"Of {which} none changed that could be told."
    cell, change = max(changed, key=lambda own: abs(1 - own[1].estimate))
    return (
        f"Of {which} {len(changed)} changed, most of all {cell.stack} at "
        f"{f.rate(cell.rate_hz)}: {f.text(change, f.RATIO)} of what it took."
    )


def condition_rows(over: Comparison) -> list[ConditionRow]:
    """What differs between the conditions of the two."""
    return [
        ConditionRow(own.what, _shown(own.before), _shown(own.after)) for own in over.conditions
    ]


def headings(over: Comparison) -> ComparedRow:
    """The headings over `rows`, with units."""
    reference = over.after.plan.reference
    return ComparedRow(
        stack="stack",
        rate="req/s",
        cpu_before="CPU µs before",
        cpu_after="CPU µs after",
        ratio_before=f"× {reference} before",
        ratio_after=f"× {reference} after",
        change="change",
    )


def rows(over: Comparison) -> list[ComparedRow]:
    """One row a stack and rate that both have, by rate."""
    return [
        ComparedRow(
            stack=own.cell.stack,
            rate=f.bare_rate(own.cell.rate_hz),
            cpu_before=f.bare(own.before.cpu_us_per_request, f.MICROSECONDS),
            cpu_after=f.bare(own.after.cpu_us_per_request, f.MICROSECONDS),
            ratio_before=_ratio(own.before.ratio),
            ratio_after=_ratio(own.after.ratio),
            change=_ratio(own.change),
        )
        for own in _ordered(over)
    ]


def part_rows(over: Comparison) -> list[SharedRow]:
    """One row a part and rate, if both runs divide the same gap."""
    return [
        SharedRow(
            own.name,
            f.bare_rate(own.rate_hz),
            f.bare(own.before, f.SHARE),
            f.bare(own.after, f.SHARE),
            f.bare(own.change, f.SHARE),
        )
        for own in over.parts
    ]


def warnings(over: Comparison) -> list[str]:
    """What a reader must know before believing the changes."""
    return list(_warnings(over))


def figures(over: Comparison) -> list[Figure]:
    """Changes at each rate; none where none is known."""
    found = []
    for rate_hz, own in groupby(_ordered(over), key=lambda each: each.cell.rate_hz):
        points = [
            {
                "stack": each.cell.stack,
                **span(each.change),
                "text": f.point(each.change, f.RATIO),
            }
            for each in own
            if each.change is not None and each.change.estimate is not None
        ]
        if points:
            caption = f"After over before, at {f.rate(rate_hz)}; 1 is no change"
            found.append(Figure(caption, _chart(points)))
    return found


def _ordered(over: Comparison) -> list[ComparedCell]:
    rates = list(dict.fromkeys(own.cell.rate_hz for own in over.cells))
    return sorted(over.cells, key=lambda own: rates.index(own.cell.rate_hz))


def _warnings(over: Comparison) -> Iterator[str]:
    for run in (over.before, over.after):
        yield from (f"{run.run_id}: {warning}" for warning in run.warnings)
        if run.given_up:
            yield f"{run.run_id} was given up: {run.given_up}."
    for run, cells in ((over.before, over.only_before), (over.after, over.only_after)):
        if cells:
            names = ", ".join(f"{cell.stack} at {f.rate(cell.rate_hz)}" for cell in cells)
            yield f"Only in {run.run_id}: {names}."


def _ratio(own: Estimate | None) -> str:
    return "1 (reference)" if own is None else f.bare(own, f.RATIO)


def _shown(value: Any) -> str:
    if value is None:
        return "not recorded"
    text = str(value)
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def _chart(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    low = min(0.9, *(point["low"] for point in points))
    high = max(1.1, *(point["high"] for point in points))
    layers = spans(points, "after over before", _TICKS, (low, high))
    return spec(no_change(), *layers, rows=len(points))
