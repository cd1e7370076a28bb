"""The Markdown report."""

from collections.abc import Callable
from itertools import groupby

import pytest

from stackgap.analyse.summary import Summary
from stackgap.report import attribution, cost_lines, markdown, sentences
from stackgap.report.rows import cell_rows
from tests.report import summaries


def _tables(text: str) -> list[list[list[str]]]:
    """The cells of every table's rows, headings first."""
    lines = groupby(text.splitlines(), key=lambda line: line.startswith("| "))
    return [
        [[cell.strip() for cell in line.strip("|").split(" | ")] for line in own]
        for is_table, own in lines
        if is_table
    ]


def test_the_table_has_a_row_for_each_cell_and_as_many_columns_everywhere() -> None:
    whole = summaries.full()
    table = _tables(markdown.render(whole))[0]
    assert len(table) == 2 + len(whole.cells)
    assert len({len(row) for row in table}) == 1
    assert [row[0] for row in table[2:]] == [row.stack for row in cell_rows(whole)]
    assert table[2][4] == r"5.23 \[5.12, 5.33\]"


def test_the_parts_of_the_gap_and_the_imports_follow_as_tables() -> None:
    whole = summaries.full()
    text = markdown.render(whole)
    _, *parts, imports, _ = _tables(text)
    assert [[row[0] for row in table[2:]] for table in parts] == [
        [row.part for row in own.rows] for own in attribution.sections(whole)
    ]
    assert [row[0] for row in imports[2:]] == [own.step for own in whole.import_ladder]
    assert "- No attribution: " in markdown.render(summaries.counted_nothing())


def test_the_lines_of_cpu_against_rate_follow_as_a_table() -> None:
    table = _tables(markdown.render(summaries.full()))[-1]
    assert [row[0] for row in table[2:]] == [row.stack for row in cost_lines.rows(summaries.full())]


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
