"""What the charts draw."""

from typing import Any

from stackgap.analyse.interval import Interval
from stackgap.report import charts
from tests.report import summaries


def _values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of all layers."""
    return [point for values in spec["datasets"].values() for point in values]


def test_every_cell_with_a_ratio_is_drawn_with_the_ends_of_its_interval() -> None:
    whole = summaries.full()
    drawn = _values(charts.figures(whole)[0].spec)
    expected = {
        (own.cell.stack, own.ratio.estimate, own.ratio.low, own.ratio.high)
        for own in whole.cells
        if own.cell.rate_name == "high" and isinstance(own.ratio, Interval)
    }
    assert {
        (point["stack"], point["estimate"], point["low"], point["high"])
        for point in drawn
        if "stack" in point
    } == expected


def test_memory_bars_add_up_to_anonymous_and_file_backed() -> None:
    whole = summaries.full()
    drawn = _values(charts.figures(whole)[-1].spec)
    total = sum(point["mib"] for point in drawn if "mib" in point)
    anonymous = sum(own.loaded_anonymous_mib.estimate or 0 for own in whole.stacks)
    file = sum(own.loaded_file_mib.estimate or 0 for own in whole.stacks)
    assert abs(total - anonymous - file) < 1e-9


def test_each_rate_has_three_charts_and_memory_one() -> None:
    captions = [figure.caption for figure in charts.figures(summaries.full())]
    assert captions == [
        "CPU per request over that of axum-stock, at 1,000 req/s",
        "CPU per request at 1,000 req/s; axum-stock in the other colour",
        "Latency at 1,000 req/s, from when a request was due: from the median to the 99th "
        "percentile",
        "CPU per request over that of axum-stock, at 200 req/s",
        "CPU per request at 200 req/s; axum-stock in the other colour",
        "Latency at 200 req/s, from when a request was due: from the median to the 99th percentile",
        "Memory under load",
    ]


def test_what_was_not_measured_is_not_drawn() -> None:
    assert charts.figures(summaries.counted_nothing()) == []
