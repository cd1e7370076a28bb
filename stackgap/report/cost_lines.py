"""CPU against rate, as text and as a chart: the line of each stack, and whether it holds."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import altair as alt
import numpy as np

from stackgap.analyse.cost_model import HOLDS_WITHIN, core_share
from stackgap.analyse.interval import Estimate
from stackgap.analyse.seed_card import CLAIM
from stackgap.analyse.summary import CellSummary, CostModel, HeldOut, NotModelled, Summary
from stackgap.report import formatting as f
from stackgap.report.drawing import (
    INK,
    MUTED,
    Figure,
    span,
    spec,
    stack_colour,
)

TITLE = "CPU against rate"

_CHART_ROWS = 13
_STEPS = 24
_ROOM = 1.15
_SHARE_TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]


class LineRow(NamedTuple):
    """The line of one stack, or the headings over such rows."""

    stack: str
    constant: str
    per_request: str
    predicted: str
    holds: str


def headings(summary: Summary) -> LineRow:
    """The headings over `rows`, with units."""
    held_out = {own.rate_hz for own in _held_out(summary)}
    where = f" at {', '.join(map(f.rate, held_out))}" if held_out else ""
    return LineRow(
        "stack",
        "constant, ms of CPU a second",
        "CPU µs per request",
        f"predicted over measured{where}",
        f"within {f.percent(HOLDS_WITHIN)}",
    )


def rows(summary: Summary) -> list[LineRow]:
    """One row a stack that has a line, as the plan has them."""
    return [
        LineRow(
            own.stack,
            f.bare(own.constant_ms_per_s, f.MILLISECONDS_PER_SECOND),
            f.bare(own.per_request_us, f.MICROSECONDS),
            f.bare(own.held_out.predicted_over_measured, f.RATIO) if own.held_out else f.ABSENT,
            _held(own.held_out),
        )
        for own in _models(summary)
    ]


def lines(summary: Summary) -> list[str]:
    """How the lines were made, what they are not, and where they do not hold."""
    return list(_lines(summary)) if summary.cost_models else []


def figures(summary: Summary) -> list[Figure]:
    """Core share against rate, between the measured rates; none where no stack has a line."""
    models = _models(summary)
    if not models:
        return []
    stacks = [own.stack for own in models]
    points = [_point(own) for own in summary.cells if own.cell.stack in stacks and _known(own)]
    between = [step for own in models if _may_be_drawn(own) for step in _steps(own)]
    return [
        Figure(
            "Part of a core against rate: points as measured, hollow where held out; lines and "
            "their 95 % bands between them; dashed what the claim names",
            _chart(stacks, points, between),
        )
    ]


def _models(summary: Summary) -> list[CostModel]:
    return [own for own in summary.cost_models if isinstance(own, CostModel)]


def _held_out(summary: Summary) -> list[HeldOut]:
    return [own.held_out for own in _models(summary) if own.held_out]


def _held(own: HeldOut | None) -> str:
    if own is None:
        return "not tested"
    return {True: "yes", False: "no", None: "cannot be told"}[own.holds]


def _may_be_drawn(model: CostModel) -> bool:
    """A line that was seen not to hold says nothing between the points."""
    return model.held_out is None or model.held_out.holds is not False


def _lines(summary: Summary) -> Iterator[str]:
    models = _models(summary)
    if models:
        *others, last = map(f.bare_rate, models[0].rates_hz)
        yield (
            "In each generation a straight line of CPU per second over the rate is laid through "
            f"what was measured at {', '.join(others)} and {last} req/s, where an error of one per "
            "cent weighs alike at each. Nothing is said beyond these rates."
        )
        yield (
            "The constant is where the line would be without requests. It was not measured there: "
            "it is not the idle CPU, and what a core that is seldom used takes to wake is in it."
        )
    for own in summary.cost_models:
        if isinstance(own, NotModelled):
            yield (
                f"{own.stack} has no line: nothing that counts was measured of it at "
                f"{f.rate(own.rate_hz)}."
            )
        elif not _may_be_drawn(own):
            yield (
                f"{own.stack} follows no such line: what it takes between the rates measured is "
                "not known, and not drawn."
            )


def _known(own: CellSummary) -> bool:
    return own.core_share.estimate is not None


def _point(own: CellSummary) -> dict[str, Any]:
    return {
        "stack": own.cell.stack,
        "rate": own.cell.rate_hz,
        "held_out": own.cell.rate_name == "held_out",
        **_percents(own.core_share),
    }


def _steps(model: CostModel) -> Iterator[dict[str, Any]]:
    low_hz, high_hz = model.rates_hz[0], model.rates_hz[-1]
    inside = np.geomspace(low_hz, high_hz, _STEPS)[1:-1]
    for rate_hz in (low_hz, *map(float, inside), high_hz):
        share = core_share(model, rate_hz)
        yield {"stack": model.stack, "rate": rate_hz, **_percents(share)}


def _percents(share: Estimate) -> dict[str, float]:
    return span(share.scaled(100))


def _domain(drawn: Sequence[dict[str, Any]]) -> list[float]:
    """From the lowest to the highest that is drawn, the claim among them, and some room."""
    claimed = [100 * CLAIM.fastapi_core_share, 100 * CLAIM.axum_core_share]
    lowest = min(*claimed, *(own["low"] for own in drawn))
    highest = max(*claimed, *(own["high"] for own in drawn))
    return [lowest / _ROOM, highest * _ROOM]


def _chart(
    stacks: Sequence[str], points: Sequence[dict[str, Any]], between: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    claimed = [
        {"share": 100 * share, "text": f"{f.percent(share)} of a core"}
        for share in (CLAIM.fastapi_core_share, CLAIM.axum_core_share)
    ]
    rates_hz = sorted({point["rate"] for point in points})
    x = alt.X(
        "rate:Q",
        title="requests per second, log scale",
        scale=alt.Scale(type="log", domain=[rates_hz[0], rates_hz[-1]], nice=False),
        axis=alt.Axis(values=rates_hz, format=",~g"),
    )
    y = alt.Y(
        "estimate:Q",
        title="% of a core, log scale",
        scale=alt.Scale(type="log", domain=_domain([*points, *between]), nice=False),
        axis=alt.Axis(values=_SHARE_TICKS, format="~g"),
    )
    colour = stack_colour(stacks)
    rule = alt.Chart(alt.InlineData(values=claimed)).encode(y="share:Q")
    line = alt.Chart(alt.InlineData(values=list(between))).encode(x=x, color=colour)
    point = alt.Chart(alt.InlineData(values=list(points))).encode(x=x, color=colour)
    return spec(
        rule.mark_rule(color=MUTED, strokeDash=[4, 3]),
        rule.mark_text(align="right", baseline="bottom", dy=-2, color=INK, fontSize=11).encode(
            x=alt.value("width"), text="text:N"
        ),
        line.mark_area(opacity=0.25).encode(y="low:Q", y2="high:Q"),
        line.mark_line(strokeWidth=1.5).encode(y=y),
        point.mark_rule(strokeWidth=2).encode(y="low:Q", y2="high:Q"),
        *(
            point.transform_filter(alt.datum.held_out == held_out)
            .mark_point(filled=not held_out, size=45, opacity=1)
            .encode(y=y)
            for held_out in (False, True)
        ),
        rows=_CHART_ROWS,
    )
