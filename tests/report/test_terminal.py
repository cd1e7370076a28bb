"""The terminal report at the widths terminals have."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from stackgap.analyse.summary import Attribution, Summary
from stackgap.report import attribution, cost_lines, sentences, terminal
from stackgap.report.rows import cell_rows
from tests.report import summaries


def _printed(summary: Summary, width: int) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(terminal.render(summary))
    return captured.get()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_number_of_every_cell_is_printed_whole(width: int) -> None:
    lines = _printed(summaries.full(), width).splitlines()
    for row in cell_rows(summaries.full()):
        shown = " ".join(line for line in lines if line.split()[:1] == [row.stack])
        for text in (row.stack, row.cpu, row.core, row.ratio, row.p50, row.p99, row.anonymous):
            assert text in shown


@pytest.mark.parametrize("width", [80, 120])
def test_every_part_of_a_gap_and_every_import_is_printed_whole(width: int) -> None:
    whole = summaries.full()
    lines = _printed(whole, width).splitlines()
    for own in attribution.sections(whole):
        for row in own.rows:
            shown = " ".join(line for line in lines if line.strip().startswith(row.part))
            for text in (row.saved, row.share, row.first_in, row.last_in, row.surcharge):
                assert text in shown
    for step in attribution.import_rows(whole.import_ladder):
        (line,) = [line for line in lines if line.strip().startswith(step.step)]
        assert all(text in line for text in step)


def test_a_part_with_a_long_name_leaves_its_numbers_whole() -> None:
    whole = summaries.full()
    (own, _) = whole.attributions
    assert isinstance(own, Attribution)
    lump = replace(own.parts[0], name=" + ".join(part.name for part in own.parts))
    printed = _printed(replace(whole, attributions=(replace(own, parts=(lump,)),)), 80)
    assert attribution.sections(whole)[0].rows[0].saved in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_a_gap_that_is_not_divided_is_printed_with_its_reason() -> None:
    printed = " ".join(_printed(summaries.counted_nothing(), 200).split())
    assert "No attribution: nothing was measured of axum-stock." in printed


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, _printed(summaries.full(), width).splitlines())) <= width


def test_the_table_is_one_from_100_columns_on_and_split_below() -> None:
    def headings(width: int) -> int:
        of_cells = replace(summaries.full(), cost_models=())
        lines = _printed(of_cells, width).splitlines()
        return sum(line.split()[:1] == ["stack"] for line in lines)

    assert (headings(80), headings(100)) == (2, 1)


@pytest.mark.parametrize("width", [80, 120])
def test_every_number_of_every_line_is_printed_whole(width: int) -> None:
    printed = _printed(summaries.full(), width)
    lines = printed[printed.index(cost_lines.TITLE) :].splitlines()
    for row in cost_lines.rows(summaries.full()):
        shown = " ".join(line for line in lines if line.split()[:1] == [row.stack])
        for text in row:
            assert text in shown


def test_the_last_words_are_the_sentence_to_take_away() -> None:
    printed = " ".join(_printed(summaries.full(), 200).split())
    assert printed.endswith(" ".join(sentences.in_short(summaries.full())))


@pytest.mark.parametrize("make", [summaries.cut_off, summaries.counted_nothing, summaries.empty])
def test_a_run_that_was_cut_off_is_shown_with_its_warning(make: Callable[[], Summary]) -> None:
    printed = " ".join(_printed(make(), 80).split())
    assert f"stackgap run --resume --run-id {make().run_id}" in printed
    assert "No verdict" in printed or "no verdict" in printed
    assert "times the CPU per request of" not in printed


def test_markup_in_a_name_is_printed_as_it_stands() -> None:
    name = "[red]axum[/red]"
    assert _printed(summaries.named(name), 200).count(name) >= 6


def test_wrong_answers_are_printed_in_red() -> None:
    console = Console(width=100, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(terminal.render(replace(summaries.full(), wrong_answers=3)))
    line = next(line for line in captured.get().splitlines() if "3 wrong" in line)
    assert "\x1b[31m" in line
