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
LOCK = (project.ROOT / "requirements.lock").read_text()
OWN = {"python_api", "stackgap", "benchmarks", "tests"}


def declared() -> list[Requirement]:
    table = PYPROJECT["project"]
    return [
        Requirement(text)
        for text in [*table["dependencies"], *table["optional-dependencies"]["dev"]]
    ]


def locked() -> dict[str, Version]:
    pins = re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


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
        for imported in third_party_imports()
        if names.isdisjoint(map(canonicalize_name, provided_by.get(imported, [])))
    }
    assert undeclared == set()


def test_the_lock_holds_a_fitting_version_of_every_declared_library() -> None:
    versions = locked()
    for requirement in declared():
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*--(?!hash=)", LOCK, re.MULTILINE)


def test_every_locked_version_has_hashes() -> None:
    for entry in re.split(r"\n(?=[a-z])", LOCK.strip()):
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
