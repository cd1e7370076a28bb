"""What `bootstrap.py` says about a machine, and when it takes `.venv` for complete."""

import ast
import importlib.util
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from stackgap import project
from tests.setup.checkout import (
    RUST,
    WORKS,
    assert_one_sentence,
    bootstrap,
    bootstrap_command,
    make,
    make_checkout,
    make_tools,
    run,
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path / "checkout")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    return make_tools(tmp_path / "tools", cargo=RUST, rustc=RUST, cc=WORKS)


def load(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", checkout / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_cargo_one_sentence_says_what_to_install(checkout: Path, tools: Path) -> None:
    (tools / "cargo").unlink()
    assert_one_sentence(bootstrap(checkout, tools), "cargo", "install Rust 1.95")
    assert not (checkout / ".venv").exists()


def test_a_cargo_that_does_not_run_counts_as_none(checkout: Path, tmp_path: Path) -> None:
    tools = make_tools(tmp_path / "broken", cargo="exit 1", rustc=RUST, cc=WORKS)
    assert_one_sentence(bootstrap(checkout, tools), "cargo", "install Rust 1.95")


def test_too_old_a_rust_is_named_with_the_one_to_install(checkout: Path, tmp_path: Path) -> None:
    tools = make_tools(tmp_path / "old", cargo=RUST, rustc="echo rustc 1.94.1", cc=WORKS)
    assert_one_sentence(bootstrap(checkout, tools), "1.94.1", "install Rust 1.95")


@pytest.mark.parametrize("compiler", [None, "exit 1"], ids=["missing", "unable to link"])
def test_without_a_c_compiler_one_sentence_says_what_to_install(
    checkout: Path, tools: Path, compiler: str | None
) -> None:
    (tools / "cc").unlink()
    if compiler is not None:
        (tools / "cc").write_text(f"#!/bin/sh\n{compiler}\n")
        (tools / "cc").chmod(0o755)
    assert_one_sentence(bootstrap(checkout, tools), "C compiler", "build-essential")


def test_without_ensurepip_one_sentence_names_the_package(
    checkout: Path, tools: Path, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ensurepip.py").write_text("raise ModuleNotFoundError(name='ensurepip')\n")
    done = bootstrap(checkout, tools, PYTHONPATH=str(hidden))
    major, minor = sys.version_info[:2]
    assert_one_sentence(done, "ensurepip", f"apt install python{major}.{minor}-venv")


def test_too_old_a_python_is_named_with_the_one_to_install(checkout: Path, tools: Path) -> None:
    # A real interpreter that says of itself that it is an old one.
    pretend = (
        "import runpy, sys; sys.version_info = (3, 10, 12, 'final', 0); "
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = run([sys.executable, "-c", pretend, str(checkout / "bootstrap.py")], str(tools))
    assert_one_sentence(done, "3.10.12", "install Python 3.11 or newer")


def test_an_old_python_can_read_the_bootstrap() -> None:
    source = (project.ROOT / "bootstrap.py").read_text()
    ast.parse(source, feature_version=(3, 7))
    assert "from __future__" not in source


def test_bootstrap_and_package_ask_for_the_same_python() -> None:
    pyproject = tomllib.loads((project.ROOT / "pyproject.toml").read_text())
    bootstrap_module = load(project.ROOT)
    oldest = ".".join(str(part) for part in bootstrap_module.OLDEST_PYTHON)
    assert pyproject["project"]["requires-python"] == f">={oldest}"


def test_a_python_that_does_not_exist_is_said_so(checkout: Path) -> None:
    done = make(checkout, "setup", "PYTHON=/nowhere/python3")
    assert_one_sentence(done, "/nowhere/python3", "install Python 3.11")


def test_without_python_an_existing_environment_is_kept(checkout: Path) -> None:
    binaries = checkout / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to(sys.executable)
    assert '".venv/bin/python" bootstrap.py' in make(checkout, "-n", "setup").stdout
    named = make(checkout, "-n", "setup", "PYTHON=another").stdout
    assert '"another" bootstrap.py' in named


def test_a_dangling_environment_is_not_used(checkout: Path) -> None:
    binaries = checkout / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").symlink_to("/nowhere/python3")
    assert '"python3" bootstrap.py' in make(checkout, "-n", "setup").stdout


def test_a_complete_environment_is_not_made_again(checkout: Path, tools: Path) -> None:
    first = bootstrap(checkout, tools)
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    again = bootstrap(checkout, tools)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_failed_install_shows_why_and_is_not_taken_for_complete(
    checkout: Path, tools: Path
) -> None:
    (checkout / "requirements.lock").write_text(f"absent==1.0 --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        done = bootstrap(checkout, tools, PIP_NO_INDEX="1")
        assert done.returncode != 0
        assert "No matching distribution found for absent==1.0" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_killed_install_is_made_again(checkout: Path, tools: Path) -> None:
    started = subprocess.Popen(
        bootstrap_command(checkout), env={"PATH": str(tools)}, start_new_session=True
    )
    while not (checkout / ".venv" / "pyvenv.cfg").exists():
        assert started.poll() is None
        time.sleep(0.01)
    os.killpg(started.pid, signal.SIGKILL)
    assert started.wait() == -signal.SIGKILL

    done = bootstrap(checkout, tools)
    assert done.returncode == 0, done.stderr
    assert "Making .venv" in done.stdout
    pip = run([str(checkout / ".venv" / "bin" / "python"), "-m", "pip", "--version"], str(tools))
    assert pip.returncode == 0


@pytest.fixture
def complete(checkout: Path) -> ModuleType:
    """The bootstrap module of a checkout whose `.venv` is stamped complete."""
    module = load(checkout)
    module.VENV_PYTHON.parent.mkdir(parents=True)
    module.VENV_PYTHON.touch()
    module.STAMP.write_text(module.wanted_stamp())
    assert module.is_complete()
    return module


def test_another_interpreter_makes_another_environment(
    complete: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complete, "base_interpreter", lambda: "/usr/bin/python3.99")
    assert not complete.is_complete()


def test_an_upgraded_interpreter_makes_another_environment(
    complete: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complete.platform, "python_version", lambda: "3.99.0")
    assert not complete.is_complete()


def test_another_lock_makes_another_environment(complete: ModuleType) -> None:
    complete.LOCK.write_text("# another\n")
    assert not complete.is_complete()


def test_a_moved_checkout_makes_another_environment(complete: ModuleType) -> None:
    moved = complete.ROOT.with_name("moved")
    complete.ROOT.rename(moved)
    assert not load(moved).is_complete()
