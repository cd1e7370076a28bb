"""Progress on the terminal: a bar with the time left, or lines where there is no bar."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class RunProgress:
    """Shows what a run does; see `stackgap.run.runner.RunObserver`."""

    def __init__(self, console: Console, generations: int, steps_each: int) -> None:
        self._console = console
        self._steps_each = steps_each
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            # Drawing takes CPU: it is done between slices, never beside one.
            auto_refresh=False,
        )
        self._task = self._progress.add_task("starting", total=generations * steps_each)
        self._prefix = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def generation(self, good: int, wanted: int) -> None:
        """A generation begins."""
        self._prefix = f"generation {good + 1} of {wanted}"
        self._progress.update(self._task, completed=good * self._steps_each)
        if not self._console.is_terminal:
            self._console.print(self._prefix)

    def phase(self, text: str) -> None:
        """What is being done now."""
        self._progress.update(
            self._task, description=f"{self._prefix}: {escape(text)}", refresh=True
        )

    def advance(self) -> None:
        """One step is done."""
        self._progress.update(self._task, advance=1)

    def extended(self, generations: int, half_width: float, seconds_more: float) -> None:
        """The run goes on: said at once, with how long that will take."""
        self._progress.update(self._task, total=generations * self._steps_each)
        self._console.print(
            f"the widest interval reaches {100 * half_width:.1f} % to either side: going on to "
            f"{generations} generations, about {seconds_more / 60:.0f} minutes more"
        )

    def voided(self, number: int, reasons: Sequence[str]) -> None:
        """A generation is void: said at once, above the bar."""
        self._console.print(f"[yellow]generation {number} is void:[/] {escape(reasons[0])}")


class QuietProgress:
    """Says nothing but why a generation is void: for a series of short runs."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def generation(self, good: int, wanted: int) -> None:
        """A generation begins: nothing to show."""

    def phase(self, text: str) -> None:
        """What is being done now: nothing to show."""

    def advance(self) -> None:
        """One step is done: nothing to show."""

    def extended(self, generations: int, half_width: float, seconds_more: float) -> None:
        """The run goes on: nothing to show."""

    def voided(self, number: int, reasons: Sequence[str]) -> None:
        """A generation is void."""
        self._console.print(f"[yellow]generation {number} is void:[/] {escape(reasons[0])}")


class BenchProgress:
    """Shows how far the passes over the suites are, and which row was timed last."""

    def __init__(self, console: Console, passes: int) -> None:
        self._console = console
        self._passes = passes
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            # Drawn after a row, never beside one.
            auto_refresh=False,
        )
        self._task = self._progress.add_task("starting", total=100 * passes)
        self._number = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, number: int) -> None:
        """A pass begins; the first is number 0."""
        self._number = number
        if not self._console.is_terminal:
            self._console.print(f"pass {number + 1} of {self._passes}")

    def advance(self, percent: int, row: str) -> None:
        """A row is done, and with it so much of the pass."""
        self._progress.update(
            self._task,
            completed=100 * self._number + percent,
            description=f"pass {self._number + 1} of {self._passes}: {escape(row)}",
            refresh=True,
        )
