"""`stackgap serve`: one stack in the foreground."""

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from stackgap.cli.failures import console, explained
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.launch import LOOPBACK, command
from stackgap.measure.engine import ServerDied
from stackgap.measure.guardian import guarded
from stackgap.measure.process import port_is_free, wait_until_healthy
from stackgap.measure.servers import ProcessServer
from stackgap.misuse import MisuseError
from stackgap.stacks import find

_ENDS_WITHIN_S = 10


def serve(
    stack: Annotated[str, typer.Argument(help="A name that `stackgap list` shows.")],
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where to listen, on 127.0.0.1.")
    ] = 8000,
) -> None:
    """Serve one stack until Ctrl-C."""
    interrupt_on_terminate()
    with explained():
        chosen = find(stack)
        if chosen.container:
            raise MisuseError(f"{stack} is served in a container: compose.yaml shows how by hand")
        order = command(chosen, port)
        if not port_is_free(port):
            raise ServerDied(f"port {port} of 127.0.0.1 is taken")
        # The guardian ends the server and its workers even if this process is killed.
        with guarded(Path(tempfile.mkdtemp(prefix="stackgap-"))) as process_group:
            process = subprocess.Popen(
                order.argv, env=order.complete_env(), process_group=process_group
            )
            server = ProcessServer(process, Path(os.devnull), process_group)
            try:
                wait_until_healthy(stack, LOOPBACK, port, server)
                console.print(f"{stack} serves http://127.0.0.1:{port}; Ctrl-C ends it")
                raise ServerDied(f"{stack} ended by itself with exit code {process.wait()}")
            except KeyboardInterrupt:
                process.terminate()
                # The guardian kills it if it does not end.
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_ENDS_WITHIN_S)
