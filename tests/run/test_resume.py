"""A run that was stopped anywhere goes on: what was measured is kept, the rest is made up for."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stackgap.records import AnyRecord, CellRefused, RunEnded
from stackgap.run import store
from stackgap.run.store import StoreError
from tests.run.pipeline import (
    AXUM,
    FASTAPI,
    TOO_SLOW_US,
    begun,
    fake_engine,
    good,
    measure,
    resume,
    slices,
    small_plan,
    starts_per_generation,
)

PLAN = small_plan(generations=3, rounds=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The record file of a run that came to its end."""
    return measure(tmp_path_factory.mktemp("runs"), fake_engine(), PLAN).read_bytes()


def _complete_lines(content: bytes) -> bytes:
    return content[: content.rfind(b"\n") + 1]


def _assert_complete(records: Sequence[AnyRecord]) -> None:
    assert len(good(records)) == PLAN.generations
    assert len(begun(records)) == len(set(begun(records)))
    assert set(starts_per_generation(records).values()) <= {1, 2, 3}
    assert [isinstance(record, RunEnded) for record in records].count(True) == 1
    assert isinstance(records[-1], RunEnded)


@settings(deadline=None, max_examples=60)
@example(cuts=[1.0])
@example(cuts=[0.999999])
@given(cuts=st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_a_run_cut_off_at_any_byte_goes_on(whole: bytes, cuts: list[float]) -> None:
    """`cuts` are where it is cut off, as parts of what its file then holds; one after another."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / store.RECORDS
        path.write_bytes(whole)
        for cut in cuts:
            content = path.read_bytes()
            path.write_bytes(content[: round(cut * len(content))])
            kept = _complete_lines(path.read_bytes())
            if not kept:
                with pytest.raises(StoreError, match="does not begin with the start of a run"):
                    store.reopen(Path(folder))
                return
            records = resume(Path(folder), fake_engine(), PLAN)
            assert path.read_bytes().startswith(kept)
            _assert_complete(records)


def test_a_run_cut_off_between_any_two_records_goes_on(whole: bytes, tmp_path: Path) -> None:
    lines = whole.splitlines(keepends=True)
    for kept in range(1, len(lines) + 1):
        path = tmp_path / str(kept) / store.RECORDS
        path.parent.mkdir()
        path.write_bytes(b"".join(lines[:kept]))
        records = resume(path.parent, fake_engine(), PLAN)
        assert path.read_bytes().startswith(b"".join(lines[:kept]))
        _assert_complete(records)


def test_going_on_with_a_finished_run_changes_nothing(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / store.RECORDS
    path.write_bytes(whole)
    resume(tmp_path, fake_engine(), PLAN)
    assert path.read_bytes() == whole


def test_a_run_cut_off_before_its_cells_were_checked_still_refuses_slow_ones(
    tmp_path: Path,
) -> None:
    costs = {FASTAPI: TOO_SLOW_US, AXUM: 40.0}
    path = measure(tmp_path, fake_engine(costs), PLAN)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    records = resume(path.parent, fake_engine(costs), PLAN)
    assert [record.stack for record in records if isinstance(record, CellRefused)] == [FASTAPI]
    assert {own.stack for own in slices(records)} == {AXUM}


def test_a_refused_cell_stays_refused_and_is_recorded_once(tmp_path: Path) -> None:
    costs = {FASTAPI: TOO_SLOW_US, AXUM: 40.0}
    path = measure(tmp_path, fake_engine(costs), PLAN)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-4]))
    records = resume(path.parent, fake_engine(costs), PLAN)
    assert len([record for record in records if isinstance(record, CellRefused)]) == 1
    assert {own.stack for own in slices(records)} == {AXUM}
