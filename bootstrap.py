"""Makes `.venv` ready: a virtual environment that holds exactly what requirements.lock says.

Every `make` target runs this first, with the interpreter that `PYTHON` names; when nothing has
changed it only looks. It needs nothing but the standard library and keeps to the syntax of
Python 3.6, so that an interpreter that is too old gets as far as saying so.
"""

import hashlib
import importlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import List, Optional, Tuple

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "complete.json"
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """What stands in the way; the message is one sentence that says what to install or do."""


def check_python() -> None:
    """Raises SetupError if this interpreter is older than the project takes."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(
            "{} is Python {}: install Python {} or newer, or name one with "
            "`make PYTHON=/path/to/python ...`.".format(
                sys.executable, dotted(sys.version_info[:3]), dotted(OLDEST_PYTHON)
            )
        )


def check_rust() -> None:
    """Raises SetupError unless cargo runs and rustc is as new as Cargo.toml asks."""
    oldest = oldest_rust()
    for tool in ("cargo", "rustc"):
        answer = answer_of([tool, "--version"])
        found = answer and version_in(answer)
        if not found:
            raise SetupError(
                "No working {} on the PATH: install Rust {} or newer, as https://rustup.rs "
                "shows.".format(tool, dotted(oldest))
            )
        if found < oldest:
            raise SetupError(
                "The {} on the PATH is {}: install Rust {} or newer, with `rustup update "
                "stable` if rustup manages it.".format(tool, dotted(found), dotted(oldest))
            )


def check_linker() -> None:
    """Raises SetupError unless `cc`, which rustc links with, makes an executable."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.c"
        program.write_text("int main(void) { return 0; }\n")
        if answer_of(["cc", str(program), "-o", str(program.with_suffix(""))]) is None:
            raise SetupError(
                "No working C compiler `cc` on the PATH, with which Rust links: install one "
                "(Debian, Ubuntu: `apt install build-essential`; Fedora: `dnf install gcc`; "
                "macOS: `xcode-select --install`)."
            )


def check_venv_module() -> None:
    """Raises SetupError if this interpreter cannot make virtual environments with pip in them."""
    try:
        for module in ("venv", "ensurepip"):
            importlib.import_module(module)
    except ImportError as error:
        raise SetupError(
            "{} lacks the module {}: install it (Debian, Ubuntu: `apt install "
            "python{}-venv`).".format(sys.executable, error.name, dotted(sys.version_info[:2]))
        ) from None


def oldest_rust() -> Tuple[int, ...]:
    """`rust-version` of the workspace's Cargo.toml."""
    declared = re.search(r'^rust-version = "([\d.]+)"', (ROOT / "Cargo.toml").read_text(), re.M)
    if declared is None:
        raise SetupError("Cargo.toml declares no rust-version: restore that line.")
    return tuple(int(part) for part in declared.group(1).split("."))


def version_in(text: str) -> Optional[Tuple[int, ...]]:
    """The first dotted version in `text`, or None."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found.group().split(".")) if found else None


def dotted(version: Tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(str(part) for part in version)


def answer_of(command: List[str]) -> Optional[str]:
    """What `command` prints, or None if it is not there or fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.decode(errors="replace")


def base_interpreter() -> str:
    """The interpreter behind this one: itself, unless this one stands in a virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def wanted_stamp() -> str:
    """What a complete `.venv` is stamped with: all that, if it changes, makes it another one."""
    return json.dumps(
        {
            "checkout": str(ROOT),
            "interpreter": base_interpreter(),
            "python": platform.python_version(),
            "lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
        }
    )


def is_complete() -> bool:
    """Whether `.venv` was finished by this interpreter, from this lock, at this place."""
    return STAMP.exists() and STAMP.read_text() == wanted_stamp() and VENV_PYTHON.exists()


def make_environment() -> None:
    """Makes `.venv` anew; its stamp comes last, so that an interrupted one is made again."""
    check_venv_module()
    if STAMP.exists():
        STAMP.unlink()
    base = base_interpreter()
    step(
        "Making .venv with Python {} ({})".format(platform.python_version(), base),
        [base, "-m", "venv", "--clear", str(VENV)],
    )
    pip_install = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    step(
        "Installing the locked dependencies, a minute or two the first time",
        [*pip_install, "--no-input", "--no-deps", "--require-hashes", "--requirement", str(LOCK)],
    )
    STAMP.write_text(wanted_stamp())


def step(title: str, command: List[str]) -> None:
    """Runs `command` under a progress line; its output is shown only if it fails.

    Raises SetupError if it does.
    """
    print(title, end=" ... ", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=str(ROOT), check=False
    )
    if done.returncode != 0:
        print("failed", flush=True)
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise SetupError("That step failed, for the reason above; run make again once it is gone.")
    print("{:.0f} s".format(time.monotonic() - started), flush=True)


def main() -> None:
    """Checks what the machine has, then makes `.venv` if it is not complete."""
    try:
        check_python()
        check_rust()
        check_linker()
        if not is_complete():
            make_environment()
    except SetupError as error:
        sys.exit("stackgap: {}".format(error))
    except KeyboardInterrupt:
        sys.exit("\nstackgap: interrupted; the next make starts this step again.")


if __name__ == "__main__":
    main()
