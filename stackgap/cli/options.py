"""Which options of a command were given, and which of them contradict one another."""

from collections.abc import Collection

import typer

from stackgap.misuse import MisuseError


def given(context: typer.Context) -> set[str]:
    """The parameters that stand on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source and source.name == "COMMANDLINE"}


def listed(names: Collection[str]) -> str:
    """Parameters as options: "--n, --run-id"."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in sorted(names))


def refuse_plan_on_resume(names: set[str], *, which: str, things: str) -> None:
    """What is gone on with has its own plan. `names` were given, `which` says what to go on with.

    Raises MisuseError for any other option beside --resume, and for `which` without it.
    """
    if which in names and "resume" not in names:
        raise MisuseError(f"{listed([which])} says which {things} to go on with: it needs --resume")
    if "resume" in names and (others := names - {"resume", which, "runs"}):
        raise MisuseError(
            f"--resume goes on with the {things}'s own plan: leave out {listed(others)}"
        )
