"""How many lines one owns with a choice, counted in this checkout."""

from pathlib import Path

from stackgap import project
from stackgap.analyse.choices import CHOICES, Choice

_COMMENTS = ("//", "#", "/*", "*")


def lines_owned(equations: list[str]) -> dict[str, dict[str, int]]:
    """Lines of each choice's sources for each equation, blank lines and comments left out.

    Raises FileNotFoundError where a source that a choice names is not there.
    """
    return {
        choice.name: {equation: _lines_of(choice, equation) for equation in equations}
        for choice in CHOICES
    }


def _lines_of(choice: Choice, equation: str) -> int:
    return sum(_count(path) for pattern in choice.sources for path in _found(pattern, equation))


def _found(pattern: str, equation: str) -> list[Path]:
    named = pattern.format(equation=equation)
    found = sorted(project.ROOT.glob(named))
    if not found:
        raise FileNotFoundError(f"{project.ROOT / named}: no such file")
    return found


def _count(path: Path) -> int:
    stripped = (line.strip() for line in path.read_text().splitlines())
    return sum(bool(line) and not line.startswith(_COMMENTS) for line in stripped)
