"""A wanting tool skips a test, unless it has to be there."""

import pytest

from tests.conftest import require, require_library


def test_a_tool_that_is_there_lets_a_test_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_REQUIRE", "anvil")
    require("anvil", available=True)
    require("sh")


def test_a_wanting_tool_skips_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_REQUIRE", "hammer,tongs")
    with pytest.raises(pytest.skip.Exception, match="anvil is not available"):
        require("anvil", available=False)


def test_a_wanting_tool_that_is_required_fails_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_REQUIRE", "hammer,anvil")
    with pytest.raises(pytest.fail.Exception, match="anvil"):
        require("anvil", available=False)
    with pytest.raises(pytest.fail.Exception, match="hammer"):
        require("hammer", available=False)


def test_a_tool_is_looked_for_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACKGAP_REQUIRE", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.skip.Exception):
        require("sh")


def test_a_library_that_is_there_lets_a_test_run() -> None:
    require_library("pytest")


def test_a_wanting_library_skips_a_test_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACKGAP_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no_such_library is not available"):
        require_library("no_such_library")


def test_a_wanting_library_fails_a_test_where_the_peers_are_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STACKGAP_REQUIRE", "git,peers")
    with pytest.raises(pytest.fail.Exception, match="peers, but no_such_library is not available"):
        require_library("no_such_library")
