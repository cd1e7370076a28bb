"""The suites' own options: which rows are run, and in which order."""

import subprocess
import sys

import pytest

from stackgap import project


def collected(*options: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "benchmarks/suites"]
    done = subprocess.run(
        [*command, *options], cwd=project.ROOT, capture_output=True, text=True, check=False
    )
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.fixture(scope="module")
def everything() -> list[str]:
    return collected()


def test_an_equation_selects_its_rows_in_every_suite(everything: list[str]) -> None:
    chosen = collected("--equation=ephemeris")
    assert chosen == [row for row in everything if "[ephemeris-" in row]
    assert {row.partition("::")[0] for row in chosen} == {
        f"benchmarks/suites/test_{suite}.py" for suite in ("codecs", "equations", "requests")
    }


def test_a_size_selects_rows_of_that_size(everything: list[str]) -> None:
    chosen = collected("--equation=ephemeris", "--size=10")
    assert chosen == [row for row in everything if "[ephemeris-10-" in row]


def test_backwards_turns_all_rows_round(everything: list[str]) -> None:
    assert collected("--backwards") == everything[::-1]
