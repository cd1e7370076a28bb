"""What is kept of a participant: never less than before, and whole."""

from pathlib import Path

import pytest

from stackgap.misuse import MisuseError
from stackgap.workshop import progress
from stackgap.workshop.stages import Outcome, prediction

WRONG = [
    Outcome("contract", "passed", ""),
    Outcome("correct", "passed", ""),
    Outcome("faster", "passed", ""),
    Outcome("decide", "failed", "", (1.0, 2.0)),
]
RIGHT = [*WRONG[:3], Outcome("decide", "passed", "", (4.0, 8.0))]


def test_the_first_prediction_stays(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    progress.note(2, WRONG, path)
    own = progress.note(2, RIGHT, path).of(2)
    assert own.first_prediction == (1.0, 2.0)
    assert own.first_prediction_right is False
    assert own.passed == ["contract", "correct", "faster", "decide"]
    assert own.checks == 2
    assert own.finished_at is not None


def test_a_stage_that_was_passed_stays_passed(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    progress.note(2, WRONG, path)
    own = progress.note(2, [Outcome("contract", "failed", "")], path).of(2)
    assert own.passed == ["contract", "correct", "faster"]


def test_exercises_are_kept_apart_and_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    progress.note(1, RIGHT, path)
    progress.note(2, WRONG, path)
    kept = progress.read(path)
    assert kept.of(1).finished_at is not None
    assert kept.of(2).finished_at is None
    assert kept.of(3).checks == 0


def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_text("{")
    with pytest.raises(MisuseError, match=str(path)):
        progress.note(1, RIGHT, path)
    assert path.read_text() == "{"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# PREDICTION = (2, 8.5)", (2.0, 8.5)),
        ("PREDICTION = (2, 8)", (2.0, 8.0)),
        ("    // PREDICTION=( 2 ,8 )", (2.0, 8.0)),
        ("# PREDICTION = (low, high)", None),
        ("", None),
    ],
)
def test_a_prediction_is_read_from_python_and_rust(
    text: str, expected: tuple[float, float] | None
) -> None:
    assert prediction(f"import math\n{text}\n") == expected
