"""What holds of the project as a whole."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from stackgap import project
from tests.conftest import require

PYPROJECT = tomllib.loads((project.ROOT / "pyproject.toml").read_text())
LOCKS = {
    name: (project.ROOT / name).read_text()
    for name in ("requirements.lock", "requirements-peers.lock")
}
OWN = {"python_api", "stackgap", "benchmarks", "tests"}
# A peer need not be installed, so that nobody can be asked what it is imported as.
PEERS_IMPORTED_AS = {"numexpr": "numexpr", "orjson": "orjson", "erfa": "pyerfa"}
PEERS_IMPORTED_AS |= {"QuantLib": "quantlib", "rebound": "rebound"}


def declared(lock: str = "requirements.lock") -> list[Requirement]:
    """What the lock has to hold."""
    table = PYPROJECT["project"]
    extras = table["optional-dependencies"]
    texts = {
        "requirements.lock": [*table["dependencies"], *extras["dev"]],
        "requirements-peers.lock": extras["peers"],
    }
    return [Requirement(text) for text in texts[lock]]


def locked(lock: str) -> dict[str, set[Version]]:
    """Each library's versions: more than one, if it depends on the interpreter."""
    found: dict[str, set[Version]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", LOCKS[lock], re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def third_party_imports() -> set[str]:
    found = {
        name
        for folder in OWN
        for path in (project.ROOT / folder).rglob("*.py")
        for name in imports_of(path)
    }
    return found - OWN - sys.stdlib_module_names


def test_every_imported_library_is_declared() -> None:
    provided_by = packages_distributions()
    names = {canonicalize_name(requirement.name) for requirement in declared()}
    undeclared = {
        imported
        for imported in third_party_imports() - PEERS_IMPORTED_AS.keys()
        if names.isdisjoint(map(canonicalize_name, provided_by.get(imported, [])))
    }
    assert undeclared == set()


def test_every_imported_peer_is_declared() -> None:
    peers = {canonicalize_name(each.name) for each in declared("requirements-peers.lock")}
    assert set(PEERS_IMPORTED_AS.values()) <= peers


def test_no_library_that_only_the_peers_bring_is_imported_by_what_serves_or_measures() -> None:
    imported = {
        name
        for folder in ("python_api", "stackgap")
        for path in (project.ROOT / folder).rglob("*.py")
        for name in imports_of(path)
    }
    assert imported.isdisjoint(PEERS_IMPORTED_AS)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_a_fitting_version_of_every_declared_library(lock: str) -> None:
    versions = locked(lock)
    for requirement in declared(lock):
        for version in versions[canonicalize_name(requirement.name)]:
            assert requirement.specifier.contains(version)


def test_the_locks_agree() -> None:
    main, peers = locked("requirements.lock"), locked("requirements-peers.lock")
    for name in main.keys() & peers.keys():
        assert peers[name] <= main[name]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "://" not in LOCKS[lock]
    assert not re.search(r"^\s*--(?!hash=)", LOCKS[lock], re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes(lock: str) -> None:
    for entry in re.split(r"\n(?=[a-z])", LOCKS[lock].strip()):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_python_and_rust_carry_one_version() -> None:
    workspace = tomllib.loads((project.ROOT / "Cargo.toml").read_text())["workspace"]
    assert workspace["package"]["version"] == PYPROJECT["project"]["version"]


@pytest.fixture(scope="module")
def tracked_texts() -> dict[str, str]:
    """Every tracked text file's content by its name."""
    require("git")
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=project.ROOT, text=True)
    paths = (project.ROOT / name for name in listed.split("\0") if name)
    return {
        str(path.relative_to(project.ROOT)): path.read_text()
        for path in paths
        if path.is_file() and b"\0" not in path.read_bytes()
    }


def test_no_tracked_file_names_a_path_of_one_machine(tracked_texts: dict[str, str]) -> None:
    somebodys = re.compile(rf"{re.escape(str(project.ROOT))}\b|/(?:home|Users|root)/\w")
    assert [name for name, text in tracked_texts.items() if somebodys.search(text)] == []


def test_no_tracked_file_names_an_index_of_packages(tracked_texts: dict[str, str]) -> None:
    index = re.compile(r"\b(?:index-url|find-links|trusted-host)\s*=|replace-with\s*=")
    assert [name for name, text in tracked_texts.items() if index.search(text)] == []
