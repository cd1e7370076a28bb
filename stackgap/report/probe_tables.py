"""A probe's table, as text: a row a stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from stackgap.analyse import capacity, cold_start, collateral, density
from stackgap.analyse.capacity import CapacitySummary, RateSummary
from stackgap.analyse.cold_start import ColdStartSummary
from stackgap.analyse.collateral import CollateralSummary
from stackgap.analyse.density import DensitySummary, FirstSummary
from stackgap.analyse.interval import Estimate
from stackgap.analyse.probes import ProbeRun
from stackgap.probe_records import (
    CapacitySettings,
    ColdStartSettings,
    CollateralSettings,
    DensitySettings,
)
from stackgap.report import formatting as f


class ColdStartRow(NamedTuple):
    """One stack's start, or the headings over such rows."""

    stack: str
    first_answer: str
    ratio: str
    cpu: str
    first: str
    later: str
    steady_after: str
    steady: str


class CollateralRow(NamedTuple):
    """What one stack's long requests do to short ones, or the headings over such rows."""

    stack: str
    p50_alone: str
    p50_beside: str
    p99_alone: str
    p99_beside: str
    difference: str
    ratio: str


class CapacityRow(NamedTuple):
    """What one stack keeps up with, or the headings over such rows."""

    stack: str
    saturation: str
    ratio: str
    in_time: str
    in_time_ratio: str
    closed: str


class DensityRow(NamedTuple):
    """What one stack's idle containers take, or the headings over such rows."""

    stack: str
    first: str
    further: str
    docker: str
    fit: str
    fit_with_docker: str


class FirstRow(NamedTuple):
    """What holds the memory of one stack's first container, or the headings over such rows."""

    stack: str
    anonymous: str
    mapped: str
    read: str
    kernel: str
    held: str
    shown: str
    largest: str


@dataclass(frozen=True)
class ProbeTable:
    """Title, headings and rows; `groups` are the columns after the first, as a narrow terminal
    parts them."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    groups: Sequence[Sequence[str]]


def tables(run: ProbeRun) -> list[ProbeTable]:
    """Those of a probe's kind that have rows."""
    settings = run.plan.settings
    match settings:
        case ColdStartSettings():
            return [_cold_start(run)]
        case CollateralSettings():
            return [_collateral(run)]
        case CapacitySettings():
            return [_capacity(run, settings)]
        case DensitySettings():
            return [own for own in (_density(run, settings), _first_containers(run)) if own.rows]
    assert_never(settings)


def _cold_start(run: ProbeRun) -> ProbeTable:
    headings = ColdStartRow(
        stack="stack",
        first_answer="first answer after ms",
        ratio=f"× {run.plan.reference}",
        cpu="CPU ms until then",
        first="first request ms",
        later="a later one ms",
        steady_after="requests until steady",
        steady="steady after ms",
    )
    return ProbeTable(
        "From the start to the first answer, and until steady",
        headings,
        [_cold_start_row(own, run.plan.reference) for own in cold_start.summaries(run)],
        (("first_answer", "ratio"), ("cpu", "first", "later"), ("steady_after", "steady")),
    )


def _cold_start_row(own: ColdStartSummary, reference: str) -> ColdStartRow:
    return ColdStartRow(
        stack=own.stack,
        first_answer=f.bare(own.first_answer_s.scaled(1000), f.MILLISECONDS),
        ratio=_ratio(own.stack, own.ratio, reference),
        cpu=f.bare(own.cpu_s.scaled(1000), f.MILLISECONDS),
        first=f.bare(own.first_ms, f.MILLISECONDS),
        later=f.point(own.later_ms, f.MILLISECONDS),
        steady_after=f.bare(own.steady_after, f.REQUESTS),
        steady=f.bare(own.steady_s.scaled(1000), f.MILLISECONDS),
    )


def _collateral(run: ProbeRun) -> ProbeTable:
    headings = CollateralRow(
        stack="stack",
        p50_alone="p50 alone ms",
        p50_beside="p50 beside load ms",
        p99_alone="p99 alone ms",
        p99_beside="p99 beside load ms",
        difference="p99 ms more",
        ratio="p99 ratio",
    )
    return ProbeTable(
        "GET /health alone, and beside long requests",
        headings,
        [_collateral_row(own) for own in collateral.summaries(run)],
        (("p50_alone", "p50_beside"), ("p99_alone", "p99_beside"), ("difference", "ratio")),
    )


