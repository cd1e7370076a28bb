"""How the command fails: one message on standard error, and an exit code that says what kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

from stackgap.build import BuildError
from stackgap.images import ImageError
from stackgap.measure.cores import CannotMeasure
from stackgap.measure.engine import EngineError
from stackgap.misuse import MisuseError
from stackgap.run.plan import PlanError
from stackgap.run.runner import RunAborted
from stackgap.run.store import StoreError
from stackgap.run.suites import SuitesFailed

FAILED = 1
MISUSED = 2
# Nothing is broken, but this machine, as it was, gave no result.
NO_RESULT = 3
INTERRUPTED = 130

console = Console()
errors = Console(stderr=True)

_EXPECTED = (
    BuildError,
    CannotMeasure,
    EngineError,
    FileNotFoundError,
    ImageError,
    PlanError,
    StoreError,
    SuitesFailed,
)


@contextmanager
def explained() -> Iterator[None]:
    """Turns failures that have a message for the user into that message and an exit code."""
    try:
        yield
    except _EXPECTED as failure:
        fail(str(failure), FAILED)
    except RunAborted as failure:
        fail(str(failure), NO_RESULT)
    except MisuseError as misuse:
        fail(str(misuse), MISUSED)


def fail(message: str, code: int) -> NoReturn:
    """Prints `message` and ends the command with `code`."""
    errors.print(f"[bold red]stackgap:[/] {_plain(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def _plain(message: str) -> str:
    return message.replace("[", r"\[")
