"""Where and with what a run was measured: all that a reader needs to judge or repeat it."""

import os
import platform
import subprocess
import sysconfig
import tomllib
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from stackgap import project
from stackgap.measure.cores import Cores
from stackgap.stacks import Stack

_PACKAGES = (
    "fastapi",
    "starlette",
    "pydantic",
    "pydantic-core",
    "uvicorn",
    "uvloop",
    "httptools",
    "numpy",
    "numba",
    "llvmlite",
)
_CPU_FLAGS = ("sse2", "avx2", "fma", "avx512f")
NOT_READABLE = "not readable here"


def collect(cores: Cores, build_hash: str, stacks: Iterable[Stack]) -> dict[str, Any]:
    """The machine, the builds, the state of the checkout, and the rows of the stacks."""
    return {
        "host": platform.node(),
        "load_average": os.getloadavg()[0],
        "stacks": {stack.name: msgspec.to_builtins(stack) for stack in stacks},
        "platform": platform.platform(),
        "cpu": cpu(),
        "cores": {"server": cores.server, "generator": cores.generator},
        "memory_total_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "governor": governor(),
        "idle_governor": _read("/sys/devices/system/cpu/cpuidle/current_governor"),
        "clocksource": _read("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        "congestion_control": _read("/proc/sys/net/ipv4/tcp_congestion_control"),
        "transparent_hugepages": _read("/sys/kernel/mm/transparent_hugepage/enabled"),
        "cgroup_version": _cgroup_version(),
        "python": python_build(),
        "packages": _versions(_PACKAGES),
        "rust": {
            "rustc": _output(["rustc", "--version"]),
            "build_hash": build_hash,
            "release_profile": _release_profile(),
        },
        "environment": _environment(),
        "git": _git(),
    }


def python_build() -> dict[str, Any]:
    """The interpreter's version, and whether it was built with profile and link optimisation.

    `pgo` and `lto` are None where the interpreter does not say: Debian's configuration is that of
    its shared library, while its executable is another, optimised build.
    """
    arguments = None if _describes_another_build() else sysconfig.get_config_var("CONFIG_ARGS")
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "compiler": platform.python_compiler(),
        "pgo": None if arguments is None else "--enable-optimizations" in arguments,
        "lto": None if arguments is None else "--with-lto" in arguments,
    }


def _describes_another_build() -> bool:
    built_shared = bool(sysconfig.get_config_var("Py_ENABLE_SHARED"))
    return built_shared and "libpython" not in _read("/proc/self/maps")


def governor() -> str:
    """The frequency governor of the first core, or NOT_READABLE (virtual machines hide it)."""
    return _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def cpu() -> dict[str, Any]:
    """The processor: its model, cores, some of its flags, and whether it is a virtual one."""
    fields: dict[str, str] = {}
    for line in _read("/proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags", "").split()
    return {
        "model": fields.get("model name") or platform.processor(),
        "cores": os.cpu_count(),
        "flags": [flag for flag in _CPU_FLAGS if flag in flags],
        "virtual": "hypervisor" in flags,
    }


def _cgroup_version() -> int | None:
    if not Path("/sys/fs/cgroup").is_dir():
        return None
    return 2 if Path("/sys/fs/cgroup/cgroup.controllers").exists() else 1


def _versions(packages: Sequence[str]) -> dict[str, str | None]:
    return {package: _version(package) for package in packages}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _release_profile() -> dict[str, Any]:
    manifest = tomllib.loads((project.ROOT / "Cargo.toml").read_text())
    profile: dict[str, Any] = manifest["profile"]["release"]
    return profile


def _environment() -> dict[str, str]:
    """Variables that change what is measured."""
    telling = ("PYTHON", "NUMBA_", "NPY_", "OMP_", "OPENBLAS_", "MALLOC_", "RUSTFLAGS", "TOKIO_")
    return {key: value for key, value in sorted(os.environ.items()) if key.startswith(telling)}


def _git() -> dict[str, Any]:
    status = _output(["git", "status", "--porcelain"])
    return {
        "commit": _output(["git", "rev-parse", "HEAD"]),
        "dirty": None if status is None else bool(status),
    }


def _output(command: Sequence[str]) -> str | None:
    try:
        return subprocess.check_output(
            command, cwd=project.ROOT, text=True, stderr=subprocess.DEVNULL
        ).strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return NOT_READABLE
