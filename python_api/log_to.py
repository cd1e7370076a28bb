"""Runs a command with its output going to a file: `python -m python_api.log_to FILE COMMAND...`.

An image of ours has no shell that would redirect it.
"""

import os
import sys


def main() -> None:
    """Becomes the command, with standard output and error appended to the file."""
    path, *argv = sys.argv[1:]
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(file, stream.fileno())
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    main()
