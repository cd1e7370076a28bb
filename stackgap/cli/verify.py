"""`stackgap verify`: does everything compute the same, right numbers?"""

import json
from importlib import import_module
from typing import Annotated

import httpx
import typer
from rich.table import Table

from python_api import equations
from stackgap import build, stacks
from stackgap.cli.failures import FAILED, console, explained, fail
from stackgap.measure import cores
from stackgap.measure.payload import CONTENT_TYPES
from stackgap.measure.process import ProcessEngine, process_engine
from stackgap.measure.workload import Workload
from stackgap.stacks import Payload

# Numba compiles under its first request.
_ANSWERS_WITHIN_S = 60


def verify(
    equation: Annotated[
        str | None, typer.Option(help="The equation to check. Default: all of them.")
    ] = None,
    n: Annotated[int, typer.Option(min=1, help="The size of each request.")] = 200,
) -> None:
    """Hold every backend and every stack to the 50-digit reference."""
    with explained():
        checked = equations.EQUATIONS if equation is None else [equation]
        workloads = [Workload(each, n, checked_values=n) for each in checked]
        wrong = []
        for workload in workloads:
            errors_ulp = _errors_ulp(workload)
            console.print(_table(errors_ulp, workload, n))
            outside = [name for name, error in errors_ulp.items() if error is None]
            wrong += [f"{workload.equation} by {name}" for name in outside]
        if wrong:
            fail(f"outside the envelope: {', '.join(wrong)}", FAILED)


def _errors_ulp(workload: Workload) -> dict[str, float | None]:
    """The worst error of each backend and each stack, None for one that is wrong."""
    errors_ulp: dict[str, float | None] = {}
    for backend in equations.BACKENDS:
        with console.status(f"computing {workload.equation} with {backend}"):
            errors_ulp[f"backend {backend}"] = _backend_error_ulp(backend, workload)
    with process_engine(workload, cores.choose(), build.source_hash()) as engine:
        for name, stack in stacks.stacks().items():
            with console.status(f"asking {name} for {workload.equation}"):
                errors_ulp[f"stack {name}"] = _stack_error_ulp(engine, stack, workload)
    return errors_ulp


def _table(errors_ulp: dict[str, float | None], workload: Workload, n: int) -> Table:
    table = Table(workload.equation, "requests", "n", "worst error, ulp", "right")
    for name, error in errors_ulp.items():
        shown = ["", "[bold red]NO[/]"] if error is None else [f"{error:.3g}", "yes"]
        table.add_row(name, str(len(workload.requests)), str(n), *shown)
    return table


def _backend_error_ulp(backend: str, workload: Workload) -> float | None:
    module = equations.load(workload.equation, backend)
    fields = import_module(f"python_api.equations.{workload.equation}.contract").RESPONSE_FIELDS
    answers = [module.compute_lists(**request) for request in workload.requests]
    bodies = [json.dumps(dict(zip(fields, answer, strict=True))).encode() for answer in answers]
    return _worst(workload, "json", bodies)


def _stack_error_ulp(
    engine: ProcessEngine, stack: stacks.Stack, workload: Workload
) -> float | None:
    resident = engine.start(stack, 0)
    try:
        url = f"http://127.0.0.1:{resident.port}{workload.path}"
        headers = {"Content-Type": CONTENT_TYPES[stack.payload]}
        with httpx.Client(trust_env=False, timeout=_ANSWERS_WITHIN_S, headers=headers) as client:
            answers = [client.post(url, content=body) for body in workload.bodies(stack.payload)]
    finally:
        engine.stop([resident])
    return _worst(workload, stack.payload, [answer.content for answer in answers])


def _worst(workload: Workload, payload: Payload, bodies: list[bytes]) -> float | None:
    """The worst error of all answers, None when any is wrong."""
    errors = [workload.worst_error_ulp(index, payload, body) for index, body in enumerate(bodies)]
    known = [error for error in errors if error is not None]
    return max(known) if len(known) == len(errors) else None
