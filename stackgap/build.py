"""Builds the Rust side, and tells whether what is built is what the sources say.

One hash of everything that goes into the binaries is compiled into each of them and shown on
`/health`. `python -m stackgap.build` builds what carries another one. Standard library only.
"""

import hashlib
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from stackgap import project

HASH_VARIABLE = "STACKGAP_BUILD_HASH"
EXTENSION = "python_api._rust_ext"
# By name: the cargo package each is of, and the argument that makes it say its build hash.
BINARIES = {
    "axum_api": ("axum_api", "--version"),
    "axum_api_mimalloc": ("axum_api", "--version"),
    "stackgap-load": ("stackgap-load", "version"),
}

CARGO_BUILD = ("cargo", "build", "--quiet", "--release", "--locked")
_STATIC_PACKAGE = "axum_api"
_STATIC = {"RUSTFLAGS": "-C target-feature=+crt-static"}
_SOURCE_SUFFIXES = {".rs", ".toml", ".txt", ".json"}
_CRATES = ("rust_ext", "axum_api", "benchmarks/load")
_SINGLE_FILES = (
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
    "python_api/equations/ephemeris/planets.json",
)
# Built only by `cargo test`, so no part of what is measured.
_TEST_FOLDERS = {"tests", "benches", "examples"}


class BuildError(Exception):
    """A build that failed or cannot be told from another; the message says what to do."""


def source_files(root: Path) -> list[Path]:
    """The files under the checkout `root` that decide what the binaries are, in a fixed order."""
    singles = [root / name for name in _SINGLE_FILES if (root / name).is_file()]
    in_crates = (path for crate in _CRATES for path in _crate_files(root / crate))
    return sorted({*singles, *in_crates})


def _crate_files(crate: Path) -> Iterator[Path]:
    for path in crate.rglob("*"):
        folders = path.relative_to(crate).parts[:-1]
        if path.suffix in _SOURCE_SUFFIXES and not _TEST_FOLDERS.intersection(folders):
            yield path


def hash_of(root: Path, environment: Mapping[str, str], compiler: str) -> str:
    """16 hexadecimal digits over paths and contents of the sources, compiler and its flags."""
    digest = hashlib.sha256()
    for path in source_files(root):
        feed(digest, path.relative_to(root).as_posix(), path.read_bytes())
    maturin = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["maturin"]
    feed(digest, "maturin", repr(maturin).encode())
    for name in sorted(filter(_changes_code, environment)):
        feed(digest, name, environment[name].encode())
    feed(digest, "compiler", compiler.encode())
    return digest.hexdigest()[:16]


def feed(digest: "hashlib._Hash", name: str, content: bytes) -> None:
    """Adds one named part to a hash."""
    # Lengths keep two neighbouring parts from being taken for one.
    digest.update(f"{name}\0{len(content)}\0".encode() + content)


def _changes_code(variable: str) -> bool:
    return "RUSTFLAGS" in variable or variable.startswith("CARGO_PROFILE_RELEASE_")


def source_hash() -> str:
    """The hash that a build of this checkout's sources carries, as they are now.

    Raises BuildError if rustc, which has a part in it, does not run.
    """
    return hash_of(project.ROOT, os.environ, compiler())


@cache
def compiler() -> str:
    """Which rustc it is; raises BuildError where it does not run."""
    return _said_by_rustc("--version")


def _said_by_rustc(argument: str) -> str:
    try:
        return subprocess.check_output(["rustc", argument], text=True, cwd=project.ROOT)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError("rustc does not run: put Rust on the PATH") from error


def built_hashes() -> dict[str, str | None]:
    """The hash each binary and the extension says it carries; None for what is not there."""
    release = project.target_directory() / "release"
    import_hash = f"import {EXTENSION} as extension; print(extension.BUILD_HASH)"
    return {EXTENSION: hash_said_by([sys.executable, "-c", import_hash])} | {
        name: hash_said_by([str(release / name), argument])
        for name, (_, argument) in BINARIES.items()
    }


