"""The stacks, each started once for all tests here, and ended before any others run."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from stackgap.stacks import stacks
from tests.conformance.client import Client
from tests.conformance.server import CONTRACT_STACKS, Fleet, RunningStack


@pytest.fixture(scope="package")
def fleet() -> Iterator[Fleet]:
    """The running stacks by name."""
    servers = Fleet()
    try:
        yield servers
    finally:
        servers.stop()


@pytest.fixture(params=list(stacks()))
def any_stack(request: pytest.FixtureRequest, fleet: Fleet) -> RunningStack:
    """Each stack in turn, the bare quick starts included."""
    return fleet[request.param]


@pytest.fixture(params=CONTRACT_STACKS)
def stack(request: pytest.FixtureRequest, fleet: Fleet) -> RunningStack:
    """Each stack that is held to the contract in turn."""
    return fleet[request.param]


@pytest.fixture
def client(stack: RunningStack) -> Iterator[Client]:
    """A connection to `stack`."""
    with Client(stack.port) as connection:
        yield connection


@pytest.fixture(scope="package")
def clients(fleet: Fleet) -> Iterator[dict[str, Client]]:
    """A connection to every stack that is held to the contract, by the stack's name."""
    with ExitStack() as opened:
        yield {name: opened.enter_context(Client(fleet[name].port)) for name in CONTRACT_STACKS}
