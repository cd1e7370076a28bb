"""`stackgap list`: what there is to measure."""

from typing import Annotated

import msgspec
import typer
from rich.table import Table

from python_api.equations import BACKENDS, EQUATIONS
from stackgap.cli.failures import console
from stackgap.stacks import Stack, stacks


def list_(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List stacks, equations and backends."""
    rows = list(stacks().values())
    if json:
        console.print_json(msgspec.json.encode(_as_data(rows)).decode())
        return
    console.print(_table(rows))
    console.print(f"equations: {', '.join(EQUATIONS)}")
    console.print(f"backends:  {', '.join(BACKENDS)}")


def _table(stacks: list[Stack]) -> Table:
    """The stacks by framework, in a table no wider than 80 columns."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("stack", no_wrap=True)
    for heading in ("codec", "backend", "server", "log"):
        table.add_column(heading)
    for framework in dict.fromkeys(stack.framework for stack in stacks):
        table.add_row()
        for stack in stacks:
            if stack.framework == framework:
                table.add_row(*_row(stack))
    return table


def _row(stack: Stack) -> list[str]:
    server = stack.server if stack.workers == 1 else f"{stack.server} ×{stack.workers}"
    log = "on" if stack.access_log else ""
    return [stack.name, stack.codec, stack.backend, server, log]


def _as_data(rows: list[Stack]) -> dict[str, object]:
    return {
        "stacks": [{"name": stack.name, "equations": list(EQUATIONS)} for stack in rows],
        "equations": list(EQUATIONS),
        "backends": list(BACKENDS),
    }
