"""Ends every process of its group, itself too, when whoever started it is gone.

Run as a script by `guarded`; servers and load generators are put into its group. It blocks on
a pipe whose other end only the harness holds, so the kernel wakes it even after `kill -9`.
(A parent-death signal would reach only direct children: uvicorn's workers stayed behind.)
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def guarded(folder: Path) -> Iterator[int]:
    """A process group id that does not outlive this block, nor this process, nor does `folder`."""
    read_end, write_end = os.pipe()
    try:
        guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(folder)],
            stdin=read_end,
            process_group=0,
        )
    finally:
        os.close(read_end)
    try:
        yield guardian.pid
    finally:
        os.close(write_end)
        guardian.wait()


def _guard(folder: str) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os.read(0, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _guard(sys.argv[1])
