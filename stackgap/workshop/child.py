"""Checks one file in a process of its own, which may crash or never end: JSON lines to the parent.

`python -m stackgap.workshop.child NUMBER FILE RUNS`
"""

import os
import sys
from pathlib import Path
from random import Random

import msgspec

from stackgap.workshop import stages
from stackgap.workshop.exercises import exercise


def main() -> None:
    """Writes an outcome a line; what the participant's file prints goes to standard error."""
    number, path, runs = sys.argv[1:]
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        for outcome in stages.check(exercise(int(number)), Path(path), Random(), Path(runs)):
            out.write(msgspec.json.encode(outcome) + b"\n")
            out.flush()


if __name__ == "__main__":
    main()
