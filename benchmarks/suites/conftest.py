"""Which rows of the suites are run, in which order, and what is noted of the machine."""

import os
from typing import Any

import pytest

from python_api.equations import EQUATIONS

_TELLING = ("NUMBA_", "NPY_", "OMP_", "OPENBLAS_", "MALLOC_", "STACKGAP_SIMD")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("suites", "which rows of the suites are run")
    group.addoption("--equation", action="append", choices=EQUATIONS, help="only its rows")
    group.addoption("--size", action="append", type=int, help="only rows of this n")
    group.addoption("--backwards", action="store_true", help="the last row first")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = {"equation": config.getoption("equation"), "n": config.getoption("size")}
    dropped = [item for item in items if not _is_wanted(item, wanted)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]
    if config.getoption("backwards"):
        items.reverse()


def _is_wanted(item: pytest.Item, wanted: dict[str, list[object] | None]) -> bool:
    """Whether the row has each parameter that is asked for, with one of the values asked for."""
    parameters = getattr(item, "callspec", None)
    given = {} if parameters is None else parameters.params
    return all(values is None or given.get(name) in values for name, values in wanted.items())


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Adds the variables that change what compiled libraries do."""
    machine_info["environment"] = {
        name: value for name, value in sorted(os.environ.items()) if name.startswith(_TELLING)
    }