def hash_said_by(command: list[str]) -> str | None:
    """The build hash in what `command` prints, or None if it fails or prints none."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=project.ROOT, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = re.search(r"\b[0-9a-f]{16}\b", done.stdout)
    return said.group() if said else None


def stale(wanted: str) -> list[str]:
    """What has to be built for everything to carry the hash `wanted`."""
    names = [name for name, built in built_hashes().items() if built != wanted]
    if EXTENSION not in names and not (Path(sys.prefix) / "bin" / "stackgap").exists():
        names.insert(0, EXTENSION)
    return names


def build() -> None:
    """Builds what is stale, in release mode; says nothing if nothing is.

    Raises BuildError if a build fails, or if what came of it carries another hash than the
    sources have.
    """
    wanted = source_hash()
    names = stale(wanted)
    if EXTENSION in names:
        _run(f"Building {EXTENSION}", _extension_command(), wanted, {})
    if binaries := [name for name in names if name in BINARIES]:
        _run(f"Building {' and '.join(binaries)}", _binaries_command(), wanted, {})
    if names and (left := stale(source_hash())):
        raise BuildError(
            f"{', '.join(left)}: not what the sources say after the build; run `make build` "
            "again, and `make clean` first if that does not help"
        )


def build_static() -> None:
    """Builds Axum's binaries without any library that they would need at run time, if they are not
    there; raises BuildError as `build`."""
    wanted = source_hash()
    folder = static_folder()
    programs = [name for name, (package, _) in BINARIES.items() if package == _STATIC_PACKAGE]

    def lacking() -> list[str]:
        said = {name: hash_said_by([str(folder / name), BINARIES[name][1]]) for name in programs}
        return [name for name, found in said.items() if found != wanted]

    if lacking():
        _run("Building static binaries", _static_command(), wanted, _STATIC)
        if left := lacking():
            raise BuildError(f"{', '.join(left)}: not what the sources say after the build")


def static_folder() -> Path:
    """Where cargo puts the static binaries; raises BuildError as `source_hash`."""
    return project.target_directory() / _host_target() / "release"


@cache
def _host_target() -> str:
    """What rustc calls this machine."""
    said = re.search(r"^host: (\S+)$", _said_by_rustc("-vV"), re.M)
    if said is None:
        raise BuildError("`rustc -vV` names no host")
    return said.group(1)


def _static_command() -> list[str]:
    return [*CARGO_BUILD, "--package", _STATIC_PACKAGE, "--target", _host_target()]


def _extension_command() -> list[str]:
    # maturin comes from the lock, not from a build environment that pip would download.
    pip_install = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    return [*pip_install, "--no-deps", "--no-build-isolation", "--editable", "."]


def _binaries_command() -> list[str]:
    # By name and always all of them: building the whole workspace would unify its features
    # another way, so that it and maturin would invalidate each other's artefacts.
    packages = {package for package, _ in BINARIES.values()}
    chosen = [argument for package in sorted(packages) for argument in ("--package", package)]
    return [*CARGO_BUILD, *chosen]


def _environment(wanted: str, extra: Mapping[str, str]) -> dict[str, str]:
    tools = Path(sys.executable).parent
    return (
        os.environ
        | extra
        | {
            HASH_VARIABLE: wanted,
            "CARGO_TARGET_DIR": str(project.target_directory()),
            # pip starts maturin by its name.
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            # Else maturin downloads a toolchain where it finds none.
            "MATURIN_NO_INSTALL_RUST": "1",
        }
    )


def _run(title: str, command: list[str], wanted: str, extra: Mapping[str, str]) -> None:
    print(title, end=" ... ", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=project.ROOT,
        env=_environment(wanted, extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print("failed", flush=True)
        raise BuildError(f"{done.stdout.rstrip()}\n{title} failed, for the reason above")
    print(f"{time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    try:
        build()
    except BuildError as error:
        sys.exit(f"stackgap: {error}.")
    except KeyboardInterrupt:
        sys.exit("\nstackgap: interrupted; the next make builds what is missing.")
