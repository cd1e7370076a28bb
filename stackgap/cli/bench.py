"""`stackgap bench`: the kernels by themselves, in one process, without any server."""

import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from python_api.equations import EQUATIONS
from stackgap import project
from stackgap.analyse import kernels
from stackgap.analyse.kernels import Measurement
from stackgap.cli.failures import console, explained
from stackgap.cli.progress import BenchProgress
from stackgap.cli.signals import interrupt_on_terminate
from stackgap.misuse import MisuseError
from stackgap.report import equations_page
from stackgap.report.suites import render
from stackgap.run import store, suites
from stackgap.run.suites import Selection


def bench(
    equation: Annotated[
        list[str] | None,
        typer.Option(help="Only this equation's rows; repeat for more. Default: every row."),
    ] = None,
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="Only rows of this n; repeat for more.")
    ] = None,
    passes: Annotated[
        int, typer.Option(min=1, help="How often all is timed, every other time backwards.")
    ] = 3,
    json: Annotated[
        Path | None, typer.Option(help="Write what `pytest-benchmark compare` reads there.")
    ] = None,
    histogram: Annotated[
        Path | None, typer.Option(help="Draw pytest-benchmark's histograms into this folder.")
    ] = None,
    page: Annotated[
        bool,
        typer.Option("--page", help="Keep the figures, and make docs/equations.md of them."),
    ] = False,
    redraw: Annotated[
        bool, typer.Option("--redraw", help="Make docs/equations.md anew of the kept figures.")
    ] = False,
) -> None:
    """Time the backends on each equation's kernel, codecs and requests, in one process.

    The table shows how many times the speed of the best peer each backend has: of Python, NumPy,
    Numba and, after `make peers`, other libraries.
    """
    interrupt_on_terminate()
    with explained():
        if redraw:
            _write_page(_kept())
            return
        selection = _selection(equation or (), size or (), page=page)
        with store.only_one():
            report = _timed(selection, passes)
            measured = _measurement(report) if page else None
        console.print(render(report))
        _write(report, json, histogram)
        if measured is not None:
            _write_page(measured)


def _selection(equations: Sequence[str], sizes: Sequence[int], *, page: bool) -> Selection:
    if page:
        if equations or sizes:
            raise MisuseError("--page shows everything: leave out --equation and --size")
        return Selection(suites.KERNELS, require=["peers"])
    for unknown in set(equations) - set(EQUATIONS):
        raise MisuseError(f"unknown equation {unknown!r}; known: {', '.join(EQUATIONS)}")
    timed_at = {n for each in equations or EQUATIONS for n in _sizes(each)}
    for unknown_n in set(sizes) - timed_at:
        known = ", ".join(map(str, sorted(timed_at)))
        raise MisuseError(f"nothing is timed at size {unknown_n}, but at: {known}")
    return Selection(equations=equations, sizes=sizes)


def _sizes(equation: str) -> Sequence[int]:
    sizes: Sequence[int] = import_module(f"python_api.equations.{equation}.contract").SIZES
    return sizes


def _timed(selection: Selection, passes: int) -> dict[str, Any]:
    reports = []
    with (
        tempfile.TemporaryDirectory(prefix="stackgap-") as folder,
        BenchProgress(console, passes) as progress,
    ):
        for number in range(passes):
            progress.begin(number)
            backwards = number % 2 == 1
            reports.append(
                suites.run_pass(
                    selection, Path(folder), backwards=backwards, advance=progress.advance
                )
            )
    return kernels.merged(reports)


def _measurement(report: dict[str, Any]) -> Measurement:
    with console.status("holding every backend to the reference"):
        return kernels.measurement(report, suites.accuracy())


def _write(report: dict[str, Any], json: Path | None, histogram: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="stackgap-") as folder:
        path = json or Path(folder) / "report.json"
        path.write_bytes(msgspec.json.encode(report))
        if histogram is not None:
            suites.draw_histograms(path, histogram)
            console.print(f"histograms: {histogram}", soft_wrap=True)
    if json is not None:
        console.print(f"report: {json}", soft_wrap=True)


def _kept() -> Measurement:
    return equations_page.decode(project.KERNELS_JSON.read_bytes())


def _write_page(measured: Measurement) -> None:
    project.KERNELS_JSON.parent.mkdir(parents=True, exist_ok=True)
    project.KERNELS_JSON.write_bytes(equations_page.encode(measured))
    for name, content in equations_page.files(measured).items():
        (project.DOCS / name).write_text(content)
    console.print(f"page: {project.DOCS / equations_page.PAGE}", soft_wrap=True)
