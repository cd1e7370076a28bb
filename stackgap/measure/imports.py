"""What a Python service imports, one thing after the other, and how much memory it has after each.

A ladder, not an attribution: what one import costs depends on which came before, and this is the
order in which a service needs them.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO

import msgspec

from stackgap import project
from stackgap.measure import counters
from stackgap.measure.cores import pinned_to
from stackgap.measure.engine import EngineError, ImportReading


class ImportOrder(msgspec.Struct, frozen=True):
    """A step of the ladder, and the statement that makes it."""

    step: str
    statement: str


LADDER = (
    ImportOrder("bare interpreter", "pass"),
    ImportOrder("asyncio, json", "import asyncio, json"),
    ImportOrder("uvloop, httptools", "import uvloop, httptools"),
    ImportOrder("uvicorn", "import uvicorn"),
    ImportOrder("Starlette", "import starlette.applications"),
    ImportOrder("pydantic", "from pydantic import BaseModel"),
    ImportOrder(
        "FastAPI, the application",
        "from python_api.stacks.fastapi_app import create_app; application = create_app()",
    ),
    ImportOrder("NumPy", "import numpy"),
    ImportOrder("Numba", "import numba"),
)

# Executes what it is told, a line at a time, and says when that is done.
_INTERPRETER = """
import sys
for statement in sys.stdin:
    exec(statement)
    print(flush=True)
"""


def read_ladder(
    equation: str, core: int, process_group: int, ladder: Sequence[ImportOrder] = LADDER
) -> list[ImportReading]:
    """Memory after each step of `ladder`, in a process of its own that has only these.

    The application computes `equation` by the backend `python`. Raises EngineError with the step
    and the process's own last words when it ends before.
    """
    environment = os.environ | {"STACKGAP_BACKEND": "python", "STACKGAP_EQUATIONS": equation}
    with tempfile.TemporaryFile() as errors:
        with pinned_to(core):
            process = subprocess.Popen(
                [sys.executable, "-c", _INTERPRETER],
                # Where the application is found.
                cwd=project.ROOT,
                env=environment,
                # Nothing is kept back: what was not read by a dead process must not be sent again.
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                process_group=process_group,
            )
        with process:
            try:
                return [_read_after(order, process, errors) for order in ladder]
            except BaseException:
                process.kill()
                raise


def _read_after(
    order: ImportOrder, process: subprocess.Popen[bytes], errors: IO[bytes]
) -> ImportReading:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(f"{order.statement}\n".encode())
        if not process.stdout.readline():
            raise BrokenPipeError
        reading = counters.memory([process.pid])
    except (BrokenPipeError, ProcessLookupError):
        process.wait()
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        raise EngineError(
            f"import ladder, {order.step}: the process ended with {process.returncode}: {last}"
        ) from None
    return ImportReading(order.step, reading.anonymous_bytes, reading.file_bytes)
