"""How far a participant has come: one file that an instructor can collect."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from stackgap.misuse import MisuseError
from stackgap.workshop.exercises import MINE
from stackgap.workshop.stages import STAGES, Outcome

FILE = MINE / "progress.json"


class Attempted(msgspec.Struct):
    """One exercise: stages passed at least once, the first prediction and whether it was right, and
    how often it was checked."""

    passed: list[str] = []
    first_prediction: tuple[float, float] | None = None
    first_prediction_right: bool | None = None
    checks: int = 0
    finished_at: str | None = None


class Progress(msgspec.Struct):
    """By the exercise's number, as text."""

    exercises: dict[str, Attempted] = {}

    def of(self, number: int) -> Attempted:
        """That of an exercise, empty before its first check."""
        return self.exercises.get(str(number), Attempted())


def read(path: Path = FILE) -> Progress:
    """What is kept; nothing yet without a file. Raises MisuseError naming a damaged file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except FileNotFoundError:
        return Progress()
    except msgspec.DecodeError as error:
        raise MisuseError(f"{path}: {error}; move it away to begin anew") from error


def note(number: int, outcomes: list[Outcome], path: Path = FILE) -> Progress:
    """Adds a check to what is kept. The first prediction stays, whatever comes later."""
    kept = read(path)
    own = kept.of(number)
    own.checks += 1
    passed = {*own.passed, *(each.stage for each in outcomes if each.state == "passed")}
    own.passed = [stage for stage in STAGES if stage in passed]
    for each in outcomes:
        if each.prediction is not None and own.first_prediction is None:
            own.first_prediction = each.prediction
            own.first_prediction_right = each.state == "passed"
    if len(own.passed) == len(STAGES) and own.finished_at is None:
        own.finished_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    kept.exercises[str(number)] = own
    _replace(path, msgspec.json.format(msgspec.json.encode(kept)))
    return kept


def _replace(path: Path, content: bytes) -> None:
    """The whole new file or the whole old one, also if this is interrupted or the disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(content)
    os.replace(new, path)
