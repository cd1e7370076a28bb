"""What fans of either side object, and the rows of this run that answer them."""

from collections.abc import Iterator
from dataclasses import dataclass

from stackgap.analyse.interval import Estimate
from stackgap.analyse.summary import CellSummary, Summary
from stackgap.report import formatting as f
from stackgap.report.rows import ordered_cells


@dataclass(frozen=True)
class Objection:
    """What is objected, and what this run has to say to it."""

    said: str
    answer: str


@dataclass(frozen=True)
class _Pair:
    """An objection that the ratio of two stacks answers."""

    said: str
    stack: str
    other: str
    about: str


_PAIRS = (
    _Pair(
        "One side logs and the other does not.",
        "fastapi-stock-python",
        "fastapi-quiet-python",
        "Ratios at equal work are between quiet rows. The access log alone",
    ),
    _Pair(
        "Nobody writes such loops in plain Python.",
        "fastapi-quiet-numpy",
        "fastapi-quiet-python",
        "The same stack with NumPy",
    ),
    _Pair(
        "Only the hot function belongs into Rust, not the service.",
        "fastapi-quiet-rust",
        "fastapi-quiet-python",
        "The same stack with nothing but the kernel in Rust",
    ),
    _Pair(
        "With msgspec instead of pydantic it would look different.",
        "fastapi-quiet-msgspec-python",
        "fastapi-quiet-python",
        "The same stack with msgspec",
    ),
    _Pair(
        "Uvicorn is slow; Granian is the server to take.",
        "fastapi-quiet-python-granian",
        "fastapi-quiet-python",
        "The same stack on Granian",
    ),
    _Pair(
        "It is the framework: without FastAPI, Python would do.",
        "asgi-quiet-bytes-rust",
        "axum-stock",
        "A bare ASGI application that hands the request's bytes to Rust",
    ),
    _Pair(
        "Axum as it comes against FastAPI as it comes is not the best of either.",
        "asgi-tuned-lexical-rust-simd-granian",
        "axum-tuned",
        "The leanest Python against the leanest Axum",
    ),
    _Pair(
        "JSON is the wrong format for numbers.",
        "asgi-quiet-float64-rust",
        "axum-stock-float64",
        "With raw doubles for JSON on both sides, the leanest Python",
    ),
    _Pair(
        "Real services wait for something.",
        "fastapi-quiet-python-await5ms",
        "fastapi-quiet-python",
        "The same stack that awaits 5 ms in each request",
    ),
    _Pair(
        "With more workers it would be different.",
        "fastapi-stock-python-w2",
        "fastapi-stock-python",
        "Two workers",
    ),
    _Pair(
        "Rust should have had a better allocator.",
        "axum-stock-mimalloc",
        "axum-stock",
        "Axum with mimalloc",
    ),
)

_NOT_COVERED = (
    Objection(
        "PyPy, or Python without the global lock, would change this.",
        "Not measured: the extensions that are compared here are built for CPython with it.",
    ),
    Objection(
        "Requests per second at full load are what counts.",
        "A saturated server measures its queue. `stackgap probe capacity` finds the highest rate "
        "that each stack keeps up with, and the highest that keeps a latency.",
    ),
    Objection(
        "One machine proves nothing.",
        "Right for microseconds, less so for ratios; `make run` measures yours, and "
        "`stackgap compare` shows what differs.",
    ),
)


def objections(summary: Summary) -> list[Objection]:
    """Those a row answers, at the highest rate at which both its stacks were measured; then those
    that no row of any run can."""
    return [*(_answered(pair, summary) for pair in _PAIRS), *_NOT_COVERED]


def _answered(pair: _Pair, summary: Summary) -> Objection:
    found = list(_shared(pair, summary))
    if not found:
        stacks = " ".join(f"--stack {name}" for name in (pair.stack, pair.other))
        return Objection(pair.said, f"Not in this run: `stackgap run {stacks}` measures it.")
    own, other = max(found, key=lambda both: both[0].cell.rate_hz)
    more = f"{f.text(own.cpu_us_per_request, f.MICROSECONDS)}"
    less = f"{f.text(other.cpu_us_per_request, f.MICROSECONDS)}"
    times = _times(own.cpu_us_per_request, other.cpu_us_per_request)
    return Objection(
        pair.said,
        f"{pair.about} takes {more} of CPU a request at {f.rate(own.cell.rate_hz)} ({pair.stack}), "
        f"{pair.other} takes {less}{times}.",
    )


def _shared(pair: _Pair, summary: Summary) -> Iterator[tuple[CellSummary, CellSummary]]:
    cells = {
        (own.cell.stack, own.cell.rate_hz): own
        for own in ordered_cells(summary)
        if own.cpu_us_per_request.estimate is not None
    }
    for (stack, rate_hz), own in cells.items():
        if stack == pair.stack and (other := cells.get((pair.other, rate_hz))):
            yield own, other


def _times(own: Estimate, other: Estimate) -> str:
    assert own.estimate is not None
    assert other.estimate is not None
    return f": {f.value(own.estimate / other.estimate, f.RATIO)} as much" if other.estimate else ""
