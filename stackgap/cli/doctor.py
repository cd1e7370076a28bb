"""`stackgap doctor`: what this machine allows, and what will be refused and why."""

import os
import time
from collections.abc import Callable
from typing import Literal

import docker
import typer
from rich.markup import escape
from rich.table import Table

from stackgap import build, project
from stackgap.cli.failures import FAILED, console
from stackgap.measure import counters, provenance
from stackgap.measure.cores import CannotMeasure, choose, siblings

_WATCHED_S = 2.0
_NOTICEABLE_STEAL = 0.01
_NOTICEABLE_LOAD = 0.5

Grade = Literal["ok", "note", "refused"]
Finding = tuple[Grade, str]

_COLOURS = {"ok": "green", "note": "yellow", "refused": "red"}


def doctor() -> None:
    """Check interpreter, builds, cores, noise and Docker; exit 1 if measuring will be refused."""
    checks: dict[str, Callable[[], Finding]] = {
        "interpreter": _interpreter,
        "Rust builds": _builds,
        "cores": _cores,
        "steal": _steal,
        "load": _load,
        "throttling": _throttling,
        "frequency governor": _governor,
        "logs in memory": _tmpfs,
        "Docker": _docker,
    }
    table = Table("", "check", "finding", show_lines=False)
    grades = set()
    with console.status("looking at this machine"):
        for name, check in checks.items():
            grade, finding = check()
            grades.add(grade)
            table.add_row(f"[{_COLOURS[grade]}]{grade}[/]", name, escape(finding))
    console.print(table)
    if "refused" in grades:
        raise typer.Exit(FAILED)


def _interpreter() -> Finding:
    found = provenance.python_build()
    name = f"{found['implementation']} {found['version']}, {found['compiler']}"
    if found["pgo"] is None:
        return "ok", f"{name}; does not say whether it was built with PGO and LTO"
    if found["pgo"] and found["lto"]:
        return "ok", f"{name}, built with PGO and LTO"
    lacking = [flag for flag in ("pgo", "lto") if not found[flag]]
    return "note", (
        f"{name}, built without {' and '.join(lacking).upper()}: it makes Python look slower "
        "than a distribution's build does; reports are marked"
    )


def _builds() -> Finding:
    try:
        wanted = build.source_hash()
    except build.BuildError as lack:
        return "refused", str(lack)
    stale = build.stale(wanted)
    if stale:
        return "refused", f"{', '.join(stale)}: not built from these sources; run `make build`"
    return "ok", f"release builds of these sources ({wanted})"


def _cores() -> Finding:
    try:
        cores = choose()
    except CannotMeasure as lack:
        return "refused", str(lack)
    if cores.generator in siblings(cores.server):
        return "note", (
            f"cores {cores.server} and {cores.generator} are threads of one physical core: the "
            "generator slows the servers, all alike"
        )
    return "ok", f"servers on core {cores.server}, generator on core {cores.generator}"


def _steal() -> Finding:
    allowed = os.sched_getaffinity(0)
    before = counters.steal_ns(allowed)
    time.sleep(_WATCHED_S)
    share = (counters.steal_ns(allowed) - before) / (_WATCHED_S * 1e9 * len(allowed))
    grade: Grade = "note" if share > _NOTICEABLE_STEAL else "ok"
    return grade, f"{share:.1%} of the cores' time went to other guests in {_WATCHED_S:.0f} s"


def _load() -> Finding:
    load = os.getloadavg()[0]
    if load > _NOTICEABLE_LOAD:
        return "note", f"load average {load:.1f}: something else is running, expect void rounds"
    return "ok", f"load average {load:.1f}"


def _throttling() -> Finding:
    throttled_s = counters.throttled_ns() / 1e9
    if throttled_s:
        return "note", f"this control group was throttled for {throttled_s:.1f} s so far"
    return "ok", "this control group was never throttled"


def _governor() -> Finding:
    governor = provenance.governor()
    if governor in ("performance", provenance.NOT_READABLE):
        return "ok", governor
    return "note", f"{governor}: the clock follows the load; 'performance' holds it"


def _tmpfs() -> Finding:
    if project.TMPFS.is_dir():
        return "ok", "access logs go to a file in memory while measuring"
    return "note", "no /dev/shm: access logs go to a temporary folder, perhaps on a disk"


def _docker() -> Finding:
    try:
        client = docker.from_env(timeout=5)
        engine, cgroups = client.version()["Version"], client.info()["CgroupVersion"]
    except docker.errors.DockerException as error:
        return "note", f"no engine answers ({error}); nothing here needs one yet"
    return "ok", f"engine {engine}, cgroup v{cgroups}"
