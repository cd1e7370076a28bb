"""`stackgap verify` passes, and would not if a number were wrong."""

import pytest
from typer.testing import CliRunner

from python_api.equations import BACKENDS, EQUATIONS
from python_api.equations.ephemeris import in_python
from stackgap import stacks
from stackgap.cli import app
from tests.cli.command import assert_explained, invoked, stackgap


def test_every_backend_and_every_stack_is_right_in_every_equation() -> None:
    done = stackgap("verify", "--n", "20")
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if "backend " in line or "stack " in line]
    assert len(rows) == len(EQUATIONS) * (len(BACKENDS) + len(stacks.stacks()))
    assert all(f" {equation} " in done.stdout for equation in EQUATIONS)
    assert all("yes" in row for row in rows)


def test_a_wrong_number_fails_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    right = in_python.compute_lists

    def wrong(planet: str, times_jd: list[float]) -> tuple[list[float], list[float], list[float]]:
        x_au, y_au, z_au = right(planet, times_jd)
        return x_au, y_au, [value + 1e-12 for value in z_au]

    monkeypatch.setattr(in_python, "compute_lists", wrong)
    monkeypatch.setattr(stacks, "stacks", dict)
    done = CliRunner().invoke(app, ["verify", "--equation", "ephemeris", "--n", "20"])
    assert done.exit_code == 1
    assert done.stderr == "stackgap: outside the envelope: ephemeris by backend python\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--equation", "tides"), f"unknown equation 'tides'; known: {', '.join(EQUATIONS)}"),
        (("--n", "100001"), "n must be 1 to 100000, not 100001"),
    ],
)
def test_what_cannot_be_verified_is_told(arguments: tuple[str, str], message: str) -> None:
    done = invoked("verify", *arguments)
    assert_explained(done, code=2)
    assert message in done.stderr
