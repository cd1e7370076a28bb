"""Charts of a summary, as Vega-Lite specifications; their colours are the page's CSS variables."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import altair as alt

from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.summary import CellSummary, Summary
from stackgap.report import formatting as f
from stackgap.report.rows import label, ordered_cells

_INK = "var(--ink)"
_MUTED = "var(--muted)"
_LINE = "var(--line)"
_ACCENT = "var(--accent)"
_SECOND = "var(--second)"
_ANONYMOUS = "anonymous"
_FILE = "file-backed"
_ROW_PX = 26
# Room for labels to the right, as a part of what the data need.
_LABEL_ROOM = 1.45
_SUM_ROOM = 1.7
_FEW_TICKS = alt.Axis(tickCount=5)
_RATIO_TICKS = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]


@dataclass(frozen=True)
class Figure:
    """A chart with its caption."""

    caption: str
    spec: dict[str, Any]


def figures(summary: Summary) -> list[Figure]:
    """Ratios and CPU for each rate, then memory; a chart of which nothing is known is left out."""
    found = []
    for rate_hz, own in groupby(ordered_cells(summary), key=lambda each: each.cell.rate_hz):
        cells = list(own)
        rate = f.value(rate_hz, f.REQUESTS_PER_SECOND)
        reference = summary.plan.reference
        found += [
            Figure(f"CPU per request over that of {reference}, at {rate}", _ratios(cells)),
            Figure(
                f"CPU per request at {rate}; {reference} in the other colour",
                _cpu(cells, reference),
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
    domain = [low, low * (high / low) ** _LABEL_ROOM]
    data = alt.Chart(alt.InlineData(values=points)).encode(y=_stack_axis())
    x = alt.X(
        "low:Q",
        title="times the reference, log scale",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        axis=alt.Axis(values=_RATIO_TICKS, format="~g"),
    )
    one = alt.Chart(alt.InlineData(values=[{"one": 1}]))
    return _spec(
        one.mark_rule(color=_MUTED, strokeDash=[4, 3]).encode(x="one:Q"),
        data.mark_bar(color=_ACCENT, opacity=0.4, size=9).encode(x=x, x2="high:Q"),
        data.mark_tick(color=_ACCENT, opacity=1, thickness=3, size=15).encode(x="estimate:Q"),
        data.mark_text(align="right", color=_INK, fontSize=12).encode(
            x=alt.value("width"), text="text:N"
        ),
        rows=len(points),
    )


def _cpu(cells: Sequence[CellSummary], reference: str) -> dict[str, Any]:
    bars = [
        _point(label(own.cell), own.cpu_us_per_request, f.MICROSECONDS)
        | {"reference": own.cell.stack == reference}
        for own in cells
        if own.cpu_us_per_request.estimate is not None
    ]
    if not bars:
        return {}
    data = alt.Chart(alt.InlineData(values=bars)).encode(y=_stack_axis())
    x = alt.X(
        "estimate:Q",
        title="µs of CPU per request",
        scale=_from_zero(bars, _LABEL_ROOM),
        axis=_FEW_TICKS,
    )
    colour = alt.condition("datum.reference", alt.value(_SECOND), alt.value(_ACCENT))
    return _spec(
        data.mark_bar(size=14).encode(x=x, color=colour),
        data.mark_rule(color=_INK, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        _labels(data),
        rows=len(bars),
    )


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
    data = alt.Chart(alt.InlineData(values=pieces)).encode(y=_stack_axis())
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=[_ANONYMOUS, _FILE], range=[_ACCENT, _SECOND]),
        legend=alt.Legend(orient="top"),
    )
    x = alt.X("mib:Q", title="MiB", scale=_from_zero(totals, _SUM_ROOM), axis=_FEW_TICKS)
    return _spec(
        data.mark_bar(size=14).encode(x=x, color=colour, order="order:Q"),
        _labels(alt.Chart(alt.InlineData(values=totals)).encode(y=_stack_axis())),
        rows=len(totals),
    )


def _point(stack: str, estimate: Estimate, quantity: f.Quantity) -> dict[str, Any]:
    """Without an interval the ends are the estimate: nothing is drawn to either side."""
    low, high = (
        (estimate.low, estimate.high)
        if isinstance(estimate, Interval)
        else (estimate.estimate, estimate.estimate)
    )
    return {
        "stack": stack,
        "estimate": estimate.estimate,
        "low": low,
        "high": high,
        "text": f.point(estimate, quantity) + ("×" if quantity is f.RATIO else ""),
    }


def _stack_axis() -> alt.Y:
    return alt.Y("stack:N", sort=None, title=None, axis=alt.Axis(labelLimit=200))


def _from_zero(bars: Sequence[dict[str, Any]], room: float) -> alt.Scale:
    return alt.Scale(domain=[0, max(bar["high"] for bar in bars) * room], nice=False)


def _labels(data: alt.Chart) -> alt.Chart:
    labelled: alt.Chart = data.mark_text(align="left", dx=7, color=_INK, fontSize=12)
    return labelled.encode(x="high:Q", text="text:N")


def _spec(*layers: alt.Chart, rows: int) -> dict[str, Any]:
    chart = (
        alt.layer(*layers)
        .properties(
            width="container",
            height=rows * _ROW_PX,
            background="transparent",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font="system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK,
            titleColor=_MUTED,
            gridColor=_LINE,
            domainColor=_LINE,
            tickColor=_LINE,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_axisY(grid=False, ticks=False, domain=False, labelPadding=8)
        .configure_legend(labelColor=_INK, labelFontSize=12)
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec
