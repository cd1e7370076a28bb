"""How many containers fit, of readings that are known."""

import pytest

from stackgap.analyse.density import summaries
from stackgap.analyse.interval import NotEnough
from stackgap.probe_records import ColdStartSettings, DensitySettings, DensityStep
from tests.analyse.probe_records import AXUM, probe

MIB = 2**20
FIRST, FURTHER, BESIDE = 10 * MIB, 4 * MIB, 3 * MIB
SETTINGS = DensitySettings(containers=5)


def steps(generation: int, stack: str, containers: int = 5) -> list[DensityStep]:
    return [
        DensityStep(
            generation=generation,
            position=0,
            stack=stack,
            containers=count,
            shown_bytes=FIRST + FURTHER * (count - 1),
            anonymous_bytes=1,
            file_bytes=1,
            docker_anonymous_bytes=BESIDE * count,
        )
        for count in range(1, containers + 1)
    ]


def test_the_first_container_is_not_multiplied() -> None:
    own = summaries(probe(SETTINGS, steps, stacks=[AXUM]))[0]
    assert own.first_mib.estimate == pytest.approx(10)
    assert own.further_mib.estimate == pytest.approx(4)
    assert own.docker_mib.estimate == pytest.approx(3)
    assert own.fit.estimate == pytest.approx(1 + (1024 - 10) / 4)
    assert own.fit_with_docker.estimate == pytest.approx(1 + (1024 - 13) / 7)


def test_one_container_alone_tells_nothing_of_more() -> None:
    run = probe(SETTINGS, lambda number, stack: steps(number, stack, 1), stacks=[AXUM])
    own = summaries(run)[0]
    assert own.first_mib.estimate == pytest.approx(10)
    assert own.further_mib == own.fit == NotEnough(None, 0)


def test_another_probe_has_no_density() -> None:
    assert summaries(probe(ColdStartSettings(), lambda _number, _stack: [])) == ()
