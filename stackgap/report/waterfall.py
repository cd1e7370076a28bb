"""Charts of what a whole is made of, one bar on from where the one before ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stackgap.analyse.interval import Estimate
from stackgap.analyse.summary import Attribution, ImportSummary, Part, Summary
from stackgap.report import formatting as f
from stackgap.report.drawing import (
    ACCENT,
    FEW_TICKS,
    INK,
    SECOND,
    Figure,
    centre,
    ends,
    from_zero,
    row_axis,
    spec,
)

# For the texts, which stand below each other at the right edge, as a part of what the data need.
_LABEL_ROOM = 2.1


@dataclass(frozen=True)
class Bar:
    """From `begin` to `end`, where the end can lie from `low` to `high`.

    `whole` is whether it is one of the ends of the way, and not a step on it.
    """

    row: str
    begin: float
    end: float
    low: float
    high: float
    text: str
    whole: bool = False


def figures(summary: Summary) -> list[Figure]:
    """The parts of the gap at each rate, then memory import by import; what is not known is left
    out."""
    found = [
        Figure(
            f"From {own.first} down to {own.last}, at {f.rate(own.rate_hz)}"
            ": what each change saves",
            _waterfall(list(_gap_bars(own)), "µs of CPU per request"),
        )
        for own in summary.attributions
        if isinstance(own, Attribution)
    ]
    if summary.import_ladder:
        bars = list(_import_bars(summary.import_ladder))
        found.append(
            Figure(
                "Anonymous memory of a Python process, import by import",
                _waterfall(bars, "MiB"),
            )
        )
    return found


def _gap_bars(own: Attribution) -> Iterator[Bar]:
    left = centre(own.first_us)
    yield _whole(own.first, own.first_us)
    for part in own.parts:
        saved = centre(part.saved_us)
        low, high = ends(part.saved_us)
        yield Bar(part.name, left, left - saved, left - high, left - low, _change(part))
        left -= saved
    yield _whole(own.last, own.last_us)


def _change(part: Part) -> str:
    change = f"−{f.point(part.saved_us, f.MICROSECONDS)}".replace("−-", "+")
    if part.share is None or part.share.estimate is None:
        return change
    return f"{change} ({f.whole_percent(part.share.estimate)})"


def _import_bars(ladder: Sequence[ImportSummary]) -> Iterator[Bar]:
    reached = 0.0
    for own in ladder:
        low, high = ends(own.added_anonymous_mib)
        end = reached + centre(own.added_anonymous_mib)
        text = f.point(own.anonymous_mib, f.MEBIBYTES)
        yield Bar(own.step, reached, end, reached + low, reached + high, text)
        reached = end


def _whole(name: str, cost_us: Estimate) -> Bar:
    low, high = ends(cost_us)
    text = f.point(cost_us, f.MICROSECONDS)
    return Bar(name, 0.0, centre(cost_us), low, high, text, whole=True)


def _waterfall(bars: Sequence[Bar], title: str) -> dict[str, Any]:
    reach = [{"high": max(bar.begin, bar.end, bar.high)} for bar in bars]
    data = alt.Chart(alt.InlineData(values=[vars(bar) for bar in bars])).encode(y=row_axis("row"))
    x = alt.X("begin:Q", title=title, scale=from_zero(reach, _LABEL_ROOM), axis=FEW_TICKS)
    colour = alt.condition("datum.whole", alt.value(SECOND), alt.value(ACCENT))
    return spec(
        data.mark_bar(size=14).encode(x=x, x2="end:Q", color=colour),
        data.mark_rule(color=INK, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        data.mark_text(align="right", color=INK, fontSize=12).encode(
            x=alt.value("width"), text="text:N"
        ),
        rows=len(bars),
    )
