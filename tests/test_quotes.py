"""What README and docs quote of reports is what the commands named beside it print."""

from pathlib import Path

import pytest

from benchmarks import quotes
from stackgap import project

PAGES = dict(quotes.pages())
QUICK = "20261124-091838-ephemeris-n100"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_quotes_what_is_printed(page: Path) -> None:
    assert quotes.renewed(PAGES[page]) == PAGES[page]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_command_stands_beside_a_quote(page: Path) -> None:
    text = PAGES[page]
    for found in quotes.QUOTE.finditer(text):
        assert _command_of(*found["what"].split()) in text[: found.start()]


def _command_of(quoted: str, *runs: str) -> str:
    if quoted == "slice_noise":
        return f"`python -m benchmarks.slice_noise {' '.join(runs)}`"
    return f"stackgap {quoted} --format markdown --runs benchmarks/results {' '.join(runs)}`"


def test_readme_and_methodology_are_among_the_pages() -> None:
    assert {project.ROOT / "README.md", project.DOCS / "methodology.md"} <= PAGES.keys()


def test_a_section_ends_where_the_next_begins() -> None:
    page = f"before\n<!-- quote: report {QUICK}; Warnings -->\nold\n<!-- end quote -->\nafter"
    lines = quotes.renewed(page).splitlines()
    assert lines[:3] == [*page.splitlines()[:2], "**Warnings**"]
    assert lines[-2:] == ["<!-- end quote -->", "after"]
    assert "old" not in lines
    assert not [line for line in lines if "stackgap run" in line]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (f"report {QUICK}; Weather", "no section 'Weather' is printed"),
        (f"guess {QUICK}", "not of 'guess'"),
    ],
)
def test_a_quote_of_what_is_not_printed_is_told(what: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quotes.renewed(f"<!-- quote: {what} -->\n<!-- end quote -->")
