"""Runs made up and written where the command looks for them."""

from collections.abc import Sequence
from pathlib import Path

from stackgap import records
from stackgap.probe_records import AnyProbeRecord
from stackgap.records import AnyRecord
from stackgap.run import store


def written(runs: Path, run_id: str, recorded: Sequence[AnyRecord | AnyProbeRecord]) -> Path:
    """The folder of a run or probe of that name with these records."""
    folder = runs / run_id
    folder.mkdir(parents=True)
    (folder / store.RECORDS).write_bytes(b"".join(map(records.encode, recorded)))
    return folder
