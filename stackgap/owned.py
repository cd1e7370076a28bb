"""What one owns with a choice: lines counted here, its image and its build as recorded."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from stackgap import images, project, stacks
from stackgap.analyse.choices import CHOICES, Choice, Owned

MEASURED = project.RESULTS / "ownership" / "ownership.json"
"""Written by `python -m benchmarks.ownership`."""

_COMMENTS = ("//", "#", "/*", "*")


class Measured(msgspec.Struct, frozen=True):
    """What images weigh and packages take to build from nothing, on the machine named.

    `image_bytes` by the image's name; `build_s`, a value a repetition, by Cargo package.
    """

    processor: str
    cores: int
    compiler: str
    image_bytes: dict[str, int]
    build_s: dict[str, list[float]]


def owned(equations: Sequence[str]) -> list[Owned]:
    """What one owns with each choice.

    Raises FileNotFoundError where a source that a choice names, or the record of what was measured,
    is not there.
    """
    measured = msgspec.json.decode(MEASURED.read_bytes(), type=Measured)
    return [_of(choice, equations, measured) for choice in CHOICES]


def _of(choice: Choice, equations: Sequence[str], measured: Measured) -> Owned:
    builds_s = measured.build_s[choice.builds] if choice.builds else []
    return Owned(
        choice,
        {equation: _lines_of(choice, equation) for equation in equations},
        measured.image_bytes[images.name_for(stacks.stacks()[choice.stack])],
        (min(builds_s), max(builds_s)) if builds_s else None,
    )


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
