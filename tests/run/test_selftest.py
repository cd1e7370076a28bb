"""The checks of `stackgap selftest` pass on a harness that sees, and fail on one that does not."""

from pathlib import Path

import pytest

from stackgap.measure.engine import Engine
from stackgap.misuse import MisuseError
from stackgap.run import store
from stackgap.run.selftest import every, pairs
from stackgap.run.selftest.bench import SHORT, THOROUGH, Bench, Check, Outcome
from tests.run.engines import Injecting
from tests.run.pipeline import Quiet

TWIN = "a stack and its twin"
DEARER = "a twin that burns"
BURNED = "us burned in"
AWAITED = "ms awaited in"
HELD = "of anonymous memory"
REFUSED = "is refused"


def _verdicts(folder: Path, engine: Engine) -> dict[str, bool]:
    """Whether each check of the short form holds, by its name."""
    bench = Bench(engine, folder, {}, 1, Quiet())
    return {
        check.name: every.run(check, bench, lambda _index, _outcome: None)[1]
        for check in pairs.checks(SHORT)
    }


def _failed(verdicts: dict[str, bool]) -> set[str]:
    """Which kinds of checks failed, each for every stack it is made with."""
    kinds = (TWIN, DEARER, BURNED, AWAITED, HELD, REFUSED)
    return {
        kind for kind in kinds if not all(held for name, held in verdicts.items() if kind in name)
    }


def test_a_harness_that_sees_passes_every_check(tmp_path: Path) -> None:
    verdicts = _verdicts(tmp_path, Injecting())
    assert len(verdicts) == 8
    assert all(verdicts.values()), verdicts


def test_a_harness_that_sees_nothing_of_what_is_planted_fails_each_check_of_it(
    tmp_path: Path,
) -> None:
    failed = _failed(_verdicts(tmp_path, Injecting(seen=0.0)))
    assert failed == {DEARER, BURNED, AWAITED, HELD, REFUSED}


def test_a_harness_that_sees_twice_what_is_planted_fails(tmp_path: Path) -> None:
    failed = _failed(_verdicts(tmp_path, Injecting(seen=2.0)))
    assert failed == {BURNED, AWAITED, HELD}


def test_a_harness_that_tells_twins_apart_fails(tmp_path: Path) -> None:
    assert _failed(_verdicts(tmp_path, Injecting(twin_factor=1.2))) == {TWIN}


def test_what_the_injecting_layer_itself_takes_is_no_failure(tmp_path: Path) -> None:
    verdicts = _verdicts(tmp_path, Injecting(layer_us=3.0))
    assert all(verdicts.values()), verdicts


def test_every_pair_keeps_its_records(tmp_path: Path) -> None:
    _verdicts(tmp_path, Injecting())
    folders = sorted(path.parent for path in tmp_path.glob(f"*/{store.RECORDS}"))
    assert len(folders) > sum(check.runs for check in pairs.checks(SHORT)) - 1
    assert all(store.load(folder) for folder in folders)


def test_the_thorough_form_asks_for_what_is_claimed() -> None:
    asked = [(check.needed, check.runs) for check in pairs.checks(THOROUGH)]
    assert asked == [(54, 60), (16, 20), (18, 20), (18, 20), (3, 3), (3, 3), (3, 3), (1, 1)]


def test_checks_are_chosen_by_a_part_of_their_name() -> None:
    assert [check.name for check in every.chosen(SHORT, [AWAITED, TWIN])] == [
        check.name for check in every.checks(SHORT) if AWAITED in check.name or TWIN in check.name
    ]
    assert every.chosen(SHORT, [])
    with pytest.raises(MisuseError, match="no check has 'twins' in its name; there are: a stack"):
        every.chosen(SHORT, ["twins"])


@pytest.mark.parametrize(("passing", "holds"), [(2, False), (3, True), (4, True)])
def test_a_check_holds_if_enough_of_its_runs_pass(
    tmp_path: Path, passing: int, holds: bool
) -> None:
    told: list[int] = []
    check = Check("", 4, 3, lambda _bench, index: Outcome(index < passing, ""))
    bench = Bench(Injecting(), tmp_path, {}, 1, Quiet())
    result = every.run(check, bench, lambda index, _outcome: told.append(index))
    assert result == (passing, holds)
    assert told == [0, 1, 2, 3]
