"""Each row of the contract, asked of each stack and compared between them."""

from collections.abc import Mapping

import pytest

from tests.conformance.cases import CASES, SEVERAL_FAULTS, Case, post
from tests.conformance.client import Client
from tests.conformance.problems import bound, outcome, outcomes
from tests.conformance.server import CODECS_WITH_KERNELS

_GOOD = [case for case in CASES if case.same_as is not None]


def _name(case: Case) -> str:
    return case.name


def _asked(clients: Mapping[str, Client], case: Case) -> dict[str, Client]:
    """The stacks that are asked: of a dear case one of each codec with each kernel."""
    names = CODECS_WITH_KERNELS if case.dear else list(clients)
    return bound({name: clients[name] for name in names}, case.request)


def test_case_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_every_stack_answers_as_the_contract_says(
    clients: Mapping[str, Client], case: Case
) -> None:
    asked = _asked(clients, case)
    assert outcomes(asked, case.request) == dict.fromkeys(asked, case.outcome)


@pytest.mark.parametrize("case", _GOOD, ids=_name)
def test_another_spelling_of_a_body_gets_the_same_bytes(
    clients: Mapping[str, Client], case: Case
) -> None:
    assert case.same_as is not None
    for name, client in _asked(clients, case).items():
        expected = client.ask(post(case.same_as)).body
        assert client.ask(case.request).body == expected, name


@pytest.mark.parametrize(("path", "body"), SEVERAL_FAULTS)
def test_a_body_with_several_faults_names_some_of_them(
    clients: Mapping[str, Client], path: str, body: str
) -> None:
    for name, client in clients.items():
        found = outcome(client.ask(post(body, path)))
        assert (found.status, found.slug) == (422, "invalid-body"), name
        assert found.pointers <= SEVERAL_FAULTS[path, body], name
