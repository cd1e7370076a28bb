"""Generated requests with one fault each: the same refusal from every stack, and no harm done."""

import os
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.conformance.cases import MARS, post
from tests.conformance.client import Client
from tests.conformance.faults import FAULTS, Fault
from tests.conformance.problems import OK, bound, outcomes
from tests.conformance.server import Fleet

_EXAMPLES = int(os.environ.get("STACKGAP_FAULTS", "200"))


@pytest.fixture(scope="module", autouse=True)
def _unharmed(fleet: Fleet, clients: Mapping[str, Client]) -> Iterator[None]:
    yield
    assert outcomes(clients, post(MARS)) == dict.fromkeys(clients, OK)
    assert all(fleet[name].alive for name in clients)


@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    derandomize="STACKGAP_FAULTS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(fault=FAULTS)
def test_a_request_with_one_fault_is_refused_alike(
    clients: Mapping[str, Client], fault: Fault
) -> None:
    event(fault.kind)
    asked = bound(clients, fault.request)
    assert outcomes(asked, fault.request) == dict.fromkeys(asked, fault.outcome)
