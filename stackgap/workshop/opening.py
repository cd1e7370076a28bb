"""Opens what a participant wrote: a Python file, a Rust extension, a Rust service."""

import hashlib
import http.client
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ExtensionFileLoader
from pathlib import Path
from types import ModuleType

from stackgap import project
from stackgap.measure import counters
from stackgap.measure.process import free_port
from stackgap.workshop.exercises import FOLDER, loaded
from stackgap.workshop.wrong import Missing, Wrong

RUST = FOLDER / "rust"
_READY_WITHIN_S = 10.0
_POLL_S = 0.01
_LINES_SHOWN = 40


@contextmanager
def python_file(path: Path) -> Iterator[ModuleType]:
    """The file as a module; Wrong where it is no Python."""
    try:
        yield loaded(path)
    except SyntaxError as error:
        raise Wrong(f"{path.name}, line {error.lineno}: {error.msg}") from error


@contextmanager
def extension(path: Path) -> Iterator[ModuleType]:
    """The Rust file as an extension module of this interpreter; Wrong where it does not compile."""
    library = built("kernel", path)
    loader = ExtensionFileLoader("kernel", str(library))
    spec = importlib.util.spec_from_file_location("kernel", library, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    yield module


@dataclass(frozen=True)
class Service:
    """A server that answers on this port, and its process."""

    port: int
    pid: int

    def post(
        self, path: str, body: bytes, content_type: str = "application/json"
    ) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer to one request on its own connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", path, body, {"Content-Type": content_type})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read()
        finally:
            connection.close()

    def cpu_us_per_request(self, path: str, body: bytes, requests: int) -> float:
        """CPU that the server takes for each of so many requests on one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.connect()
            before = counters.cpu_ns(self.pid)
            for _ in range(requests):
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise Wrong(f"it answered {answer.status} while it was measured")
            return (counters.cpu_ns(self.pid) - before) / 1000 / requests
        finally:
            connection.close()


@contextmanager
def rust_service(path: Path) -> Iterator[Service]:
    """The Rust file as a running server; Wrong where it does not compile or does not start."""
    with served([str(built("service", path))]) as service:
        yield service


@contextmanager
def python_service(path: Path) -> Iterator[Service]:
    """The application `app` of a Python file, on uvicorn without access log."""
    command = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning"]
    command += ["--app-dir", str(path.parent), f"{path.stem}:app", "--port"]
    with served(command) as service:
        yield service


@contextmanager
def served(command: list[str]) -> Iterator[Service]:
    """The server that `command` with a port starts, once it takes connections; ended afterwards."""
    port = free_port()
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield Service(port, process.pid)
    finally:
        process.kill()
        process.wait()


def built(package: str, path: Path) -> Path:
    """The library or program made of a Rust file. What was built once of the same text is kept.

    Raises Wrong where it does not compile, Missing where this machine lacks what that takes.
    """
    if shutil.which("cargo") is None:
        raise Missing("cargo is not on the PATH: install Rust as the README says")
    digest = hashlib.sha256(path.read_bytes() + (RUST / "Cargo.lock").read_bytes()).hexdigest()
    target = project.target_directory() / "workshop"
    kept = target / "kept" / f"{package}-{digest[:16]}.so"
    if kept.exists():
        return kept
    done = subprocess.run(
        ["cargo", "build", "--release", "--locked", "--offline", "--package", package],
        cwd=RUST,
        env=os.environ
        | {
            "STACKGAP_WORKSHOP_SOURCE": str(path.resolve()),
            "CARGO_TARGET_DIR": str(target),
            "PYO3_PYTHON": sys.executable,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _not_built(done.stderr)
    made = target / "release" / ("libkernel.so" if package == "kernel" else "service")
    kept.parent.mkdir(exist_ok=True)
    shutil.copy(made, kept)
    return kept


def _not_built(said: str) -> Wrong | Missing:
    if "no matching package" in said or "failed to download" in said:
        return Missing("a crate is not on this machine: `make workshop` gets them all")
    errors = said[said.find("error") :].splitlines()
    more = len(errors) - _LINES_SHOWN
    left = f"\n({more} lines more: mend the first error first)" if more > 0 else ""
    return Wrong("It does not compile:\n" + "\n".join(errors[:_LINES_SHOWN]) + left)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Wrong(f"the server ended at once, with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_POLL_S)
    raise Wrong(
        f"the server takes no connection within {_READY_WITHIN_S:g} s on the port it was given"
    )
