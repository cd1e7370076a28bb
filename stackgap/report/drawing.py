"""What all charts share: colours (the page's CSS variables), axes and the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stackgap.analyse.interval import Estimate, Interval

INK = "var(--ink)"
MUTED = "var(--muted)"
LINE = "var(--line)"
ACCENT = "var(--accent)"
SECOND = "var(--second)"
_ROW_PX = 26
# Room for labels to the right, as a part of what the data need.
LABEL_ROOM = 1.45
FEW_TICKS = alt.Axis(tickCount=5)


@dataclass(frozen=True)
class Figure:
    """A chart with its caption."""

    caption: str
    spec: dict[str, Any]


def centre(estimate: Estimate) -> float:
    """The value of an estimate that has one."""
    assert estimate.estimate is not None, "nothing is shown of what no generation has"
    return estimate.estimate


def ends(estimate: Estimate) -> tuple[float, float]:
    """Without an interval both are the estimate: nothing is drawn to either side."""
    if isinstance(estimate, Interval):
        return estimate.low, estimate.high
    return centre(estimate), centre(estimate)


def span(estimate: Estimate) -> dict[str, float]:
    """The centre and both ends, as charts name them."""
    low, high = ends(estimate)
    return {"estimate": centre(estimate), "low": low, "high": high}


def row_axis(field: str) -> alt.Y:
    """A row for each value of `field`, in the order of the data."""
    return alt.Y(f"{field}:N", sort=None, title=None, axis=alt.Axis(labelLimit=200))


def stack_colour(stacks: Sequence[str]) -> alt.Color:
    """A colour for each stack, and a legend in their order."""
    return alt.Color(
        "stack:N",
        title=None,
        sort=list(stacks),
        scale=alt.Scale(scheme="tableau10" if len(stacks) <= 10 else "tableau20"),
        legend=alt.Legend(orient="top", columns=2, labelLimit=300, symbolOpacity=1),
    )


def from_zero(bars: Sequence[dict[str, Any]], room: float) -> alt.Scale:
    """From 0 to the highest of `bars`, and `room` times as far for what stands beside them."""
    return alt.Scale(domain=[0, max(bar["high"] for bar in bars) * room], nice=False)


def spans(
    points: Sequence[dict[str, Any]],
    title: str,
    ticks: Sequence[float],
    domain: tuple[float, float],
) -> tuple[alt.Chart, ...]:
    """A row for each of `points`: from its `low` to its `high`, a mark at its `estimate`, its
    `text` at the right edge; logarithmic over `domain` and some room."""
    low, high = domain
    data = alt.Chart(alt.InlineData(values=list(points))).encode(y=row_axis("stack"))
    x = alt.X(
        "low:Q",
        title=f"{title}, log scale",
        scale=alt.Scale(type="log", domain=[low, low * (high / low) ** LABEL_ROOM], nice=False),
        axis=alt.Axis(values=list(ticks), format="~g"),
    )
    return (
        data.mark_bar(color=ACCENT, opacity=0.4, size=9).encode(x=x, x2="high:Q"),
        data.mark_tick(color=ACCENT, opacity=1, thickness=3, size=15).encode(x="estimate:Q"),
        data.mark_text(align="right", color=INK, fontSize=12).encode(
            x=alt.value("width"), text="text:N"
        ),
    )


def no_change() -> alt.Chart:
    """A dashed rule at 1."""
    one: alt.Chart = alt.Chart(alt.InlineData(values=[{"one": 1}])).mark_rule(
        color=MUTED, strokeDash=[4, 3]
    )
    return one.encode(x="one:Q")


def labels(data: alt.Chart) -> alt.Chart:
    """The text of each row, to the right of its bar."""
    labelled: alt.Chart = data.mark_text(align="left", dx=7, color=INK, fontSize=12)
    return labelled.encode(x="high:Q", text="text:N")


def spec(*layers: alt.Chart, rows: int) -> dict[str, Any]:
    """The layers in one frame, so many rows high and as wide as the page allows."""
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
            labelColor=INK,
            titleColor=MUTED,
            gridColor=LINE,
            domainColor=LINE,
            tickColor=LINE,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_axisY(grid=False, ticks=False, domain=False, labelPadding=8)
        .configure_legend(labelColor=INK, labelFontSize=12)
    )
    drawn: dict[str, Any] = chart.to_dict()
    return drawn
