"""Where a gap goes, as text: a table of its parts for each rate, and what may be said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stackgap.analyse.attribution import CLOSES_WITHIN
from stackgap.analyse.interval import Interval
from stackgap.analyse.summary import (
    Attribution,
    Closure,
    ImportSummary,
    Interaction,
    NotAttributed,
    Part,
    Summary,
)
from stackgap.report import formatting as f


class PartRow(NamedTuple):
    """One part of a gap, or the headings over such rows."""

    part: str
    saved: str
    share: str
    first_in: str
    last_in: str
    order: str
    surcharge: str


class ImportRow(NamedTuple):
    """One step of the import ladder, or the headings over such rows."""

    step: str
    anonymous: str
    added: str
    file: str


IMPORT_HEADINGS = ImportRow(
    "imported so far", "anonymous MiB", "of it by this step", "file-backed MiB"
)


@dataclass(frozen=True)
class Section:
    """What is shown of one rate: a table, empty where nothing is attributed, and sentences."""

    title: str
    headings: PartRow | None
    rows: tuple[PartRow, ...]
    lines: tuple[str, ...]


def sections(summary: Summary) -> list[Section]:
    """One a rate."""
    return [_section(own) for own in summary.attributions]


def import_rows(ladder: Sequence[ImportSummary]) -> list[ImportRow]:
    """One row a step."""
    return [
        ImportRow(
            own.step,
            f.bare(own.anonymous_mib, f.MEBIBYTES),
            f.bare(own.added_anonymous_mib, f.MEBIBYTES),
            f.bare(own.file_mib, f.MEBIBYTES),
        )
        for own in ladder
    ]


def _section(own: Attribution | NotAttributed) -> Section:
    rate = f.rate(own.rate_hz)
    if isinstance(own, NotAttributed):
        return Section(
            f"Where the gap goes, at {rate}", None, (), (f"No attribution: {own.reason}.",)
        )
    return Section(
        title=f"Where the gap goes, from {own.first} to {own.last} at {rate}",
        headings=_headings(own),
        rows=(*(_row(part) for part in own.parts), _gap_row(own)),
        lines=(
            _made_of(own),
            *_on_surcharges(own),
            *(part.verdict for part in own.parts),
            *_interactions(own.interactions),
            *(_closure(each) for each in own.closures),
        ),
    )


def _headings(own: Attribution) -> PartRow:
    saved = "CPU µs saved" if own.orders > 1 else "CPU µs saved given the earlier steps"
    return PartRow(
        part="part" if own.orders > 1 else "step",
        saved=saved,
        share="% of the gap",
        first_in="first-in µs",
        last_in="last-in µs",
        order="first-in − last-in µs",
        surcharge="wake-up surcharge µs",
    )


def _row(part: Part) -> PartRow:
    return PartRow(
        part.name,
        f.bare(part.saved_us, f.MICROSECONDS),
        f.bare(part.share, f.SHARE),
        f.point(part.first_in_us, f.MICROSECONDS),
        f.point(part.last_in_us, f.MICROSECONDS),
        f.bare(part.order_us, f.MICROSECONDS),
        f.bare(part.surcharge_us, f.MICROSECONDS),
    )


def _gap_row(own: Attribution) -> PartRow:
    whole = f.percent(1).removesuffix(" %") if own.orders > 1 else f.ABSENT
    gap = f.bare(own.gap_us, f.MICROSECONDS)
    return PartRow("the whole gap", gap, whole, f.ABSENT, f.ABSENT, f.ABSENT, f.ABSENT)


def _made_of(own: Attribution) -> str:
    counted = f.count(own.generations, "generation")
    if own.orders == 1:
        return (
            f"Over {counted}, in one order: each step is what it saves given the earlier ones. "
            "Another order might divide the gap otherwise, so no shares are given."
        )
    return (
        f"Over {counted}; each part is the mean over the {own.orders} orders in which stacks of "
        "this run make the changes one at a time; what can only come last is apart."
    )


def _on_surcharges(own: Attribution) -> Iterator[str]:
    if any(part.surcharge_us for part in own.parts):
        yield (
            "The wake-up surcharge is what a part saves more at this rate than at the highest: an "
            "idle core sleeps deeper and wakes colder."
        )


def _interactions(found: Sequence[Interaction]) -> Iterator[str]:
    known = [(own.factors, own.us) for own in found if isinstance(own.us, Interval)]
    seen = [(factors, us) for factors, us in known if not us.includes(0)]
    for (one, other), us in seen:
        size, more = (us, "less") if us.low > 0 else (_negated(us), "more")
        yield (
            f"{one} and {other} together save {f.text(size, f.MICROSECONDS)} {more} than the two "
            "by themselves."
        )
    if known:
        yield (
            f"Interactions: {len(seen)} of {f.count(len(known), 'pair')} of changes seen; chance "
            "alone shows one in 20."
        )


def _closure(own: Closure) -> str:
    within = f.percent(CLOSES_WITHIN)
    if own.held_out is not None and own.difference_us is None:
        return f"Closure: {own.held_out} is held out, but the others do not determine it."
    difference = f.text(own.difference_us, f.MICROSECONDS)
    of_gap = f.text(own.of_gap, f.SHARE)
    subject = (
        f"this gap minus that between the twins of both ends is {difference}"
        if own.held_out is None
        else f"{own.held_out}, held out, costs {difference} more than the others predict"
    )
    outcome = {
        True: f"closes within {within}",
        False: f"does not close within {within}",
        None: f"whether it closes within {within} cannot be told",
    }
    return f"Closure: {subject}, {of_gap} of the gap: {outcome[own.holds]}."


def _negated(us: Interval) -> Interval:
    return Interval(-us.estimate, -us.high, -us.low, us.level, us.generations)
