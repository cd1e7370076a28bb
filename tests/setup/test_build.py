"""The source hash, and how a binary that carries another one is told."""

import re
import shutil
from pathlib import Path

import pytest

from stackgap import build, project
from tests.setup.checkout import write_script

COMPILER = "rustc 1.95.0"
HASH = "0123456789abcdef"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the hash is taken over, and of the pyproject it reads."""
    copy = tmp_path_factory.mktemp("checkout")
    for source in [*build.source_files(project.ROOT), project.ROOT / "pyproject.toml"]:
        target = copy / source.relative_to(project.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return copy


def hash_of(checkout: Path, compiler: str = COMPILER, **environment: str) -> str:
    return build.hash_of(checkout, environment, compiler)


def test_a_copy_of_the_sources_has_the_same_hash(checkout: Path) -> None:
    assert hash_of(checkout) == hash_of(project.ROOT)
    assert re.fullmatch("[0-9a-f]{16}", hash_of(checkout))


def test_an_edit_of_any_source_changes_the_hash(checkout: Path) -> None:
    before = hash_of(checkout)
    sources = build.source_files(checkout)
    assert len(sources) > 10
    for source in sources:
        content = source.read_bytes()
        source.write_bytes(content + b"\n")
        assert hash_of(checkout) != before, source
        source.write_bytes(content)
    assert hash_of(checkout) == before


def test_a_new_and_a_renamed_source_change_the_hash(checkout: Path) -> None:
    before = hash_of(checkout)
    new = checkout / "rust_ext" / "core" / "src" / "new.rs"
    new.touch()
    with_new = hash_of(checkout)
    renamed = new.rename(new.with_name("renamed.rs"))
    assert len({before, with_new, hash_of(checkout)}) == 3
    renamed.unlink()


@pytest.mark.parametrize(
    "path", ["python_api/app.py", "benchmarks/load/check.py", "axum_api/tests/contract.rs"]
)
def test_an_edit_of_python_or_of_a_test_leaves_the_hash(checkout: Path, path: str) -> None:
    before = hash_of(checkout)
    (checkout / path).parent.mkdir(parents=True, exist_ok=True)
    (checkout / path).write_text("edited\n")
    assert hash_of(checkout) == before


def test_the_compiler_and_its_flags_change_the_hash(checkout: Path) -> None:
    hashes = [
        hash_of(checkout),
        hash_of(checkout, compiler="rustc 1.96.0"),
        hash_of(checkout, RUSTFLAGS="-C target-cpu=native"),
        hash_of(checkout, CARGO_PROFILE_RELEASE_LTO="off"),
    ]
    assert len(set(hashes)) == len(hashes)
    assert hash_of(checkout, LANG="C") == hashes[0]


def test_files_that_rust_sources_include_are_hashed() -> None:
    hashed = set(build.source_files(project.ROOT))
    included = {
        (source.parent / name).resolve()
        for source in hashed
        if source.suffix == ".rs"
        for name in re.findall(r'include(?:_str|_bytes)?!\(\s*"([^"]+)"', source.read_text())
    }
    assert project.ROOT / "python_api/equations/ephemeris/planets.json" in included
    assert included <= hashed


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release folder whose binaries both say that they carry HASH."""
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path))
    folder = tmp_path / "release"
    folder.mkdir()
    for name in build.BINARIES:
        write_script(folder / name, f"echo '{name} 0.1.0 ({HASH})'")
    return folder


def test_binaries_that_carry_the_hash_are_not_stale(release: Path) -> None:
    assert not set(build.BINARIES).intersection(build.stale(HASH))


def test_a_binary_of_other_sources_is_stale(release: Path) -> None:
    write_script(release / "axum_api", "echo 'axum_api 0.1.0 (fedcba9876543210)'")
    assert build.built_hashes()["axum_api"] == "fedcba9876543210"
    assert "axum_api" in build.stale(HASH)
    assert "stackgap-load" not in build.stale(HASH)


def test_a_missing_a_broken_and_an_unmarked_binary_are_stale(release: Path) -> None:
    (release / "axum_api").unlink()
    write_script(release / "stackgap-load", f"echo {HASH}; exit 1")
    assert {"axum_api", "stackgap-load"} <= set(build.stale(HASH))
    write_script(release / "stackgap-load", """echo '{"build_hash":"unset"}'""")
    assert build.built_hashes()["stackgap-load"] is None


def test_an_extension_of_other_sources_is_stale() -> None:
    assert build.EXTENSION in build.stale("0" * 16)


def test_the_tests_run_against_what_the_sources_say() -> None:
    assert build.stale(build.source_hash()) == [], "run `make build`"


def test_a_failed_build_tells_what_the_compiler_said(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    write_script(tools / "cargo", "echo 'error[E0308]: mismatched types'; exit 101")
    write_script(tools / "rustc", "echo rustc 1.95.0")
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setattr(build, "stale", lambda wanted: ["axum_api"])
    with pytest.raises(build.BuildError, match=r"mismatched types\nBuilding axum_api failed"):
        build.build()
