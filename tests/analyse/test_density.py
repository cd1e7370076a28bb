"""How many containers fit, and what the first one holds, of readings that are known."""

import pytest
from msgspec.structs import replace

from stackgap.analyse.density import firsts, summaries
from stackgap.analyse.interval import NotEnough
from stackgap.probe_records import ColdStartSettings, DensitySettings, FirstContainer
from tests.analyse.probe_records import AXUM, MIB, density_steps, first_container, probe

SETTINGS = DensitySettings(containers=5)


def test_the_first_container_is_not_multiplied() -> None:
    own = summaries(probe(SETTINGS, density_steps, stacks=[AXUM]))[0]
    assert own.first_mib.estimate == pytest.approx(10)
    assert own.further_mib.estimate == pytest.approx(4)
    assert own.docker_mib.estimate == pytest.approx(3)
    assert own.fit.estimate == pytest.approx(1 + (1024 - 10) / 4)
    assert own.fit_with_docker.estimate == pytest.approx(1 + (1024 - 13) / 7)


def test_one_container_alone_tells_nothing_of_more() -> None:
    run = probe(SETTINGS, lambda number, stack: density_steps(number, stack, 1), stacks=[AXUM])
    own = summaries(run)[0]
    assert own.first_mib.estimate == pytest.approx(10)
    assert own.further_mib == own.fit == NotEnough(None, 0)


def test_another_probe_has_no_density() -> None:
    assert summaries(probe(ColdStartSettings(), lambda _number, _stack: [])) == ()


def test_all_that_the_first_container_holds_adds_up() -> None:
    (own,) = firsts(probe(SETTINGS, lambda *of: [first_container(*of)], stacks=[AXUM]))
    parts = (own.anonymous_mib, own.mapped_mib, own.read_mib, own.kernel_mib)
    assert [part.estimate for part in parts] == pytest.approx([10, 4, 2, 1])
    assert own.held_mib.estimate == pytest.approx(17)
    assert own.shown_mib.estimate == pytest.approx(12)
    assert dict(own.largest_mib) == pytest.approx({"axum_api": 3, "libc": 1})


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/usr/bin/python3.11", "python3.11"),
        ("/usr/lib/libcrypto.so.3", "libcrypto"),
        ("/venv/lib/_pydantic_core.cpython-311-x86_64-linux-gnu.so", "_pydantic_core"),
        ("/app/python_api/_rust_ext.abi3.so", "_rust_ext"),
    ],
)
def test_a_library_is_named_without_version_and_interpreter(path: str, name: str) -> None:
    def seen(number: int, stack: str) -> list[FirstContainer]:
        return [replace(first_container(number, stack), mapped_bytes={path: MIB})]

    (own,) = firsts(probe(SETTINGS, seen, stacks=[AXUM]))
    assert dict(own.largest_mib) == {name: 1.0}


def test_a_stack_that_was_not_looked_at_has_no_first_container() -> None:
    assert firsts(probe(SETTINGS, density_steps, stacks=[AXUM])) == ()
