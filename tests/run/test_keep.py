"""Records that are kept for good: compressed, the same, and refused where they are damaged."""

import sys
from pathlib import Path

import pytest

from stackgap import records
from stackgap.misuse import MisuseError
from stackgap.run import store
from stackgap.run.store import StoreError
from tests.run.pipeline import fake_engine, measure, small_plan


def _measured(runs: Path) -> Path:
    return measure(runs, fake_engine(), small_plan(generations=1)).parent


def _kept(tmp_path: Path) -> tuple[Path, Path]:
    """A run, and the file of what is kept of it."""
    run = _measured(tmp_path / "runs")
    return run, store.keep(run, tmp_path / "kept")


def test_what_is_kept_reads_as_what_was_recorded(tmp_path: Path) -> None:
    run, kept = _kept(tmp_path)
    assert store.load(kept.parent) == store.load(run)
    assert kept.stat().st_size < (run / store.RECORDS).stat().st_size / 3
    assert store.latest_run(tmp_path / "kept") == kept.parent


def test_the_same_records_are_kept_as_the_same_bytes(tmp_path: Path) -> None:
    run, kept = _kept(tmp_path)
    assert store.keep(run, tmp_path / "again").read_bytes() == kept.read_bytes()
    assert store.keep(kept.parent, tmp_path / "copied").read_bytes() == kept.read_bytes()


def test_what_is_kept_is_never_written_over(tmp_path: Path) -> None:
    run, kept = _kept(tmp_path)
    before = kept.read_bytes()
    with pytest.raises(StoreError, match="never written over"):
        store.keep(run, tmp_path / "kept")
    assert kept.read_bytes() == before


def test_what_is_kept_is_not_gone_on_with(tmp_path: Path) -> None:
    _, kept = _kept(tmp_path)
    with pytest.raises(StoreError, match="kept for good"):
        store.reopen(kept.parent)


@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[:-20], lambda whole: b"no xz" + whole, lambda whole: whole[:40] + b"x"],
    ids=["truncated", "other bytes before", "cut and changed"],
)
def test_damaged_compressed_records_are_refused_by_name(damage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, kept = _kept(tmp_path)
    kept.write_bytes(damage(kept.read_bytes()))
    with pytest.raises(MisuseError, match=str(kept)):
        store.load(kept.parent)


def test_an_empty_compressed_file_is_refused_by_name(tmp_path: Path) -> None:
    _, kept = _kept(tmp_path)
    kept.write_bytes(b"")
    with pytest.raises(MisuseError, match=str(kept)):
        store.load(kept.parent)


def test_a_python_without_the_library_says_so_and_reads_what_is_not_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, kept = _kept(tmp_path)
    # So the import system is told that there is no such module.
    monkeypatch.setitem(sys.modules, "lzma", None)
    with pytest.raises(MisuseError, match=f"{kept}: this Python was built without lzma"):
        store.load(kept.parent)
    with pytest.raises(MisuseError, match="without lzma"):
        store.keep(run, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert store.load(run)


def test_what_cannot_be_written_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _measured(tmp_path / "runs")

    def no_room(_path: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(StoreError, match="is untouched"):
        store.keep(run, tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("*"))
    assert records.read(run / store.RECORDS)
