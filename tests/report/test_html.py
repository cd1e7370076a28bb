"""The page: its numbers, and that it needs nothing but itself."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackgap.analyse.summary import Summary
from stackgap.report import attribution, html, provenance, rows, sentences
from tests.conftest import require
from tests.report import summaries

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ALL_KINDS = [summaries.full, summaries.cut_off, summaries.counted_nothing, summaries.empty]


class _Page(HTMLParser):
    """Rows of every table by its caption, attributes of every tag, and text outside scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._rows: list[list[str]] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "img"):
            self._inside.append(tag)
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "caption" in self._inside:
            self._rows = self.tables.setdefault(data, [])
        elif self._inside and self._inside[-1] in ("td", "th"):
            self._rows[-1][-1] += data
        if "script" not in self._inside and "style" not in self._inside:
            self.text += data


def _table(page: _Page, caption_start: str) -> list[list[str]]:
    return next(own for caption, own in page.tables.items() if caption.startswith(caption_start))


def test_the_tables_hold_the_formatted_values_of_the_summary() -> None:
    whole = summaries.full()
    page = _Page(html.render(whole))
    headings = rows.cell_headings(whole.plan.reference)
    assert _table(page, "One row per stack") == [list(headings), *map(list, rows.cell_rows(whole))]
    details = [list(rows.DETAIL_HEADINGS), *map(list, rows.detail_rows(whole))]
    assert _table(page, "CPU per request and ratios") == details
    for own in attribution.sections(whole):
        assert own.headings is not None
        assert _table(page, own.title) == [list(own.headings), *map(list, own.rows)]
    imports = attribution.import_rows(whole.import_ladder)
    assert _table(page, "Memory of one") == [
        list(attribution.IMPORT_HEADINGS),
        *map(list, imports),
    ]
    stacks = [list(rows.STACK_HEADINGS), *map(list, rows.stack_rows(whole))]
    assert _table(page, "What does not depend on the rate") == stacks


def test_a_cell_is_traced_from_the_summary_into_its_row() -> None:
    page = _Page(html.render(summaries.full()))
    own = next(row for row in _table(page, "One row per stack") if row[0] == "fastapi-quiet-rust")
    assert own[1:] == [
        "1,000", "182", "18.2", "3.95 [3.87, 4.03]", "255", "857", "34.8 → 38.7", "23.6",
    ]  # fmt: skip


def test_it_says_all_that_the_sentences_say() -> None:
    whole = summaries.full()
    text = _Page(html.render(whole)).text
    said = [
        sentences.headline(whole),
        sentences.command(whole.plan),
        *sentences.verdicts(whole),
        *sentences.checks(whole),
        *sentences.refusals(whole.refused),
        *sentences.warnings(whole),
        *(line for card in whole.seed_cards for line in sentences.seed_card(card)),
        *(line for own in attribution.sections(whole) for line in own.lines),
    ]
    assert [line for line in said if line not in text] == []


@pytest.mark.parametrize("make", ALL_KINDS)
def test_nothing_is_referred_to_outside_the_page(make: Callable[[], Summary]) -> None:
    page = html.render(make())
    attributes = _Page(page).attributes
    referred = [each for each in attributes if each[1] in ("src", "href", "srcset", "action")]
    assert referred == [("a", "href", "records.jsonl")]
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    assert ("meta", "content") in {
        each[:2] for each in attributes if "default-src 'none'" in each[2]
    }


def test_what_was_not_recorded_is_said_to_be_so() -> None:
    page = _Page(html.render(replace(summaries.full(), provenance={})))
    assert {value for _, value in _table(page, "Provenance")} == {provenance.NOT_RECORDED}


def test_provenance_is_shown_in_words_and_what_is_unknown_under_its_own_name() -> None:
    shown = dict(provenance.rows(summaries.PROVENANCE | {"host": "b"}))
    assert shown["Uncommitted changes"] == "yes"
    assert shown["Python packages"] == "fastapi 0.165.0, numba not installed"
    assert shown["Idle governor"] == provenance.NOT_RECORDED
    assert shown["host"] == "b"


def test_markup_in_a_name_is_text() -> None:
    name = "<script>alert('&')</script>"
    page = html.render(summaries.named(name))
    assert name not in page
    assert name in _Page(page).text


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.mark.parametrize(("make", "charts"), [*zip(ALL_KINDS, (11, 11, 0, 0), strict=True)])
@pytest.mark.parametrize("width", [390, 1200])
def test_a_browser_draws_it_without_a_complaint_or_a_request(
    make: Callable[[], Summary], charts: int, width: int, browser: "Browser", tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(make()), encoding="utf-8")
    complaints: list[str] = []
    requested: list[str] = []
    with browser.new_page(viewport={"width": width, "height": 900}) as page:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(path.as_uri())
        for index in range(charts):
            page.locator(f"#chart-{index} svg").wait_for()
        assert page.locator(".chart").count() == charts
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    assert requested == [path.as_uri()]


_CONTRASTS = """() => {
  const channel = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) =>
    0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = numbers(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("main *")) {
    const own = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own) continue;
    const style = getComputedStyle(element);
    const ink = numbers(element instanceof SVGElement ? style.fill : style.color);
    const [high, low] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
    found.push([(high + 0.05) / (low + 0.05), element.textContent.slice(0, 40)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it(
    scheme: str, browser: "Browser", tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(summaries.full()), encoding="utf-8")
    with browser.new_page(color_scheme=scheme) as page:  # type: ignore[arg-type]
        page.goto(path.as_uri())
        page.locator("#chart-10 svg").wait_for()
        contrasts = page.evaluate(_CONTRASTS)
    assert len(contrasts) > 200
    # What the Web Content Accessibility Guidelines ask of text, level AA.
    assert [own for own in contrasts if own[0] < 4.5] == []


def test_what_is_read_aloud_has_a_name_and_an_order(browser: "Browser", tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(summaries.full()), encoding="utf-8")
    with browser.new_page() as page:
        page.goto(path.as_uri())
        page.locator("#chart-10 svg").wait_for()
        heard = page.locator("body").aria_snapshot()
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3')].map(each => Number(each.tagName[1]))"
        )
        unnamed = page.evaluate(
            "[...document.querySelectorAll('table')].filter(each => !each.caption).length"
        )
        unreachable = page.evaluate(
            "[...document.querySelectorAll('.scroll')].filter(each => each.tabIndex !== 0).length"
        )
    # Names with a colon are quoted as a whole.
    assert len(re.findall(r"- '?img\b", heard)) == len(re.findall(r"- '?img \"", heard)) == 11
    assert "- main:" in heard
    tables = re.findall(r"- '?table\b.", heard)
    assert len(tables) > 5
    assert len(tables) == len(re.findall(r"- '?table \"", heard))
    assert (unnamed, unreachable) == (0, 0)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_on_paper_it_is_dark_on_light_and_nothing_is_cut_off(
    browser: "Browser", tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(summaries.full()), encoding="utf-8")
    with browser.new_page(color_scheme="dark") as page:
        page.goto(path.as_uri())
        page.locator("#chart-10 svg").wait_for()
        page.emulate_media(media="print", color_scheme="dark")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        hidden = page.evaluate(
            "[...document.querySelectorAll('.scroll')]"
            ".filter(each => getComputedStyle(each).overflowX !== 'visible').length"
        )
    assert paper == "rgb(255, 255, 255)"
    assert hidden == 0
