"""How large a page gets, and how long it takes: `python -m benchmarks.report_size RUN`.

Repeats the generations of a run in `benchmarks/results` up to 100,000 records, and prints the
seconds from their file to the page, over those that merely reading it takes, and the page's size.
Goals: 5 s, 2 MB.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from msgspec import structs

from stackgap import project, records
from stackgap.analyse.summarise import summarise
from stackgap.records import AnyRecord
from stackgap.report import html
from stackgap.run import store

_RECORDS = 100_000


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="How large a page gets, and how long it takes.")
    parser.add_argument("run", help="of a folder in benchmarks/results")
    recorded = store.load(project.RESULTS / parser.parse_args().run)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / store.RECORDS
        path.write_bytes(b"".join(map(records.encode, _repeated(recorded))))
        begun = time.perf_counter()
        read = records.read(path)
        read_s = time.perf_counter() - begun
        page = html.render(summarise(read))
        took_s = time.perf_counter() - begun
    print(f"{len(read):,} records: a page of {len(page.encode()) / 1e6:.2f} MB in {took_s:.1f} s")
    print(f"{took_s / read_s:.1f} times as long as reading them")


def _repeated(recorded: Sequence[AnyRecord]) -> Iterator[AnyRecord]:
    """The first record, then all others again and again, in generations of other numbers."""
    first, *rest = recorded
    numbers = [own.generation for own in rest if hasattr(own, "generation")]
    yield first
    left = _RECORDS - 1
    for again in count():
        for own in rest:
            if not hasattr(own, "generation"):
                continue
            yield structs.replace(own, generation=own.generation + again * (max(numbers) + 1))
            left -= 1
            if left == 0:
                return


if __name__ == "__main__":
    main()
