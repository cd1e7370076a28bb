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
    table = Table("stack", "server", "framework", "codec", "backend", "access log", "workers")
    for stack in rows:
        table.add_row(*_row(stack))
    console.print(table)
    console.print(f"equations: {', '.join(EQUATIONS)}")
    console.print(f"backends:  {', '.join(BACKENDS)}")


def _row(stack: Stack) -> list[str]:
    log = "on" if stack.access_log else "off"
    columns = [stack.name, stack.server, stack.framework, stack.codec, stack.backend, log]
    return [*columns, str(stack.workers)]


def _as_data(rows: list[Stack]) -> dict[str, object]:
    return {
        "stacks": [{"name": stack.name, "equations": list(EQUATIONS)} for stack in rows],
        "equations": list(EQUATIONS),
        "backends": list(BACKENDS),
    }