def _collateral_row(own: CollateralSummary) -> CollateralRow:
    return CollateralRow(
        stack=own.stack,
        p50_alone=f.point(own.p50.alone_ms, f.MILLISECONDS),
        p50_beside=f.point(own.p50.beside_ms, f.MILLISECONDS),
        p99_alone=f.bare(own.p99.alone_ms, f.MILLISECONDS),
        p99_beside=f.bare(own.p99.beside_ms, f.MILLISECONDS),
        difference=f.bare(own.p99.difference_ms, f.MILLISECONDS),
        ratio=f.bare(own.p99.ratio, f.RATIO),
    )


def _capacity(run: ProbeRun, settings: CapacitySettings) -> ProbeTable:
    headings = CapacityRow(
        stack="stack",
        saturation="saturation req/s",
        ratio=f"× {run.plan.reference}",
        in_time=f"req/s at p99 to {settings.p99_ms:g} ms",
        in_time_ratio=f"× {run.plan.reference}",
        closed="closed loop req/s",
    )
    return ProbeTable(
        "The highest rates of one core",
        headings,
        [_capacity_row(own, run.plan.reference) for own in capacity.summaries(run)],
        (("saturation", "ratio"), ("in_time", "in_time_ratio"), ("closed",)),
    )


def _capacity_row(own: CapacitySummary, reference: str) -> CapacityRow:
    return CapacityRow(
        stack=own.stack,
        saturation=_rate(own.saturation),
        ratio=_ratio(own.stack, own.saturation.ratio, reference),
        in_time=_rate(own.in_time),
        in_time_ratio=_ratio(own.stack, own.in_time.ratio, reference),
        closed=f.bare(own.closed_hz, f.REQUESTS_PER_SECOND),
    )


def _density(run: ProbeRun, settings: DensitySettings) -> ProbeTable:
    room = f"{settings.budget_bytes / 2**30:g} GiB"
    headings = DensityRow(
        stack="stack",
        first="first container MiB",
        further="each further one MiB",
        docker="Docker beside each MiB",
        fit=f"fit into {room}",
        fit_with_docker="with Docker's",
    )
    return ProbeTable(
        "How many containers fit",
        headings,
        [_density_row(own) for own in density.summaries(run)],
        (("first", "further", "docker"), ("fit", "fit_with_docker")),
    )


def _density_row(own: DensitySummary) -> DensityRow:
    return DensityRow(
        stack=own.stack,
        first=f.bare(own.first_mib, f.MEBIBYTES),
        further=f.bare(own.further_mib, f.MEBIBYTES),
        docker=f.point(own.docker_mib, f.MEBIBYTES),
        fit=f.bare(own.fit, f.CONTAINERS),
        fit_with_docker=f.bare(own.fit_with_docker, f.CONTAINERS),
    )


def _first_containers(run: ProbeRun) -> ProbeTable:
    headings = FirstRow(
        stack="stack",
        anonymous="anonymous MiB",
        mapped="programs and libraries MiB",
        read="other files MiB",
        kernel="the kernel's MiB",
        held="in all MiB",
        shown="docker stats MiB",
        largest="the largest libraries MiB",
    )
    return ProbeTable(
        "What holds the memory of the first container",
        headings,
        [_first_row(own) for own in density.firsts(run)],
        (("anonymous", "mapped", "read", "kernel"), ("held", "shown"), ("largest",)),
    )


def _first_row(own: FirstSummary) -> FirstRow:
    return FirstRow(
        stack=own.stack,
        anonymous=f.point(own.anonymous_mib, f.MEBIBYTES),
        mapped=f.point(own.mapped_mib, f.MEBIBYTES),
        read=f.point(own.read_mib, f.MEBIBYTES),
        kernel=f.point(own.kernel_mib, f.MEBIBYTES),
        held=f.bare(own.held_mib, f.MEBIBYTES),
        shown=f.bare(own.shown_mib, f.MEBIBYTES),
        largest=", ".join(
            f"{name} {f.bare_value(held, f.MEBIBYTES)}" for name, held in own.largest_mib
        ),
    )


def _rate(own: RateSummary) -> str:
    rate = f.bare(own.rate_hz, f.REQUESTS_PER_SECOND)
    return f"≥ {rate}" if own.at_least else rate


def _ratio(stack: str, ratio: Estimate | None, reference: str) -> str:
    return "1 (reference)" if stack == reference else f.bare(ratio, f.RATIO)
