"""What the waterfalls draw."""

from dataclasses import replace
from typing import Any

import pytest

from stackgap.report import waterfall
from tests.report import summaries


def bars(index: int, summary: Any = None) -> list[dict[str, Any]]:
    """The rows of a figure, by its number."""
    spec = waterfall.figures(summary or summaries.full())[index].spec
    return [bar for values in spec["datasets"].values() for bar in values]


def test_each_rate_has_one_and_the_imports_too() -> None:
    assert [figure.caption for figure in waterfall.figures(summaries.full())] == [
        "From fastapi-stock-python down to axum-stock, at 1,000 req/s: what each change saves",
        "From fastapi-stock-python down to axum-stock, at 200 req/s: what each change saves",
        "Anonymous memory of a Python process, import by import",
    ]


@pytest.mark.parametrize("index", [0, 1])
def test_the_parts_lead_from_one_end_down_to_the_other(index: int) -> None:
    first, *parts, last = bars(index)
    assert first["row"] == "fastapi-stock-python"
    assert last["row"] == "axum-stock"
    assert [bar["whole"] for bar in (first, *parts, last)] == [True, *[False] * 5, True]
    ends = [first["end"], *(bar["end"] for bar in parts)]
    assert [bar["begin"] for bar in parts] == pytest.approx(ends[:-1])
    assert ends[-1] == pytest.approx(last["end"])


def test_a_part_has_its_interval_where_it_ends() -> None:
    part = summaries.attribution(1000.0, 1.0).parts[0]
    _, drawn, *_ = bars(0)
    assert drawn["begin"] - drawn["low"] == pytest.approx(part.saved_us.high)  # type: ignore[union-attr]
    assert drawn["begin"] - drawn["high"] == pytest.approx(part.saved_us.low)  # type: ignore[union-attr]
    assert drawn["text"] == "−53.2 (21 %)"


def test_a_part_that_widens_the_gap_leads_upwards() -> None:
    own = summaries.attribution(1000.0, 1.0)
    dearer = replace(own.parts[0], saved_us=summaries.estimate(-12.0), share=None)
    whole = replace(summaries.full(), attributions=(replace(own, parts=(dearer, *own.parts[1:])),))
    _, drawn, *_ = bars(0, whole)
    assert drawn["end"] - drawn["begin"] == pytest.approx(12)
    assert drawn["text"] == "+12.0"


def test_each_import_begins_where_the_one_before_ended() -> None:
    drawn = bars(2)
    assert [bar["begin"] for bar in drawn] == pytest.approx([0, 2.7, 15.8])
    assert [bar["end"] for bar in drawn] == pytest.approx([2.7, 15.8, 55.9])


def test_without_intervals_nothing_is_drawn_beside_the_ends() -> None:
    for bar in bars(0, summaries.cut_off()):
        assert bar["low"] == bar["high"] == pytest.approx(bar["end"])


def test_what_was_not_attributed_is_not_drawn() -> None:
    assert waterfall.figures(summaries.counted_nothing()) == []
