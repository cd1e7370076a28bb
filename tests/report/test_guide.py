"""The guide in words: what it assumes, what it advises, and what the article's figures imply."""

import dataclasses

from stackgap.analyse.choices import CHOICES, Owned
from stackgap.analyse.guide import Answer, Case, answer
from stackgap.report import guide
from tests.analyse.test_guide import RUNS
from tests.report import summaries


def _answer(**changed: float) -> Answer:
    case = {"equation": "ephemeris", "n": 100, "rate_hz": 1000.0} | changed
    return answer(Case(**case), RUNS)  # type: ignore[arg-type]


def test_every_option_has_a_row_and_staying_is_one() -> None:
    rows = guide.option_rows(_answer())
    assert [row.choice for row in rows] == [
        "stay", "change settings", "Rust kernel", "hot route mounted", "Axum",
    ]  # fmt: skip
    assert rows[0].ratio == "1"
    assert rows[2].ratio.startswith("0.50 [")
    assert rows[2].month == "–"


def test_the_advised_change_says_what_one_owns_and_when_not_to() -> None:
    said = guide.lines(_answer())
    assert any(line.startswith("What changes: the same as a bare ASGI") for line in said)
    assert any(line.startswith("Not if the route needs FastAPI's dependencies") for line in said)
    assert said[-1].startswith("From: run-n100.")


def test_a_size_in_between_says_that_it_is_interpolated() -> None:
    assert any("between two that were measured" in line for line in guide.lines(_answer(n=300)))
    assert not any("between two" in line for line in guide.lines(_answer()))


def test_costs_between_runs_of_two_machines_carry_a_warning() -> None:
    between = _answer(n=300)
    warning = "on different machines"
    assert not any(warning in line for line in guide.lines(between))
    mixed = dataclasses.replace(between, machines=("one", "another"))
    assert any(warning in line for line in guide.lines(mixed))


def test_what_is_saved_is_turned_into_days_of_work() -> None:
    said = guide.lines(_answer(vcpu_price=300, gib_price=0, engineer_cost=100))
    # 230 µs at 1,000 req/s are 0.23 of a core: 69 a month, 828 a year.
    assert any("within a year it pays for 8.3 days of work" in line for line in said)


def test_the_page_has_a_table_for_each_size_and_rate_and_the_record_it_comes_from() -> None:
    answers = [_answer(), _answer(n=1000)]
    lines = {"ephemeris": 7, "heat": 9}
    owned = [Owned(choice, lines, 61_500_000, (8.2, 9.7)) for choice in CHOICES]
    page = guide.page(answers, owned, "../records")
    assert "| 7 to 9 | 61.5 | 8 to 10 |" in page
    assert "### n = 100 at 1,000 req/s" in page
    assert "Measured on not recorded, cores: not recorded, kernel not recorded." in page
    assert "[run-n1000](../records/run-n1000/)" in page
    (section,) = guide.sections(answers)
    assert section.figure is not None
    assert [title for title, *_ in section.tables] == [
        "ephemeris, n = 100 at 1,000 req/s",
        "ephemeris, n = 1,000 at 1,000 req/s",
    ]


def test_the_page_says_what_was_measured_on_which_machine() -> None:
    here = dataclasses.replace(_answer(), machines=("one, cores: 2",))
    there = dataclasses.replace(
        here, case=dataclasses.replace(here.case, equation="heat"), machines=("another",)
    )
    assert guide.measured_on([here, here]) == "Measured on one, cores: 2."
    assert guide.measured_on([here, there, there]) == (
        "Measured on several machines: ephemeris on one, cores: 2; heat on another."
    )


def test_the_articles_figures_imply_what_a_kernel_alone_could_have_saved() -> None:
    said = guide.article_lines({"Kernel": summaries.estimate(0.25)}, 0.13, 0.03)
    assert said[0] == "If both were of one rate, the gap is 10 % of a core, 4.33× as much."
    assert "would have saved 2.50 % [2.45, 2.55] of a core" in said[1]
    assert said[-1].startswith("What they cannot say: which rate that was")
