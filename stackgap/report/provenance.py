"""A run's provenance as labelled text; what is missing is said to be missing."""

from collections.abc import Mapping
from typing import Any

NOT_RECORDED = "not recorded"

_LABELS = {
    "cpu.model": "CPU",
    "cpu.cores": "Cores",
    "cpu.flags": "Vector extensions",
    "cpu.virtual": "Virtual machine",
    "cores.server": "Server's core",
    "cores.generator": "Generator's core",
    "memory_total_bytes": "Memory, bytes",
    "platform": "Platform",
    "kernel": "Kernel",
    "governor": "Frequency governor",
    "idle_governor": "Idle governor",
    "clocksource": "Clock source",
    "congestion_control": "TCP congestion control",
    "transparent_hugepages": "Transparent huge pages",
    "cgroup_version": "Control groups, version",
    "python.implementation": "Python implementation",
    "python.version": "Python version",
    "python.compiler": "Python's compiler",
    "python.pgo": "Python built with profile-guided optimisation",
    "python.lto": "Python built with link-time optimisation",
    "packages": "Python packages",
    "rust.rustc": "Rust compiler",
    "rust.build_hash": "Hash of the Rust sources",
    "docker.engine": "Docker engine",
    "docker.cgroup": "Docker's control groups, version",
    "docker.storage": "Docker's storage driver",
    "docker.images": "Docker images",
    "environment": "Environment variables that matter",
    "git.commit": "Commit",
    "git.dirty": "Uncommitted changes",
}


def rows(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of everything a run should record, then of what else it recorded."""
    labels = _LABELS if "docker" in provenance else _without_docker()
    known = [(label, _text(_find(provenance, path))) for path, label in labels.items()]
    parts = {path.partition(".")[0] for path in _LABELS}
    return known + [(key, _text(own)) for key, own in provenance.items() if key not in parts]


def _without_docker() -> dict[str, str]:
    """Of processes alone nothing is missing there."""
    return {path: label for path, label in _LABELS.items() if not path.startswith("docker.")}


def _find(provenance: Mapping[str, Any], path: str) -> Any:
    found: Any = provenance
    for key in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found


def _text(recorded: Any) -> str:
    if recorded is None:
        return NOT_RECORDED
    if isinstance(recorded, bool):
        return "yes" if recorded else "no"
    if isinstance(recorded, int):
        return f"{recorded:,}"
    if isinstance(recorded, Mapping):
        parts = [
            f"{key} {'not installed' if own is None else own}" for key, own in recorded.items()
        ]
        return ", ".join(parts) or "none"
    if isinstance(recorded, list):
        return ", ".join(str(own) for own in recorded) or "none"
    return str(recorded)
