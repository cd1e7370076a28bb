"""Charts of a summary's cells and stacks, as Vega-Lite specifications."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import altair as alt

from stackgap.analyse.interval import Estimate
from stackgap.analyse.summary import CellSummary, Summary
from stackgap.report import formatting as f
from stackgap.report.drawing import (
    ACCENT,
    FEW_TICKS,
    INK,
    LABEL_ROOM,
    SECOND,
    Figure,
    from_zero,
    labels,
    no_change,
    row_axis,
    span,
    spans,
    spec,
)
from stackgap.report.rows import label, ordered_cells

_ANONYMOUS = "anonymous"
_FILE = "file-backed"
_SUM_ROOM = 1.7
_LATENCY_TICKS_MS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
_RATIO_TICKS = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]


def figures(summary: Summary) -> list[Figure]:
    """Ratios and CPU for each rate, then memory; a chart of which nothing is known is left out."""
    found = []
    for rate_hz, own in groupby(ordered_cells(summary), key=lambda each: each.cell.rate_hz):
        cells = list(own)
        rate = f.rate(rate_hz)
        reference = summary.plan.reference
        found += [
            Figure(f"CPU per request over that of {reference}, at {rate}", _ratios(cells)),
            Figure(
                f"CPU per request at {rate}; {reference} in the other colour",
                _cpu(cells, reference),
            ),
            Figure(
                f"Latency at {rate}, from when a request was due: from the median to the 99th "
                "percentile",
                _latency(cells),
            ),
        ]
    found.append(Figure("Memory under load", _memory(summary)))
    return [figure for figure in found if figure.spec]


def _ratios(cells: Sequence[CellSummary]) -> dict[str, Any]:
    points = [
        _point(label(own.cell), own.ratio, f.RATIO)
        for own in cells
        if own.ratio is not None and own.ratio.estimate is not None
    ]
    if not points:
        return {}
    low = min(0.9, *(point["low"] * 0.9 for point in points))
    high = max(1.2, *(point["high"] for point in points))
    layers = spans(points, "times the reference", _RATIO_TICKS, (low, high))
    return spec(no_change(), *layers, rows=len(points))


def _cpu(cells: Sequence[CellSummary], reference: str) -> dict[str, Any]:
    bars = [
        _point(label(own.cell), own.cpu_us_per_request, f.MICROSECONDS)
        | {"reference": own.cell.stack == reference}
        for own in cells
        if own.cpu_us_per_request.estimate is not None
    ]
    if not bars:
        return {}
    data = alt.Chart(alt.InlineData(values=bars)).encode(y=row_axis("stack"))
    x = alt.X(
        "estimate:Q",
        title="µs of CPU per request",
        scale=from_zero(bars, LABEL_ROOM),
        axis=FEW_TICKS,
    )
    colour = alt.condition("datum.reference", alt.value(SECOND), alt.value(ACCENT))
    return spec(
        data.mark_bar(size=14).encode(x=x, color=colour),
        data.mark_rule(color=INK, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        labels(data),
        rows=len(bars),
    )


def _latency(cells: Sequence[CellSummary]) -> dict[str, Any]:
    points = [
        {
            "stack": label(own.cell),
            "low": own.p50_us / 1000,
            "estimate": own.p50_us / 1000,
            "high": own.p99_us / 1000,
            "text": f"{f.significant(own.p50_us / 1000)} to {f.significant(own.p99_us / 1000)}",
        }
        for own in cells
        if own.p50_us and own.p99_us
    ]
    if not points:
        return {}
    low = 0.9 * min(own.p50_us / 1000 for own in cells if own.p50_us)
    high = max(own.p99_us / 1000 for own in cells if own.p99_us)
    return spec(*spans(points, "ms", _LATENCY_TICKS_MS, (low, high)), rows=len(points))


def _memory(summary: Summary) -> dict[str, Any]:
    pieces = []
    totals = []
    for own in summary.stacks:
        anonymous, file = own.loaded_anonymous_mib.estimate, own.loaded_file_mib.estimate
        if anonymous is None or file is None:
            continue
        text = " + ".join(f.bare_value(part, f.MEBIBYTES) for part in (anonymous, file))
        pieces += [
            {"stack": own.stack, "kind": _ANONYMOUS, "mib": anonymous, "order": 0},
            {"stack": own.stack, "kind": _FILE, "mib": file, "order": 1},
        ]
        totals.append({"stack": own.stack, "high": anonymous + file, "text": text})
    if not pieces:
        return {}
    data = alt.Chart(alt.InlineData(values=pieces)).encode(y=row_axis("stack"))
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=[_ANONYMOUS, _FILE], range=[ACCENT, SECOND]),
        legend=alt.Legend(orient="top"),
    )
    x = alt.X("mib:Q", title="MiB", scale=from_zero(totals, _SUM_ROOM), axis=FEW_TICKS)
    return spec(
        data.mark_bar(size=14).encode(x=x, color=colour, order="order:Q"),
        labels(alt.Chart(alt.InlineData(values=totals)).encode(y=row_axis("stack"))),
        rows=len(totals),
    )


def _point(stack: str, estimate: Estimate, quantity: f.Quantity) -> dict[str, Any]:
    return {
        "stack": stack,
        **span(estimate),
        "text": f.point(estimate, quantity) + ("×" if quantity is f.RATIO else ""),
    }
