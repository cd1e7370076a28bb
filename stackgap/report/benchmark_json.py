"""A run as pytest-benchmark saves one, for its `compare` and for whatever else reads such files.

A benchmark is a stack at a rate, a round of it a slice: the CPU seconds that the server's
processes took for each request answered in its window. Only slices that count are in it. What
pytest-benchmark makes of them pools slices of all generations, so that its deviations are no
intervals of ratios: these are in `extra_info`, as the other reports show them.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest_benchmark
from pytest_benchmark.stats import Stats

from stackgap.analyse import select
from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import CellSummary, Summary
from stackgap.records import AnyRecord, Cell
from stackgap.report import formatting as f
from stackgap.report.rows import label


def render(recorded: Sequence[AnyRecord]) -> str:
    """The file's content; ValueError when the records do not begin with the start of a run."""
    summary = summarise(recorded)
    seconds = _seconds(recorded)
    shown = [*summary.cells, *([summary.twin] if summary.twin else [])]
    document = {
        "machine_info": _machine(summary.provenance),
        "commit_info": _commit(summary.provenance),
        "benchmarks": [
            _benchmark(summary, own, seconds[own.cell]) for own in shown if seconds.get(own.cell)
        ],
        "datetime": summary.started_at,
        "version": pytest_benchmark.__version__,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _seconds(recorded: Sequence[AnyRecord]) -> dict[Cell, list[float]]:
    """The cost of every slice that counts, in the order measured."""
    found: dict[Cell, list[float]] = defaultdict(list)
    for generation in select.usable(recorded):
        for own in generation.good_slices:
            if own.window_ok:
                found[select.cell_of(own)].append(own.cpu_ns / own.window_ok * 1e-9)
    return found


def _benchmark(summary: Summary, own: CellSummary, seconds: Sequence[float]) -> dict[str, Any]:
    plan, cell = summary.plan, own.cell
    group = f"{plan.equation} n={plan.n} at {f.rate(cell.rate_hz)}"
    name = f"{label(cell)}[{plan.equation}-n{plan.n}-{cell.rate_hz:g}hz]"
    stats = Stats()
    for each in seconds:
        stats.update(each)
    return {
        "group": group,
        "name": name,
        "fullname": f"stackgap::{name}",
        "params": None,
        "param": None,
        "extra_info": {
            "run_id": summary.run_id,
            "stack": cell.stack,
            "replica": cell.replica,
            "equation": plan.equation,
            "n": plan.n,
            "rate_hz": cell.rate_hz,
            "reference": plan.reference,
            "cpu_us_per_request": _estimate(own.cpu_us_per_request),
            "ratio_to_reference": _estimate(own.ratio),
        },
        "options": {
            "disable_gc": False,
            "timer": "CPU clocks of the server's processes",
            "min_rounds": plan.rounds,
            "max_time": plan.window_s,
            "min_time": plan.window_s,
            "warmup": True,
        },
        "stats": stats.as_dict() | {"data": stats.data, "iterations": 1},
    }


def _estimate(own: Estimate | None) -> dict[str, float | int | None] | None:
    if own is None:
        return None
    found: dict[str, float | int | None] = {
        "estimate": own.estimate,
        "generations": own.generations,
    }
    if isinstance(own, Interval):
        found |= {"low": own.low, "high": own.high, "level": own.level}
    return found


def _machine(provenance: dict[str, Any]) -> dict[str, Any]:
    python, cpu = provenance.get("python", {}), provenance.get("cpu", {})
    return {
        "node": provenance.get("host", ""),
        "processor": cpu.get("model", ""),
        "machine": provenance.get("platform", ""),
        "python_compiler": python.get("compiler", ""),
        "python_implementation": python.get("implementation", ""),
        "python_implementation_version": python.get("version", ""),
        "python_version": python.get("version", ""),
        "python_build": ["", ""],
        "release": provenance.get("kernel", ""),
        "system": "Linux",
        "cpu": {"brand_raw": cpu.get("model", ""), "count": cpu.get("cores")},
    }


def _commit(provenance: dict[str, Any]) -> dict[str, Any]:
    git = provenance.get("git", {})
    return {
        "id": git.get("commit") or "unversioned",
        "time": None,
        "author_time": None,
        "dirty": bool(git.get("dirty")),
        "project": "stackgap",
        "branch": "(unknown)",
    }
