"""Checks as a participant meets them; what every exercise has. The rest: tests/workshop_meta."""

from pathlib import Path

import pytest

from stackgap.workshop import parent
from stackgap.workshop.exercises import Exercise, exercise, exercises
from stackgap.workshop.stages import STAGES, WIDEST_PREDICTION, prediction
from tests.cli.command import assert_explained, invoked


def test_there_are_eight_and_each_has_its_files_and_a_page() -> None:
    found = exercises()
    assert [own.number for own in found] == list(range(1, 9))
    for own in found:
        assert own.stub.suffix == own.solution.suffix
        page = (own.folder / "README.md").read_text()
        assert page.startswith(f"# {own.number} ")
        assert "**Goal.**" in page
        assert "<details>" in page
        assert 15 <= own.check.MINUTES <= 25
        assert own.check.TITLE in page.splitlines()[0] or own.check.TITLE.split(":")[0]


def test_no_stub_predicts_and_every_solution_does() -> None:
    for own in exercises():
        assert prediction(own.stub.read_text()) is None
        predicted = prediction(own.solution.read_text())
        assert predicted is not None
        assert predicted[1] / predicted[0] <= WIDEST_PREDICTION


@pytest.mark.parametrize(
    ("source", "stage", "says"),
    [
        ("def kepler(:\n", "contract", "line 1"),
        ("raise RuntimeError('no')\n", "contract", "RuntimeError in line 1: no"),
        ("import os\nos._exit(7)\n", "contract", "ended its process"),
        ("while True: pass\n", "contract", "by an endless loop or slow calls"),
    ],
    ids=["no Python", "raises", "ends the process", "never ends"],
)
def test_a_file_that_breaks_the_check_fails_it_with_the_reason(
    source: str, stage: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.py"
    path.write_text(source)
    outcomes = parent.checked(exercise(2), path, tmp_path, longest_s=8)
    assert [(own.stage, own.state) for own in outcomes] == [(stage, "failed")]
    assert says in outcomes[0].says


def _checked(own: Exercise, source: str, tmp_path: Path) -> list[tuple[str, str]]:
    path = tmp_path / "own.py"
    path.write_text(source)
    return [(each.stage, each.state) for each in parent.checked(own, path, tmp_path)]


def test_without_a_prediction_three_stages_are_passed(tmp_path: Path) -> None:
    own = exercise(2)
    silent = own.solution.read_text().replace("PREDICTION", "NO")
    path = tmp_path / "own.py"
    path.write_text(silent)
    outcomes = parent.checked(own, path, tmp_path)
    assert [(each.stage, each.state) for each in outcomes] == [
        *((stage, "passed") for stage in STAGES[:3]),
        ("decide", "failed"),
    ]
    assert "how fast comes after a prediction" in outcomes[2].says


@pytest.mark.parametrize("range_", ["(1, 100)", "(0, 3)", "(3, 2)"])
def test_a_range_that_says_nothing_is_no_prediction(range_: str, tmp_path: Path) -> None:
    own = exercise(2)
    source = own.solution.read_text().replace("(5, 20)", range_)
    assert _checked(own, source, tmp_path)[-1] == ("decide", "failed")


def test_a_measurement_that_is_missing_is_said_to_be_so(tmp_path: Path) -> None:
    own = exercise(1)
    assert _checked(own, own.solution.read_text(), tmp_path)[-1] == ("decide", "missing")


def test_the_command_shows_where_you_are() -> None:
    done = invoked("workshop")
    assert done.returncode == 0, done.stderr
    assert "Read the claim" in done.stdout


def test_a_check_without_a_file_says_how_to_begin(tmp_path: Path) -> None:
    done = invoked("workshop", "check", "2", "--file", str(tmp_path / "none.py"))
    assert_explained(done, 2)
    assert "workshop start 2" in done.stderr


def test_an_unknown_exercise_is_refused() -> None:
    assert_explained(invoked("workshop", "start", "9"), 2)
