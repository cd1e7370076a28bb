"""`docs/decision-guide.md` is what the kept runs make of it."""

import re

from stackgap import owned, project
from stackgap.analyse import select
from stackgap.cli import guide
from stackgap.cli.measuring import start_of
from stackgap.run import store
from tests.cli.command import invoked


def test_the_page_says_what_the_records_say() -> None:
    """Else: `stackgap guide --write`."""
    assert guide.PAGE.read_text() == guide.page(project.RESULTS)


def test_every_link_leads_to_records() -> None:
    links = re.findall(r"\]\((\.\./benchmarks/results/[^)]+)\)", guide.PAGE.read_text())
    assert links
    for link in links:
        folder = (guide.PAGE.parent / link).resolve()
        assert folder == owned.MEASURED.parent or store.load(folder)


def test_the_articles_figures_are_divided_as_in_the_run_of_most_generations() -> None:
    done = invoked("guide", "--article")
    assert done.returncode == 0, done.stderr
    full = {
        folder.name: len(select.usable(recorded))
        for folder in store.all_runs(project.RESULTS)
        if start_of(recorded := store.load(folder)).plan.full
    }
    assert f"From {max(full, key=full.__getitem__)} (ephemeris, 100 values" in done.stdout


def test_the_kept_records_are_small() -> None:
    kept = [path for path in project.RESULTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in kept) <= 10_000_000
