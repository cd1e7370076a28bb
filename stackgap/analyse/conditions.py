"""What must not change between generations that are one sample, or runs that are compared."""

from collections.abc import Mapping
from typing import Any

_KEPT = ("host", "kernel", "cpu", "cores", "python", "packages", "rust", "stacks", "docker", "git")


def changed(provenance: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What of a run's provenance differs from another's."""
    return [key for key in _KEPT if provenance.get(key) != other.get(key)]


def same_machine(provenance: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two measurements may stand on one page: of any stacks, by the same builds."""
    return set(changed(provenance, other)) <= {"stacks", "docker", "git"}
