"""`stackgap images`: the containers' images, built, listed and removed."""

from typing import Annotated

import typer
from rich.table import Table

from stackgap import images
from stackgap.cli.failures import FAILED, console, explained, fail
from stackgap.measure.containers import connected
from stackgap.misuse import MisuseError

app = typer.Typer(help="The images that containers are started from.", no_args_is_help=True)

_MIB = 2**20


@app.command("build")
def build(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which; all if none is named.", show_default=False)
    ] = None,
    base: Annotated[
        str | None, typer.Option(help=f"What Python images start from. ({images.PUBLIC_BASE})")
    ] = None,
    debian_base: Annotated[
        bool,
        typer.Option(
            "--debian-base",
            help="Start from a base made here of Debian's packages, as root and with mmdebstrap: "
            "for an engine that reaches no registry.",
        ),
    ] = False,
) -> None:
    """Build the images that the stacks are served from; what has not changed takes seconds."""
    with explained():
        chosen = _known(names)
        if base and debian_base:
            raise MisuseError("--base names one, --debian-base makes one: leave out either")
        with connected() as client, console.status("") as status:
            if debian_base and not images.has_base(client):
                status.update("making a base from Debian's packages, half a minute")
                images.make_base(client)
            images.prepare(chosen, status.update)
            start = images.OWN_BASE if debian_base else base or images.PUBLIC_BASE
            for name in images.build_all(client, chosen, start, status.update):
                console.print(f"built {images.tag(name)}")


@app.command("list")
def list_() -> None:
    """List the images, and whether they hold what the checkout says."""
    with explained():
        table = Table("image", "MiB", "base", "")
        with connected() as client:
            found = list(images.built(client))
        for own in found:
            state = "up to date" if own.current else "[yellow]of other sources: build it again[/]"
            table.add_row(own.tag, f"{own.size_bytes / _MIB:.1f}", own.base, state)
        if not table.row_count:
            fail("no image yet: `stackgap images build` builds them", FAILED)
        console.print(table)


@app.command("clean")
def clean() -> None:
    """Remove the images that you built, their base among them, and nothing else."""
    with explained(), connected() as client:
        removed = images.clean(client)
    console.print("\n".join(f"removed {name}" for name in removed) or "there was none")


def _known(names: list[str] | None) -> list[str]:
    if unknown := [name for name in names or () if name not in images.NAMES]:
        raise MisuseError(f"no image {unknown[0]!r}; known: {', '.join(images.NAMES)}")
    return names or list(images.NAMES)
