"""Each row of the contract, asked of each stack and compared between them."""

from collections.abc import Mapping

import pytest

from tests.conformance.cases import CASES, SEVERAL_FAULTS, Case, post
from tests.conformance.client import Client
from tests.conformance.problems import bound, outcome, outcomes

_GOOD = [case for case in CASES if case.same_as is not None]


def _name(case: Case) -> str:
    return case.name


def test_case_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_every_stack_answers_as_the_contract_says(
    clients: Mapping[str, Client], case: Case
) -> None:
    asked = bound(clients, case.request)
    assert outcomes(asked, case.request) == dict.fromkeys(asked, case.outcome)


@pytest.mark.parametrize("case", _GOOD, ids=_name)
def test_another_spelling_of_a_body_gets_the_same_bytes(
    clients: Mapping[str, Client], case: Case
) -> None:
    assert case.same_as is not None
    for name, client in clients.items():
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
