"""A run's directory, and its record file that only grows."""

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from stackgap import probe_records, records
from stackgap.probe_records import AnyProbeRecord, ProbeStarted
from stackgap.records import AnyRecord, Record, RunStarted, Started

RECORDS = "records.jsonl"
KEPT = RECORDS + records.COMPRESSED
REPORT = "report.html"
TABLE = "report.md"
SIZES_REPORT = "sizes.html"
SIZES_TABLE = "sizes.md"
# What the names of runs end with, but for their n, that are one series of sizes.
SERIES = "-sizes"


class StoreError(Exception):
    """A record could not be kept, or a run not be found; the message says what is safe."""


class RecordFile:
    """Appends records, whole lines only; nothing written is ever changed.

    `remedy` is what a user may do who has made room on a full disk.
    """

    def __init__(self, path: Path, remedy: str = "go on with `stackgap run --resume`") -> None:
        self.path = path
        self._remedy = remedy
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def append(self, record: Record) -> None:
        """Writes one record; raises StoreError when there is no room for it."""
        line = records.encode(record)
        end = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            # What cannot be taken back is left out by whoever reads, and dropped by `reopen`.
            with suppress(OSError):
                os.ftruncate(self._file, end)
            raise StoreError(
                f"{self.path}: {error.strerror}; the records before are safe. "
                f"Make room and {self._remedy}"
            ) from error

    def sync(self) -> None:
        """Returns when all records are on the disk."""
        os.fsync(self._file)

    def close(self) -> None:
        """Syncs and closes."""
        self.sync()
        os.close(self._file)


def create(runs: Path, started: Started) -> RecordFile:
    """A new run's or probe's directory and record file, `started` its first line.

    Raises StoreError when there is one of that name.
    """
    folder = runs / started.run_id
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise StoreError(f"{folder} exists; a run is never written over") from None
    if isinstance(started, RunStarted):
        file = RecordFile(folder / RECORDS)
    else:
        file = RecordFile(folder / RECORDS, "start again; `stackgap report` shows these")
    file.append(started)
    return file


def reopen(folder: Path) -> tuple[RecordFile, list[AnyRecord]]:
    """A run's record file to go on with, and what it holds.

    A last line that was cut off in writing is dropped. Raises StoreError when there is no run, or
    it is kept for good; MisuseError when the file is damaged.
    """
    kept = load(folder)
    path = record_file(folder)
    if path.name == KEPT:
        raise StoreError(f"{path}: kept for good, and not to be gone on with")
    os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
    return RecordFile(path), kept


def load(folder: Path) -> list[AnyRecord]:
    """The records of the run in `folder`, a RunStarted first.

    Raises StoreError when there is no run, MisuseError when the file is damaged.
    """
    path = record_file(folder)
    if _is_probe(path):
        raise StoreError(f"{path}: of a probe, not of a run; `stackgap report` shows it")
    kept = records.read(path)
    if not kept or not isinstance(kept[0], RunStarted):
        raise StoreError(f"{path}: does not begin with the start of a run")
    return kept


def holds_probe(folder: Path) -> bool:
    """Whether what is in `folder` is a probe; raises StoreError when there is nothing."""
    return _is_probe(record_file(folder))


def load_probe(folder: Path) -> list[AnyProbeRecord]:
    """The records of the probe in `folder`, a ProbeStarted first.

    Raises StoreError when there is none, MisuseError when the file is damaged.
    """
    path = record_file(folder)
    kept = probe_records.read(path)
    if not kept or not isinstance(kept[0], ProbeStarted):
        raise StoreError(f"{path}: does not begin with the start of a probe")
    return kept


class _Tagged(msgspec.Struct):
    record: str


def _is_probe(path: Path) -> bool:
    with records.lines_of(path) as lines:
        first = next(iter(lines), b"")
    try:
        return msgspec.json.decode(first, type=_Tagged).record == "probe_started"
    except msgspec.DecodeError:
        # Whoever reads it as a run's says what is wrong with it.
        return False


def record_file(folder: Path) -> Path:
    """The file of a run's or probe's records; raises StoreError when there is none."""
    for path in (folder / RECORDS, folder / KEPT):
        if path.exists():
            return path
    raise StoreError(f"{folder / RECORDS}: no such run")


