"""Several sizes of one equation, as text and charts: ratios against n, what crosses where."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stackgap.analyse.crossings import Passage, Side
from stackgap.analyse.crossovers import GAP_LEVELS, AtRate, Crossover, Ratios, SizedRun, Sizes
from stackgap.analyse.interval import MIN_GENERATIONS, Estimate
from stackgap.report import formatting as f
from stackgap.report.drawing import MUTED, Figure, centre, ends, spec, stack_colour

HOW_TO_READ = (
    "Each size is a run of its own, at the rate declared for it: along a row both n and the rate "
    "change.",
    "Between two sizes a ratio is a straight line of its logarithm over that of n, whose error is "
    "in no interval. Nothing is said beyond the sizes measured.",
    "[a, b] after a size holds the crossing with 95 %: where the ratio's band holds the level. "
    "Each interval is 95 % on its own.",
)

_SIDES: dict[Side, str] = {"above": "over", "below": "under"}
_CHART_ROWS = 14
_ROOM = 1.15
_RATIO_TICKS = [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]


@dataclass(frozen=True)
class Section:
    """What is shown of the rates of one name; `at` says which these are."""

    title: str
    at: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    gaps: tuple[str, ...]
    choices: tuple[str, ...]
    figure: Figure


def title(sizes: Sizes) -> str:
    """The equation, and from where to where."""
    return f"{sizes.equation} from n = {sizes.runs[0].n:,} to {sizes.runs[-1].n:,}"


def what_was_run(sizes: Sizes) -> str:
    """The runs and what counts of each."""
    runs = "; ".join(
        f"n = {run.n:,}: {run.run_id}, {f.count(run.generations, 'generation')}"
        for run in sizes.runs
    )
    return f"{title(sizes)}; ratios to {sizes.reference}; {runs}"


def headline(sizes: Sizes) -> str:
    """How often the choice changes, at the first of the rates."""
    if not sizes.rates:
        return f"{title(sizes)}: nothing was held against {sizes.reference} yet."
    first = sizes.rates[0]
    crossed = sum(any(each.crosses for each in own.passages) for own in first.choices)
    return (
        f"{title(sizes)}, at {_at(first)}: of "
        f"{f.count(len(first.choices), 'pair')} of stacks {crossed or 'none'} "
        f"{'changes' if crossed == 1 else 'change'} places."
    )


def caveats(sizes: Sizes) -> list[str]:
    """How far the runs can be trusted."""
    return [caveat for run in sizes.runs for caveat in run.caveats]


def sections(sizes: Sizes) -> list[Section]:
    """One for the rates of each name that all runs have."""
    return [
        Section(
            title=f"CPU per request over that of {sizes.reference}, at {_at(rate)}",
            at=f"at {_at(rate)}",
            headings=("stack", *(_heading(run, rate) for run in sizes.runs)),
            rows=tuple(_row(own, sizes.runs) for own in rate.to_reference),
            gaps=tuple(_gaps(rate.gaps)),
            choices=tuple(_choices(rate.choices)),
            figure=_figure(sizes.reference, rate),
        )
        for rate in sizes.rates
    ]


def _at(rate: AtRate) -> str:
    return f"the {rate.rate_name} rates".replace("_", "-")


def _heading(run: SizedRun, rate: AtRate) -> str:
    # Where headings are wrapped, the size stays on one line.
    return f"n\u00a0=\u00a0{run.n:,} ({f.rate(run.rates_hz[rate.rate_name])})"


def _row(own: Ratios, runs: Sequence[SizedRun]) -> tuple[str, ...]:
    return (own.stack, *(f.bare(own.by_n.get(run.n), f.RATIO) for run in runs))


@dataclass(frozen=True)
class _Words:
    """How to say of one ratio that it passes a level down or up, cannot be told from it, or is on
    one side of it."""

    falls: str
    rises: str
    untold: str
    below: str
    above: str


def _gap_words(own: Crossover) -> _Words:
    stack, level = own.ratios.stack, f"{own.level:g} times {own.ratios.other}"
    return _Words(
        falls=f"{stack} comes under {level}",
        rises=f"{stack} rises over {level}",
        untold=f"{stack} cannot be told from {level}",
        below=f"{stack} is under {level}",
        above=f"{stack} is over {level}",
    )


def _choice_words(own: Crossover) -> _Words:
    stack, other = own.ratios.stack, own.ratios.other
    return _Words(
        falls=f"{stack} becomes cheaper than {other}",
        rises=f"{other} becomes cheaper than {stack}",
        untold=f"{stack} and {other} cannot be told apart",
        below=f"{stack} is the cheaper",
        above=f"{other} is the cheaper",
    )


def _sentence(own: Crossover, passage: Passage, words: _Words) -> str:
    if passage.crosses:
        change = words.falls if passage.after == "below" else words.rises
        return f"{change} {_where(own, passage)}."
    smallest, largest = own.ratios.sizes
    low = f"{smallest:,}, the smallest measured," if passage.before is None else _n(passage.low)
    high = f"{largest:,}, the largest measured" if passage.after is None else _n(passage.high)
    return f"{words.untold} from n = {low} to {high}{_sides(passage, words)}."


def _where(own: Crossover, passage: Passage) -> str:
    if len(passage.estimates) != 1:
        at = ", ".join(_n(n) for n in passage.estimates)
        return f"somewhere from n = {_n(passage.low)} to {_n(passage.high)} (estimates: {at})"
    (estimate,) = passage.estimates
    if own.generations < MIN_GENERATIONS:
        return f"at n = {_n(estimate)} (no interval: {own.generations} of {MIN_GENERATIONS})"
    return f"at n = {_n(estimate)} [{_n(passage.low)}, {_n(passage.high)}]"


def _sides(passage: Passage, words: _Words) -> str:
    said = {"below": words.below, "above": words.above}
    if passage.before is not None and passage.before == passage.after:
        return f"; {said[passage.before]} on both sides"
    parts = [
        f"{said[side]} at {which} n"
        for side, which in ((passage.before, "smaller"), (passage.after, "larger"))
        if side is not None
    ]
    return f"; {' and '.join(parts)}" if parts else ""


def _gaps(gaps: Sequence[Crossover]) -> Iterator[str]:
    for own in gaps:
        yield from (_sentence(own, passage, _gap_words(own)) for passage in own.passages)
    yield from _no_crossing(
        (
            "",
            own.ratios.stack,
            f": {_SIDES[own.side]} {own.level:g} times {own.ratios.other}",
            own.ratios.sizes,
        )
        for own in gaps
        if not own.passages
    )


def _choices(choices: Sequence[Crossover]) -> Iterator[str]:
    for own in choices:
        yield from (_sentence(own, passage, _choice_words(own)) for passage in own.passages)
    yield from _no_crossing(
        (f"{cheap} is cheaper than ", dear, "", own.ratios.sizes)
        for own, (cheap, dear) in ((own, _by_cost(own)) for own in choices)
        if not own.passages
    )


def _by_cost(own: Crossover) -> tuple[str, str]:
    """The cheaper of a pair, and the dearer, at the smallest size."""
    pair = own.ratios.stack, own.ratios.other
    return pair if own.side == "below" else pair[::-1]


def _no_crossing(found: Iterable[tuple[str, str, str, tuple[int, int]]]) -> Iterator[str]:
    """What stays as it is: `found` has what to say before a stack's name, the name, what to say
    after it, and from which size to which. Stacks of which the same is said share a sentence."""
    stacks: dict[tuple[str, str, tuple[int, int]], list[str]] = {}
    for before, stack, after, sizes in found:
        stacks.setdefault((before, after, sizes), []).append(stack)
    for (before, after, (smallest, largest)), names in stacks.items():
        yield (
            f"{before}{', '.join(names)}{after}; no crossing between {smallest:,} and {largest:,} "
            "measured."
        )


def _n(n: float) -> str:
    """A size read off a line, to three digits."""
    return f"{float(f'{n:.3g}'):,.10g}"


def _figure(reference: str, rate: AtRate) -> Figure:
    return Figure(
        f"CPU per request over that of {reference} against n, with 95 % intervals; dashed where it "
        f"is {', '.join(f'{level:g}' for level in GAP_LEVELS)} and 1 times as much",
        _chart(rate.to_reference),
    )


def _point(stack: str, n: int, ratio: Estimate) -> dict[str, Any]:
    low, high = ends(ratio)
    return {"stack": stack, "n": n, "estimate": centre(ratio), "low": low, "high": high}


def _chart(ratios: Sequence[Ratios]) -> dict[str, Any]:
    points = [_point(own.stack, n, estimate) for own in ratios for n, estimate in own.by_n.items()]
    sizes = sorted({point["n"] for point in points})
    x = alt.X(
        "n:Q",
        title="n, log scale",
        scale=alt.Scale(type="log", domain=[sizes[0], sizes[-1]], nice=False),
        axis=alt.Axis(values=sizes, format=",~g"),
    )
    lowest = min(1, *(point["low"] for point in points))
    highest = max(*GAP_LEVELS, *(point["high"] for point in points))
    y = alt.Y(
        "estimate:Q",
        title="times the reference, log scale",
        scale=alt.Scale(type="log", domain=[lowest / _ROOM, highest * _ROOM], nice=False),
        axis=alt.Axis(values=_RATIO_TICKS, format="~g"),
    )
    levels = [{"level": level} for level in (*GAP_LEVELS, 1.0)]
    data = alt.Chart(alt.InlineData(values=points)).encode(
        x=x, color=stack_colour([own.stack for own in ratios])
    )
    return spec(
        alt.Chart(alt.InlineData(values=levels))
        .mark_rule(color=MUTED, strokeDash=[4, 3])
        .encode(y="level:Q"),
        data.mark_line(strokeWidth=1.5).encode(y=y),
        data.mark_rule(strokeWidth=2).encode(y="low:Q", y2="high:Q"),
        data.mark_point(filled=True, size=40, opacity=1).encode(y=y),
        rows=_CHART_ROWS,
    )
