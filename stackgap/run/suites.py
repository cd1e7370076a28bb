"""Runs the pytest-benchmark suites, each pass in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stackgap import project
from stackgap.analyse.kernels import Accuracy
from stackgap.measure.guardian import guarded

SUITES = "benchmarks/suites"
KERNELS = f"{SUITES}/test_equations.py"

_TIMING = (
    "--benchmark-only",
    # A round is many calls where these are short, so that reading the clock costs nothing.
    "--benchmark-min-time=0.001",
    "--benchmark-max-time=0.1",
    # What takes seconds is called once a pass: the passes are its rounds.
    "--benchmark-min-rounds=1",
)
# `path::test[row] PASSED [ 42%]`, as pytest writes it with -v.
_DONE = re.compile(r"::(?P<row>\S+) [A-Z]+\b.*\[ *(?P<percent>\d+)%\]$")
_NOTHING_SELECTED = 5
_SHOWN_LINES = 40

Advance = Callable[[int, str], None]
"""Told after each row how much of the pass is done, in per cent, and which row it was."""


class SuitesFailed(Exception):
    """Nothing was timed, or a row failed; the message says what pytest said."""


@dataclass(frozen=True)
class Selection:
    """Which rows of the suites are run; without equations or sizes, all of them."""

    path: str = SUITES
    equations: Sequence[str] = ()
    sizes: Sequence[int] = ()
    require: Sequence[str] = ()

    def arguments(self) -> list[str]:
        """The suites' own options that select them."""
        equations = [f"--equation={equation}" for equation in self.equations]
        return [self.path, *equations, *(f"--size={n}" for n in self.sizes)]


def run_pass(
    selection: Selection, folder: Path, *, backwards: bool, advance: Advance
) -> dict[str, Any]:
    """One pass over the rows: the report that pytest-benchmark writes.

    Rows that are alternatives run one after the other; `backwards` turns the order of all rows
    round. Files go to `folder`. Raises SuitesFailed when a row fails.
    """
    report = folder / "pass.json"
    command = [
        *(sys.executable, "-m", "pytest", "-v", *_TIMING, "--benchmark-quiet"),
        f"--benchmark-json={report}",
        *(["--backwards"] if backwards else []),
        *selection.arguments(),
    ]
    _run(command, folder, selection.require, advance)
    decoded: dict[str, Any] = msgspec.json.decode(report.read_bytes())
    return decoded


def accuracy() -> list[Accuracy]:
    """Every backend's worst error, by `python -m benchmarks.accuracy`."""
    command = [sys.executable, "-m", "benchmarks.accuracy"]
    done = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SuitesFailed(done.stderr)
    return msgspec.json.decode(done.stdout, type=list[Accuracy])


def draw_histograms(report: Path, folder: Path) -> None:
    """Writes a histogram of each group of a report to `folder`, as pytest-benchmark draws them.

    Raises SuitesFailed where that cannot be done.
    """
    command = [sys.executable, "-m", "pytest_benchmark", "compare", str(report)]
    command += ["--group-by=group", f"--histogram={folder}/benchmark"]
    done = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SuitesFailed(f"{done.stderr}\nno histograms: they need `make peers`")


def _run(command: list[str], folder: Path, require: Sequence[str], advance: Advance) -> None:
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    if require:
        environment["STACKGAP_REQUIRE"] = ",".join(require)
    (own := folder / "guarded").mkdir()
    with (
        guarded(own) as process_group,
        subprocess.Popen(
            command,
            cwd=project.ROOT,
            env=environment,
            process_group=process_group,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if done := _DONE.search(line.rstrip()):
                advance(int(done["percent"]), done["row"])
    if process.returncode == _NOTHING_SELECTED:
        raise SuitesFailed("no benchmark has that equation and that size")
    if process.returncode:
        raise SuitesFailed("".join(said[-_SHOWN_LINES:]).rstrip())
