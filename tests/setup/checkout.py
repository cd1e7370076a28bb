"""A small checkout with a machine of our choosing around it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stackgap import project

WHAT_MAKE_READS = ("Makefile", "bootstrap.py", "Cargo.toml")
RUST = "echo rustc 1.95.0"
WORKS = "exit 0"


def make_checkout(folder: Path) -> Path:
    """Copies what `make setup` reads to `folder`, with a lock of no dependencies."""
    folder.mkdir()
    for name in WHAT_MAKE_READS:
        shutil.copy(project.ROOT / name, folder)
    (folder / "requirements.lock").touch()
    return folder


def make_tools(folder: Path, **scripts: str) -> Path:
    """A PATH entry with one shell script for each of `scripts`."""
    folder.mkdir()
    for name, body in scripts.items():
        write_script(folder / name, body)
    return folder


def write_script(path: Path, body: str) -> None:
    """An executable shell script."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def bootstrap_command(checkout: Path) -> list[str]:
    """Runs the checkout's bootstrap with the interpreter that runs the tests."""
    return [sys.executable, str(checkout / "bootstrap.py")]


def run(command: list[str], path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `command` with nothing of our environment but what is given."""
    return subprocess.run(
        command, env={"PATH": path, **environment}, capture_output=True, text=True, check=False
    )


def bootstrap(checkout: Path, tools: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the checkout's bootstrap on a machine that has `tools` and nothing else."""
    return run(bootstrap_command(checkout), str(tools), **environment)


def make(
    checkout: Path, *arguments: str, tools: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs make in `checkout`, with `tools` before the tests' own PATH."""
    path = os.environ["PATH"] if tools is None else f"{tools}{os.pathsep}{os.environ['PATH']}"
    return run(["make", "-C", str(checkout), *arguments], path)


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """`done` failed with one line on stderr that holds all `words`."""
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("stackgap: ")
    for word in words:
        assert word in lines[0]
