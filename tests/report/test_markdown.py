"""The Markdown report."""

from collections.abc import Callable

import pytest

from stackgap.analyse.summary import Summary
from stackgap.report import markdown, sentences
from stackgap.report.rows import cell_rows
from tests.report import summaries


def _table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_table_has_a_row_for_each_cell_and_as_many_columns_everywhere() -> None:
    whole = summaries.full()
    table = _table(markdown.render(whole))
    assert len(table) == 2 + len(whole.cells)
    assert len({len(row) for row in table}) == 1
    assert [row[0] for row in table[2:]] == [row.stack for row in cell_rows(whole)]
    assert table[2][4] == r"5.23 \[5.12, 5.33\]"


def test_it_begins_with_the_headline_and_ends_with_the_command() -> None:
    whole = summaries.full()
    lines = markdown.render(whole).rstrip("\n").splitlines()
    assert lines[0] == f"**{sentences.headline(whole)}**"
    assert lines[-1] == f"    {sentences.command(whole.plan)}"


def test_markup_in_a_name_is_escaped() -> None:
    text = markdown.render(summaries.named("a|b <i> *c*"))
    prose = [line for line in text.splitlines() if not line.startswith("    ")]
    assert r"a\|b \<i\> \*c\*" in "\n".join(prose)
    assert "a|b" not in "\n".join(prose)


@pytest.mark.parametrize("make", [summaries.cut_off, summaries.counted_nothing, summaries.empty])
def test_a_run_that_was_cut_off_can_be_pasted_too(make: Callable[[], Summary]) -> None:
    assert "stackgap run --resume" in markdown.render(make())
