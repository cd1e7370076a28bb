"""All checks, and how one is made."""

from collections.abc import Callable, Sequence

from stackgap.misuse import MisuseError
from stackgap.run.selftest import contained, factorials, pairs, windows
from stackgap.run.selftest.bench import Bench, Check, Outcome, Scale


def checks(scale: Scale, *, containers: bool = False) -> list[Check]:
    """All checks: of what is measured, or of `containers` beside the same processes."""
    if containers:
        return contained.checks(scale)
    return [*pairs.checks(scale), *factorials.checks(scale), *windows.checks(scale)]


def chosen(scale: Scale, parts: Sequence[str], *, containers: bool = False) -> list[Check]:
    """The checks whose names contain any of `parts`, all if there are none.

    Raises MisuseError for a part that is in no name, with all names.
    """
    every = checks(scale, containers=containers)
    for part in parts:
        if not any(part in check.name for check in every):
            names = "; ".join(check.name for check in every)
            raise MisuseError(f"no check has {part!r} in its name; there are: {names}")
    return [check for check in every if not parts or any(part in check.name for part in parts)]


def run(check: Check, bench: Bench, report: Callable[[int, Outcome], None]) -> tuple[int, bool]:
    """Makes the check's runs, each told to `report`; how many passed, and whether enough did."""
    passed = 0
    for index in range(check.runs):
        outcome = check.once(bench, index)
        passed += outcome.passed
        report(index, outcome)
    return passed, passed >= check.needed
