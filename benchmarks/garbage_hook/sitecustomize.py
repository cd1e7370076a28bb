"""Counts the garbage collections of the process it is loaded into, and the CPU they take.

Python loads a module of this name at its start from a folder on PYTHONPATH. What it counted is
written as JSON into the file that STACKGAP_GARBAGE names, when the process ends.
"""

import atexit
import gc
import json
import os
import time
from pathlib import Path
from typing import Any

counts = [0, 0, 0]
cpu_ns = [0, 0, 0]
_began_ns = [0]


def _count(phase: str, info: dict[str, Any]) -> None:
    if phase == "start":
        _began_ns[0] = time.thread_time_ns()
        return
    counts[info["generation"]] += 1
    cpu_ns[info["generation"]] += time.thread_time_ns() - _began_ns[0]


def _write(path: Path) -> None:
    gc.callbacks.remove(_count)
    path.write_text(json.dumps({"counts": counts, "cpu_ns": cpu_ns}))


if path := os.environ.get("STACKGAP_GARBAGE"):
    gc.callbacks.append(_count)
    atexit.register(_write, Path(path))
