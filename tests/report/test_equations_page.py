"""`docs/equations.md` is what its kept figures make of it."""

import re

import pytest

from python_api.equations import EQUATIONS
from stackgap import project
from stackgap.analyse.kernels import by_equation
from stackgap.report import equations_page
from tests.analyse import timings


def test_the_page_shows_the_kept_figures() -> None:
    """Else: `stackgap bench --redraw`. A page without figures, or figures without a page, fail."""
    kept, page = project.KERNELS_JSON, project.DOCS / equations_page.PAGE
    expected = None
    if kept.exists():
        expected = equations_page.render(equations_page.decode(kept.read_bytes()))
    assert (page.read_text() if page.exists() else None) == expected


def test_the_charts_draw_the_kept_figures() -> None:
    """By what each says it was drawn from: fonts, and so bytes, differ between machines."""
    drawn = {
        path.name: re.findall(r"<!-- (\w+) -->\n$", path.read_text())
        for path in project.DOCS.glob(equations_page.chart_name("*"))
    }
    expected = {}
    if project.KERNELS_JSON.exists():
        measured = equations_page.decode(project.KERNELS_JSON.read_bytes())
        expected = {
            equations_page.chart_name(name): [equations_page.digest(equations_page.figure(own))]
            for name, own in by_equation(measured.kernels).items()
        }
    assert drawn == expected


@pytest.fixture(scope="module")
def page() -> str:
    return equations_page.render(timings.everything())


def test_kept_figures_are_read_back_as_they_were() -> None:
    measured = timings.everything()
    assert equations_page.decode(equations_page.encode(measured)) == measured


def test_a_kernel_is_one_line_of_what_is_kept() -> None:
    kept = equations_page.encode(timings.everything()).decode()
    line = next(line for line in kept.splitlines() if '"numexpr"' in line)
    assert line.strip().startswith('{"equation":')


@pytest.mark.parametrize("equation", EQUATIONS)
def test_every_equation_has_its_section_with_a_chart_and_a_reason(page: str, equation: str) -> None:
    section = page.split(f"\n## `{equation}`\n")[1].split("\n## ", maxsplit=1)[0]
    assert f"]({equations_page.chart_name(equation)})" in section
    assert re.search(r"^\*\*[A-Z].*\.\*\* ", section, re.MULTILINE)


def test_tables_are_whole(page: str) -> None:
    """Every row of a table has as many cells as the line below its heading."""
    for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_no_line_is_left_blank_twice(page: str) -> None:
    assert "\n\n\n" not in page
    assert page.endswith("\n")


def test_ratios_are_to_the_best_peer(page: str) -> None:
    # At n = 1 the later a backend stands the faster it is: 6.01, ..., 1.06 µs in the first pass.
    header, row = re.search(r"(\| n \| best peer .*)\n.*\n(\| 1 \| .*)\n", page).groups()  # type: ignore[union-attr]
    cells = dict(zip(header.split(" | "), row.split(" | "), strict=True))
    assert cells["best peer"] == "numexpr"
    assert cells["numexpr"] == "1"


def test_what_was_measured_with_is_named(page: str) -> None:
    for words in ("2026-11-24", "Example CPU", "in 3 passes", "| numpy | 2.4.6 |", "generic"):
        assert words in page


def test_a_chart_is_drawn_for_each_equation_and_tells_its_figures() -> None:
    measured = timings.everything()
    first, *_ = by_equation(measured.kernels).values()
    spec = equations_page.figure(first)
    svg = equations_page.files(measured)[equations_page.chart_name(first[0].equation)]
    assert svg.startswith("<svg")
    assert equations_page.digest(spec) in svg
    assert equations_page.digest(equations_page.figure(first[1:])) not in svg
    assert len(svg) < 100_000
