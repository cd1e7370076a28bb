"""The table that `stackgap bench` prints."""

from io import StringIO

from rich.console import Console

from stackgap.analyse import kernels
from stackgap.report import suites
from tests.analyse import timings

NARROW = 80


def _printed(*passes: dict[str, object]) -> str:
    out = StringIO()
    Console(width=NARROW, file=out).print(suites.render(kernels.merged(passes)))
    return out.getvalue()


def _cells(printed: str, first: str) -> list[str]:
    """The cells of the row that begins with `first`."""
    (line,) = (line for line in printed.splitlines() if line.split()[:1] == [first])
    return line.split()


def test_a_row_shows_each_backends_speed_over_that_of_the_best_peer() -> None:
    printed = _printed(
        timings.report(
            timings.benchmark([8e-6], "python"),
            timings.benchmark([4e-6], "numba"),
            timings.benchmark([1e-6], "rust_simd"),
        )
    )
    assert "heat on lists" in printed
    assert _cells(printed, "10") == ["10", "200", "0.500", "1", "4.00", "–"]


def test_the_spread_over_passes_is_that_of_the_least_certain_ratio() -> None:
    printed = _printed(
        timings.report(timings.benchmark([4e-6], "numba"), timings.benchmark([1e-6], "rust")),
        timings.report(timings.benchmark([6e-6], "numba"), timings.benchmark([1e-6], "rust")),
    )
    assert _cells(printed, "10")[-2:] == ["40", "%"]


def test_other_suites_show_their_alternatives_side_by_side() -> None:
    rows = [
        timings.benchmark([seconds], name, suite="codecs") | {"group": "parsed"}
        for name, seconds in (("json", 3e-6), ("orjson", 1.25e-6))
    ]
    assert _cells(_printed(timings.report(*rows)), "parsed") == ["parsed", "3.00", "1.25"]


def test_the_widest_row_fits_a_narrow_terminal() -> None:
    names = ("python", "numpy", "numba", "rust", "rust_simd", "lapack_pttrs", "scipy_solve_banded")
    rows = [timings.benchmark([1.234567 * 3**i], name, n=100_000) for i, name in enumerate(names)]
    assert "…" not in _printed(timings.report(*rows))


def test_the_widest_group_fits_a_narrow_terminal() -> None:
    codecs = ("json", "pydantic", "msgspec", "orjson", "rust")
    rows = [
        timings.benchmark([0.01234], name, suite="codecs")
        | {"group": "black_scholes printed, n=10000"}
        for name in codecs
    ]
    assert "…" not in _printed(timings.report(*rows))
