"""`stackgap list`, and the help of every verb."""

import json

import pytest
from typer.testing import CliRunner

from python_api.equations import BACKENDS, EQUATIONS
from stackgap.cli import app
from stackgap.stacks import stacks
from tests.cli.command import stackgap

VERBS = (
    *("run", "sizes", "report", "crossovers", "list", "serve", "load"),
    *("verify", "bench", "doctor", "selftest", "compare", "guide", "keep"),
)
GROUPS = ("images", "probe", "workshop")


def test_the_installed_command_helps() -> None:
    done = stackgap("--help")
    assert done.returncode == 0
    for verb in (*VERBS, *GROUPS):
        assert f" {verb} " in done.stdout


def test_there_are_no_other_verbs() -> None:
    assert {command.name for command in app.registered_commands} == set(VERBS)
    assert {group.name for group in app.registered_groups} == set(GROUPS)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_verb_helps(verb: str, option: str) -> None:
    done = CliRunner().invoke(app, [verb, option])
    assert done.exit_code == 0
    assert "Usage:" in done.stdout
    assert verb in done.stdout


def test_a_command_without_a_verb_shows_the_help() -> None:
    assert "Usage:" in CliRunner().invoke(app, []).output


def test_the_list_for_programs_has_its_declared_shape() -> None:
    done = CliRunner().invoke(app, ["list", "--json"])
    assert done.exit_code == 0
    listed = json.loads(done.stdout)
    assert listed == {
        "stacks": [{"name": name, "equations": list(EQUATIONS)} for name in stacks()],
        "equations": list(EQUATIONS),
        "backends": list(BACKENDS),
    }


def test_the_list_for_programs_is_json_in_a_narrow_terminal_too() -> None:
    listed = json.loads(stackgap("list", "--json", COLUMNS="20").stdout)
    assert listed["equations"] == list(EQUATIONS)


def test_the_list_for_people_names_everything() -> None:
    done = stackgap("list")
    assert done.returncode == 0
    for name in (*stacks(), *EQUATIONS, *BACKENDS):
        assert name in done.stdout