def keep(folder: Path, into: Path) -> Path:
    """A copy of a run's or probe's records under the same name in `into`, compressed: its path.

    The same records give the same bytes. Raises StoreError when there are none, they are kept
    there already, or cannot be written, MisuseError where they are damaged or this Python cannot
    compress them.
    """
    source = record_file(folder)
    target = into / folder.name / KEPT
    if target.parent.exists():
        raise StoreError(f"{target.parent} exists; what is kept is never written over")
    with records.lines_of(source) as lines:
        content = records.compressed(lines, target)
    try:
        target.parent.mkdir(parents=True)
        target.write_bytes(content)
    except OSError as error:
        target.unlink(missing_ok=True)
        with suppress(OSError):
            target.parent.rmdir()
        raise StoreError(f"{target}: {error.strerror}; {source} is untouched") from error
    return target


def write_report(folder: Path, html: str, markdown: str) -> None:
    """Writes a run's report beside its records; raises StoreError when that fails."""
    _write(folder / REPORT, html, _report_again(folder))
    write_table(folder, markdown)


def write_table(folder: Path, markdown: str) -> None:
    """Writes the report's Markdown beside its records; raises StoreError when that fails."""
    _write(folder / TABLE, markdown, _report_again(folder))


def _report_again(folder: Path) -> str:
    return f"stackgap report {folder.name}"


def write_sizes(folders: Sequence[Path], html: str, markdown: str) -> None:
    """Writes what several runs show together beside the records of the last of them; raises
    StoreError when that fails."""
    again = f"stackgap crossovers {' '.join(folder.name for folder in folders)}"
    _write(folders[-1] / SIZES_REPORT, html, again)
    _write(folders[-1] / SIZES_TABLE, markdown, again)


def write_guide(path: Path, content: str) -> None:
    """Writes a page of the guide; raises StoreError when that fails."""
    _write(path, content, "stackgap guide")


def write_comparison(folder: Path, before: str, html: str) -> Path:
    """Writes what changed since the run `before`, beside the records of the later one: its path.

    Raises StoreError when that fails."""
    page = folder / f"compared-to-{before}.html"
    _write(page, html, f"stackgap compare {before} {folder.name}")
    return page


def _write(path: Path, content: str, again: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror}; the records are safe, and `{again}` writes it again"
        ) from error


def size_id(series: str, n: int) -> str:
    """The name of a run that is one size of a series."""
    return f"{series}-n{n}"


def series(runs: Path, name: str | None) -> list[Path]:
    """The runs that `stackgap sizes` began together under that name, smallest n first; those begun
    last without a name. Raises StoreError when there are none."""
    found: dict[str, dict[int, Path]] = {}
    for path in _record_files(runs):
        own, _, n = path.parent.name.rpartition("-n")
        if own.endswith(SERIES) and n.isdecimal():
            found.setdefault(own, {})[int(n)] = path.parent
    if name is None and not found:
        raise StoreError(f"{runs}: no sizes yet; `stackgap sizes` measures them")
    chosen = max(found) if name is None else name
    if chosen not in found:
        raise StoreError(f"{runs / chosen}: no such series of sizes")
    return [folder for _, folder in sorted(found[chosen].items())]


def latest(runs: Path) -> Path:
    """The directory of the run or probe started last; raises StoreError when there is none."""
    return _last(runs, [path.parent for path in _record_files(runs)])


def latest_run(runs: Path) -> Path:
    """The directory of the run started last, probes left out; raises StoreError as `latest`."""
    return _last(runs, [path.parent for path in _record_files(runs) if not _is_probe(path)])


def all_runs(runs: Path) -> list[Path]:
    """The directories of all runs, those started last come last."""
    return [path.parent for path in sorted(_record_files(runs)) if not _is_probe(path)]


def probes(runs: Path) -> Iterator[Path]:
    """The directories of all probes, those started last first."""
    for path in sorted(_record_files(runs), reverse=True):
        if _is_probe(path):
            yield path.parent


def _record_files(runs: Path) -> Iterator[Path]:
    for name in (RECORDS, KEPT):
        yield from runs.glob(f"*/{name}")


def _last(runs: Path, folders: list[Path]) -> Path:
    if not folders:
        raise StoreError(f"{runs}: no run yet; `stackgap run` makes one")
    return max(folders)


@contextmanager
def only_one() -> Iterator[None]:
    """Holds a lock of this user's on this machine: two runs would measure each other.

    The kernel drops it with this process. Raises StoreError when another run holds it.
    """
    path = Path(tempfile.gettempdir()) / f"stackgap-{os.getuid()}.lock"
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("another run is measuring on this machine; wait for it") from None
        yield
