"""`stackgap verify`: does everything compute the same, right numbers?"""

import json
from collections.abc import Sequence
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
        errors_ulp = _errors_ulp(workloads)
        wrong = []
        for workload, own in zip(workloads, errors_ulp, strict=True):
            console.print(_table(own, workload, n))
            outside = [name for name, error in own.items() if error is None]
            wrong += [f"{workload.equation} by {name}" for name in outside]
        if wrong:
            fail(f"outside the envelope: {', '.join(wrong)}", FAILED)


def _errors_ulp(workloads: Sequence[Workload]) -> list[dict[str, float | None]]:
    """For each workload the worst error of each backend and each stack, None for one that is
    wrong."""
    errors_ulp: list[dict[str, float | None]] = [{} for _ in workloads]
    for workload, own in zip(workloads, errors_ulp, strict=True):
        for backend in equations.BACKENDS:
            with console.status(f"computing {workload.equation} with {backend}"):
                own[f"backend {backend}"] = _backend_error_ulp(backend, workload)
    with process_engine(workloads[0], cores.choose(), build.source_hash()) as engine:
        for name, stack in stacks.stacks().items():
            with console.status(f"asking {name}"):
                found = _stack_errors_ulp(engine, stack, workloads)
            for own, error in zip(errors_ulp, found, strict=True):
                own[f"stack {name}"] = error
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


def _stack_errors_ulp(
    engine: ProcessEngine, stack: stacks.Stack, workloads: Sequence[Workload]
) -> list[float | None]:
    """By one server for all workloads: starting is what takes time."""
    served = ",".join(workload.equation for workload in workloads)
    with engine.launched(stack, 0, STACKGAP_EQUATIONS=served) as fresh:
        resident = engine.adopt(fresh)
    headers = {"Content-Type": CONTENT_TYPES[stack.payload]}
    base = f"http://127.0.0.1:{resident.port}"
    try:
        with httpx.Client(
            base_url=base, trust_env=False, timeout=_ANSWERS_WITHIN_S, headers=headers
        ) as client:
            answers = [
                [
                    client.post(workload.path, content=body).content
                    for body in workload.bodies(stack.payload)
                ]
                for workload in workloads
            ]
    finally:
        engine.stop([resident])
    return [
        _worst(workload, stack.payload, own)
        for workload, own in zip(workloads, answers, strict=True)
    ]


def _worst(workload: Workload, payload: Payload, bodies: list[bytes]) -> float | None:
    """The worst error of all answers, None when any is wrong."""
    errors = [workload.worst_error_ulp(index, payload, body) for index, body in enumerate(bodies)]
    known = [error for error in errors if error is not None]
    return max(known) if len(known) == len(errors) else None
