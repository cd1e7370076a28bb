"""The README's result is what the command named beside it prints."""

import re

from stackgap import project
from stackgap.analyse.summarise import summarise
from stackgap.report import markdown
from stackgap.run import store

COMMAND = re.compile(r"stackgap report --markdown --runs benchmarks/results (\S+)`")
RESULT = re.compile(r"<!-- begin result -->\n(.*?)<!-- end result -->", re.DOTALL)


def test_the_readme_shows_what_its_command_prints() -> None:
    readme = (project.ROOT / "README.md").read_text()
    command, result = COMMAND.search(readme), RESULT.search(readme)
    assert command is not None
    assert result is not None
    recorded = store.load(project.ROOT / "benchmarks" / "results" / command[1])
    assert result[1].strip() == markdown.render(summarise(recorded)).strip()
