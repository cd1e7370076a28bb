"""Counts the garbage collections of the process it is loaded into, and the CPU they take.

Python loads a module of this name at its start from a folder on PYTHONPATH. What it counted so far
is written as JSON into the file that STACKGAP_GARBAGE names, after each collection: the process's
end would be too late, as uvicorn ends itself by a signal.
"""

import gc
import json
import os
import time
from pathlib import Path
from typing import Any


def _counting(path: Path) -> None:
    counts, cpu_ns, began_ns = [0, 0, 0], [0, 0, 0], 0

    def count(phase: str, info: dict[str, Any]) -> None:
        nonlocal began_ns
        now_ns = time.thread_time_ns()
        if phase == "start":
            began_ns = now_ns
            return
        counts[info["generation"]] += 1
        cpu_ns[info["generation"]] += now_ns - began_ns
        path.write_text(json.dumps({"counts": counts, "cpu_ns": cpu_ns}))

    gc.callbacks.append(count)


if told_to := os.environ.get("STACKGAP_GARBAGE"):
    _counting(Path(told_to))
