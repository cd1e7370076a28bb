"""Two runs of the same thing, one after the other: did a stack become dearer or cheaper?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Estimate
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Attribution, CellSummary, Summary
from stackgap.misuse import MisuseError
from stackgap.records import AnyRecord, Cell, Slice

_CHANGES_EVERY_TIME = ("load_average",)
_SAME = ("equation", "n", "reference")


@dataclass(frozen=True)
class Changed:
    """What of the conditions differs; None where one run does not say."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ComparedCell:
    """A stack at a rate in both runs.

    `change` is its ratio to the reference in the later run over that in the earlier one, by
    Welch's interval: what makes a whole machine slower falls out. None for the reference.
    """

    before: CellSummary
    after: CellSummary
    change: Estimate | None

    @property
    def cell(self) -> Cell:
        """The same in both."""
        return self.after.cell


@dataclass(frozen=True)
class ComparedPart:
    """A part of the gap between the same two stacks at a rate, as its share in both runs.

    `change` is the later share minus the earlier one, by Welch's interval.
    """

    rate_hz: float
    name: str
    before: Estimate
    after: Estimate
    change: Estimate


@dataclass(frozen=True)
class Comparison:
    """Two runs, what differs in their conditions, the cells of both in the order of the later, and
    the parts of a gap that both divide; `only_before` and `only_after` are cells that one has
    alone."""

    before: Summary
    after: Summary
    conditions: tuple[Changed, ...]
    cells: tuple[ComparedCell, ...]
    parts: tuple[ComparedPart, ...]
    only_before: tuple[Cell, ...]
    only_after: tuple[Cell, ...]


def compared(before: Sequence[AnyRecord], after: Sequence[AnyRecord]) -> Comparison:
    """What changed from one run to the other.

    Raises MisuseError naming what differs where the two do not measure the same; ValueError where
    records do not begin with the start of a run.
    """
    one, other = summarise(before), summarise(after)
    _refuse_other_things(one, other)
    earlier = {own.cell: own for own in one.cells}
    later = {own.cell: own for own in other.cells}
    cells = tuple(
        ComparedCell(earlier[cell], own, _change(earlier[cell], own))
        for cell, own in later.items()
        if cell in earlier
    )
    if not cells:
        raise MisuseError(f"{one.run_id} and {other.run_id} have no stack at one rate in common")
    return Comparison(
        before=one,
        after=other,
        conditions=(*_averaged(before, after), *_conditions(one, other)),
        cells=cells,
        parts=tuple(_parts(one, other)),
        only_before=tuple(cell for cell in earlier if cell not in later),
        only_after=tuple(cell for cell in later if cell not in earlier),
    )


def _refuse_other_things(one: Summary, other: Summary) -> None:
    for field in _SAME:
        own, others = getattr(one.plan, field), getattr(other.plan, field)
        if own != others:
            raise MisuseError(
                f"{one.run_id} and {other.run_id} differ in {field}: {own} and {others}"
            )


def _change(before: CellSummary, after: CellSummary) -> Estimate | None:
    if before.ratio is None or after.ratio is None:
        return None
    return contrasts.exponentiated(
        contrasts.independent_difference(
            contrasts.logarithm(after.ratio), contrasts.logarithm(before.ratio)
        )
    )


def _parts(one: Summary, other: Summary) -> Iterator[ComparedPart]:
    earlier = {
        (own.rate_hz, own.first, own.last, part.name): part.share
        for own in _attributions(one)
        for part in own.parts
    }
    for own in _attributions(other):
        for part in own.parts:
            before = earlier.get((own.rate_hz, own.first, own.last, part.name))
            if before is not None and part.share is not None:
                change = contrasts.independent_difference(part.share, before)
                yield ComparedPart(own.rate_hz, part.name, before, part.share, change)


def _attributions(run: Summary) -> Iterator[Attribution]:
    return (own for own in run.attributions if isinstance(own, Attribution))


def _averaged(before: Sequence[AnyRecord], after: Sequence[AnyRecord]) -> Iterator[Changed]:
    """What a cost is the mean over, where that differs: a bad moment spoils a slice, or only some
    of its pieces."""
    own, others = _unit(before), _unit(after)
    if own != others:
        yield Changed("costs are means over", own, others)


def _unit(records: Sequence[AnyRecord]) -> str:
    in_pieces = any(isinstance(own, Slice) and own.cpu_ns_by_piece for own in records)
    return "pieces of slices" if in_pieces else "slices"


def _conditions(one: Summary, other: Summary) -> Iterator[Changed]:
    """The plans' first, then what provenance says, down to the value that differs."""
    for field in ("engine", "generations", "rounds", "window_s", "fewest_requests", "connections"):
        own, others = getattr(one.plan, field), getattr(other.plan, field)
        if own != others:
            yield Changed(field, own, others)
    yield from _differing(one.provenance, other.provenance, ())


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[Changed]:
    for key in dict.fromkeys([*before, *after]):
        own, others = before.get(key), after.get(key)
        if own == others or key in _CHANGES_EVERY_TIME:
            continue
        here = (*path, key)
        if isinstance(own, Mapping) and isinstance(others, Mapping):
            yield from _differing(own, others, here)
        else:
            yield Changed(" / ".join(here), own, others)
