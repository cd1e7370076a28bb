"""The checks themselves: stubs fail where they should, solutions pass, cheats and slow ones do not.

In an order drawn anew each time; the seed is printed, and STACKGAP_SEED fixes it.
"""

import os
import random
import time
from pathlib import Path

import pytest
from msgspec import structs

from stackgap.workshop import parent
from stackgap.workshop.exercises import Exercise, exercises
from stackgap.workshop.stages import STAGES, Outcome
from tests.analyse import factory
from tests.cli.made_up import written
from tests.workshop_meta import variants

SEED = int(os.environ.get("STACKGAP_SEED", random.randrange(2**32)))
STUB_FAILS_AT = {
    1: "contract", 2: "faster", 3: "faster", 4: "contract",
    5: "faster", 6: "faster", 7: "contract", 8: "correct",
}  # fmt: skip
TRIES = 4


def _shuffled(found: list[Exercise]) -> list[Exercise]:
    return random.Random(SEED).sample(found, len(found))


EVERY = pytest.mark.parametrize(
    "own", _shuffled(exercises()), ids=lambda own: f"{own.folder.name}, seed {SEED}"
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which FastAPI takes six times what Axum does."""
    folder = tmp_path_factory.mktemp("runs")
    stacks = ("fastapi-quiet-python", "axum-stock")
    cells = [*map(factory.cell, stacks), factory.cell("axum-stock", replica=1)]
    costs = factory.wavering({"fastapi-quiet-python": 240.0, "axum-stock": 40.0})
    started, *rest = factory.run_records(factory.make_plan(cells), costs)
    written(folder, "20260101-run", [structs.replace(started, run_id="20260101-run"), *rest])
    return folder


def _outcomes(own: Exercise, source: str, tmp_path: Path, runs: Path) -> list[Outcome]:
    """Of a check that could tell: "inconclusive, run it again" is an honest answer."""
    path = tmp_path / f"own{own.stub.suffix}"
    path.write_text(source)
    for _ in range(TRIES):
        outcomes = parent.checked(own, path, runs)
        if outcomes[-1].state != "inconclusive":
            break
    return outcomes


def _ends(outcomes: list[Outcome]) -> tuple[str, str]:
    return outcomes[-1].stage, outcomes[-1].state


@EVERY
def test_a_stub_fails_at_the_right_stage(own: Exercise, tmp_path: Path, runs: Path) -> None:
    outcomes = _outcomes(own, own.stub.read_text(), tmp_path, runs)
    assert _ends(outcomes) == (STUB_FAILS_AT[own.number], "failed"), outcomes


@EVERY
def test_a_solution_passes_all_four_stages(own: Exercise, tmp_path: Path, runs: Path) -> None:
    begun = time.monotonic()
    outcomes = _outcomes(own, own.solution.read_text(), tmp_path, runs)
    print(f"{own.folder.name}: {time.monotonic() - begun:.1f} s")
    assert [(each.stage, each.state) for each in outcomes] == [
        (stage, "passed") for stage in STAGES
    ], outcomes


@EVERY
def test_constants_for_what_the_page_shows_are_not_correct(
    own: Exercise, tmp_path: Path, runs: Path
) -> None:
    outcomes = _outcomes(own, variants.constant(own), tmp_path, runs)
    assert _ends(outcomes) == ("correct", "failed"), outcomes


@EVERY
def test_a_solution_three_times_as_slow_fails_faster(
    own: Exercise, tmp_path: Path, runs: Path
) -> None:
    outcomes = _outcomes(own, variants.times(own, 3), tmp_path, runs)
    assert _ends(outcomes) == ("faster", "failed"), outcomes


@EVERY
def test_a_solution_two_per_cent_slower_does_not_fail(
    own: Exercise, tmp_path: Path, runs: Path
) -> None:
    outcomes = _outcomes(own, variants.times(own, 1.02), tmp_path, runs)
    assert ("faster", "passed") in [(each.stage, each.state) for each in outcomes], outcomes


def test_a_kernel_that_keeps_the_lock_is_not_correct(tmp_path: Path, runs: Path) -> None:
    own = exercises()[3]
    outcomes = _outcomes(own, variants.lock_held(own), tmp_path, runs)
    assert _ends(outcomes) == ("correct", "failed"), outcomes
    assert "the lock is held" in outcomes[-1].says
