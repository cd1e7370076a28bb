"""What servers burned on purpose, per request."""

import msgspec
import pytest

from stackgap.analyse import burned
from tests.analyse.factory import a_slice, cell

WHERE = cell("axum-stock")


def test_what_was_burned_is_spread_over_the_requests_of_a_generation() -> None:
    first, second, other = (
        msgspec.structs.replace(
            a_slice(WHERE, 100.0, generation), injected_cpu_ns=cpu_ns, injected_requests=requests
        )
        for generation, cpu_ns, requests in ((0, 6_000, 100), (0, 3_000, 50), (1, 500, 10))
    )
    assert burned.ns_per_request([first, second, other]) == {WHERE: {0: 60.0, 1: 50.0}}


def test_a_server_that_says_nothing_burned_nothing() -> None:
    assert burned.ns_per_request([a_slice(WHERE, 100.0)]) == {WHERE: {0: 0.0}}


@pytest.mark.parametrize("twin", [0, 1])
def test_twins_are_kept_apart(twin: int) -> None:
    own = cell("axum-stock", replica=twin)
    assert list(burned.ns_per_request([a_slice(own, 100.0)])) == [own]
