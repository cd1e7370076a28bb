"""Passes over the suites put together, ratios to peers, and where curves cross."""

import pytest

from stackgap.analyse import kernels
from stackgap.analyse.kernels import Spread
from tests.analyse import timings


def test_passes_are_merged_into_the_rounds_of_all_and_the_median_of_each() -> None:
    first = timings.report(timings.benchmark([1.0, 2.0, 3.0]), timings.benchmark([9.0], n=100))
    second = timings.report(timings.benchmark([9.0], n=100), timings.benchmark([4.0, 5.0, 60.0]))
    merged = kernels.merged([first, second])
    small, large = merged["benchmarks"]
    assert small["stats"]["data"] == [1.0, 2.0, 3.0, 4.0, 5.0, 60.0]
    assert small["stats"]["median"] == 3.5
    assert small["stats"]["rounds"] == 6
    assert small["stats"]["iterations"] == 7
    assert small["extra_info"]["pass_medians_s"] == [2.0, 5.0]
    assert small["extra_info"]["ns_per_element"] == pytest.approx(3.5e9 / 20)
    assert large["extra_info"]["pass_medians_s"] == [9.0, 9.0]
    assert merged["datetime"] == first["datetime"]


def test_rows_of_the_equations_become_kernels_and_others_groups() -> None:
    parsed = timings.benchmark([2e-6], "json", suite="codecs") | {"group": "heat parsed, n=10"}
    printed = timings.benchmark([3e-6], "orjson", suite="codecs") | {"group": "heat parsed, n=10"}
    printed["fullname"] = "another"
    merged = kernels.merged([timings.report(timings.benchmark([1e-6]), parsed, printed)])
    (own,) = kernels.kernels(merged)[:1]
    assert (own.equation, own.arrays, own.n, own.backend) == ("heat", "lists", 10, "numba")
    assert own.ns_per_element == pytest.approx(50.0)


def test_groups_hold_their_alternatives() -> None:
    rows = [
        timings.benchmark([seconds], variant, suite="codecs") | {"group": "heat parsed, n=10"}
        for variant, seconds in (("json", 3e-6), ("orjson", 1e-6))
    ]
    (group,) = kernels.groups(kernels.merged([timings.report(*rows)]))
    assert (group.suite, group.name) == ("codecs", "heat parsed, n=10")
    assert {name: each.middle for name, each in group.seconds.items()} == {
        "json": 3e-6,
        "orjson": 1e-6,
    }


def test_kernels_of_one_size_and_kind_of_array_make_a_row() -> None:
    timed = [
        *timings.curve("numpy", {1: [3e-6], 10: [4e-6]}),
        *timings.curve("rust", {1: [1e-6], 10: [1e-6]}),
        *timings.curve("numpy", {1: [5e-6]}, arrays="lists"),
    ]
    rows = kernels.rows(timed)
    assert [(row.arrays, row.n, len(row.kernels)) for row in rows] == [
        ("native arrays", 1, 2),
        ("native arrays", 10, 2),
        ("lists", 1, 1),
    ]


def test_the_best_peer_is_the_fastest_that_is_not_ours() -> None:
    timed = [
        *timings.curve("python", {10: [9e-6]}),
        *timings.curve("numexpr", {10: [3e-6]}),
        *timings.curve("rust", {10: [2e-6]}),
        *timings.curve("rust_simd", {10: [1e-6]}),
    ]
    (row,) = kernels.rows(timed)
    assert row.best_peer.backend == "numexpr"


def test_a_ratio_is_taken_within_each_pass() -> None:
    (own,) = timings.curve("rust", {10: [1.0, 2.0, 4.0]})
    (other,) = timings.curve("numba", {10: [3.0, 6.0, 20.0]})
    assert kernels.times_as_fast(own, other) == Spread(3.0, 3.0, 5.0)


def test_curves_cross_on_a_straight_line_in_logarithms() -> None:
    # From ten times as slow to ten times as fast over two decades: even in the middle.
    timed = [
        *timings.curve("python", {1: [1e-6] * 2, 100: [1e-4] * 2}),
        *timings.curve("numpy", {1: [1e-5] * 2, 100: [1e-5] * 2}),
    ]
    (found,) = kernels.crossovers(timed)
    assert (found.faster, found.slower) == ("numpy", "python")
    assert found.n.middle == pytest.approx(10.0)


def test_a_crossing_has_the_spread_of_the_passes() -> None:
    timed = [
        *timings.curve("python", {1: [1e-6] * 3, 100: [1e-4] * 3}),
        *timings.curve("numpy", {1: [1e-5, 4e-6, 2e-5], 100: [1e-5, 4e-6, 2e-5]}),
    ]
    (found,) = kernels.crossovers(timed)
    assert [found.n.low, found.n.middle, found.n.high] == pytest.approx([4.0, 10.0, 20.0])


def test_only_the_last_of_several_crossings_counts() -> None:
    timed = [
        *timings.curve("rust", {1: [1.0], 10: [2.0], 100: [1.0]}),
        *timings.curve("numba", {1: [2.0], 10: [1.0], 100: [2.0]}),
    ]
    (found,) = kernels.crossovers(timed)
    assert found.faster == "rust"
    assert 10 < found.n.middle < 100


@pytest.mark.parametrize(
    "seconds",
    [
        {1: [2.0, 2.0], 100: [2.0, 2.0]},
        {1: [2.0, 2.0], 100: [0.5, 2.0]},
        {1: [2.0, 0.5], 100: [0.5, 0.5]},
    ],
    ids=["never cross", "cross in one pass only", "lead in one pass from the start"],
)
def test_a_crossing_that_not_every_pass_has_is_left_out(
    seconds: dict[int, list[float]],
) -> None:
    level = timings.curve("numba", {1: [1.0, 1.0], 100: [1.0, 1.0]})
    assert kernels.crossovers([*level, *timings.curve("rust", seconds)]) == []


def test_a_measurement_keeps_what_the_page_is_made_of() -> None:
    merged = kernels.merged([timings.report(timings.benchmark([1.23456e-6]))] * 3)
    kept = kernels.measurement(merged, [])
    assert (kept.measured_at, kept.cpu, kept.passes) == ("2026-11-24", "Example CPU", 3)
    assert kept.environment == {"OMP_X": "1"}
    assert [kernel.seconds for kernel in kept.kernels] == [(1.235e-6,) * 3]
