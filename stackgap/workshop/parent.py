"""Runs a check in a process of its own, and ends it if it does not answer."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import msgspec

from stackgap import project
from stackgap.workshop.exercises import Exercise
from stackgap.workshop.stages import STAGES, Outcome

LONGEST_S = 120.0
_LAST_WORDS = 400


def checked(
    exercise: Exercise, path: Path, runs: Path, longest_s: float = LONGEST_S
) -> list[Outcome]:
    """The outcomes up to the first stage that is not passed.

    A file that does not come to an end within `longest_s`, or takes its process with it, fails the
    stage it was in.
    """
    command = [sys.executable, "-m", "stackgap.workshop.child"]
    command += [str(exercise.number), str(path), str(runs)]
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryDirectory() as cache:
        process = subprocess.Popen(
            command,
            cwd=project.ROOT,
            stdout=subprocess.PIPE,
            stderr=complaints,
            # What Numba keeps beside a file knows the file by the name it was imported under.
            env=os.environ | {"NUMBA_CACHE_DIR": cache},
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=longest_s)
            fault = None if process.returncode == 0 else "It ended its process"
        except subprocess.TimeoutExpired as late:
            fault = f"It did not end within {longest_s:g} s, by an endless loop or slow calls"
            said = late.output or b""
        finally:
            _end(process)
            if process.stdout and not process.stdout.closed:
                process.stdout.close()
        lines = said.splitlines(keepends=True)
        found = [msgspec.json.decode(line, type=Outcome) for line in lines if line.endswith(b"\n")]
        if fault is not None:
            stage = STAGES[min(len(found), len(STAGES) - 1)]
            found.append(Outcome(stage, "failed", f"{fault}{_last_words(complaints)}"))
        return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the check and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    text = complaints.read().decode(errors="replace").strip()
    return f": {text[-_LAST_WORDS:]}" if text else "."
