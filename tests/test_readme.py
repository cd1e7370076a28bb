"""What README and methodology show is what the commands named beside it print."""

import re

from stackgap import project
from stackgap.analyse.compare import compared
from stackgap.analyse.summarise import summarise
from stackgap.report import markdown
from stackgap.run import store

COMMAND = re.compile(r"stackgap report --format markdown --runs benchmarks/results (\S+)`")
GAP = re.compile(r"(\S+)` prints:\n\n<!-- begin gap -->\n(.*?)\n<!-- end gap -->", re.DOTALL)
REPEAT = re.compile(
    r"(\S+) (\S+)`\nprints among all else:\n\n<!-- begin repeat -->\n(.*?)\n<!-- end repeat -->",
    re.DOTALL,
)
RESULT = re.compile(r"<!-- begin result -->\n(.*?)<!-- end result -->", re.DOTALL)


def test_the_readme_shows_what_its_command_prints() -> None:
    readme = (project.ROOT / "README.md").read_text()
    command, result = COMMAND.search(readme), RESULT.search(readme)
    assert command is not None
    assert result is not None
    recorded = store.load(project.ROOT / "benchmarks" / "results" / command[1])
    assert result[1].strip() == markdown.render(summarise(recorded)).strip()


def test_the_readme_shows_where_the_gap_goes_as_its_command_prints_it() -> None:
    gap = GAP.search((project.ROOT / "README.md").read_text())
    assert gap is not None
    recorded = store.load(project.RESULTS / gap[1])
    assert gap[2] in markdown.render(summarise(recorded))


def test_the_methodology_shows_how_two_full_runs_compare() -> None:
    repeat = REPEAT.search((project.DOCS / "methodology.md").read_text())
    assert repeat is not None
    before, after = (store.load(project.RESULTS / repeat[number]) for number in (1, 2))
    assert repeat[3] in markdown.render_comparison(compared(before, after))
