"""Runs and probes that have containers: what is planned, recorded, and refused."""

from pathlib import Path

import msgspec
import pytest

from stackgap.measure.fake import FakeEngine
from stackgap.misuse import MisuseError
from stackgap.placement import contained
from stackgap.probe_records import DensitySettings
from stackgap.records import ContainerLimits, ContainerStats, Plan
from stackgap.run import runner, store
from stackgap.run.plan import DOCKER_STACKS, PlanError, full_plan, make_plan
from stackgap.run.probes import plan as probes
from stackgap.stacks import find, stacks
from tests.run.pipeline import Quiet

LIMITS = ContainerLimits(2**29)
AXUM, FASTAPI = "axum-stock@bridge", "fastapi-quiet-python@bridge"
PROCESS = "axum-stock"


def planned(*names: str, limits: ContainerLimits | None = LIMITS) -> Plan:
    return make_plan(
        [find(name) for name in names],
        equation="ephemeris",
        n=100,
        which_rates="claim",
        generations=1,
        rounds=1,
        seed=1,
        reference=AXUM,
        containers=limits,
    )


def test_what_docker_says_is_recorded_beside_the_memory_of_containers_alone(
    tmp_path: Path,
) -> None:
    plan = planned(AXUM, PROCESS)
    begun = runner.started(plan, "run", {})
    file = store.create(tmp_path, begun)
    engine = FakeEngine({AXUM: 40.0, PROCESS: 38.0})
    known = {name: find(name) for name in (AXUM, PROCESS)}
    runner.run(engine, plan, known, file, [begun], Quiet())
    said = [own for own in store.load(tmp_path / "run") if isinstance(own, ContainerStats)]
    assert {own.stack for own in said} == {AXUM}
    assert [own.moment for own in said if not own.replica] == ["idle", "loaded"]


def test_a_stack_of_the_claim_has_both_rates_in_a_container_too() -> None:
    names = {cell.rate_name for cell in planned(AXUM, FASTAPI).cells if cell.stack == FASTAPI}
    assert names == {"high", "low"}


def test_elsewhere_than_the_reference_the_claim_has_one_rate() -> None:
    published = "fastapi-quiet-python@published"
    names = {cell.rate_name for cell in planned(AXUM, published).cells if cell.stack == published}
    assert names == {"high"}


def test_a_run_of_docker_compares_containers_with_processes_and_networks() -> None:
    plan = planned(*DOCKER_STACKS)
    own = {cell.stack for cell in plan.cells}
    for name in ("axum-stock", "fastapi-quiet-python"):
        assert {name, *(f"{name}@{kind}" for kind in ("host", "bridge", "published"))} <= own
    assert {f"fastapi-quickstart@{kind}" for kind in ("docker-run", "bridge")} <= own


def test_a_container_without_limits_is_refused() -> None:
    with pytest.raises(PlanError, match=r"axum-stock@bridge is in a container: .*--engine docker"):
        planned(AXUM, PROCESS, limits=None)


def test_the_whole_ladder_divides_between_containers_as_between_processes() -> None:
    def full(kind: str | None) -> Plan:
        return full_plan(
            stacks(),
            [],
            equation="ephemeris",
            n=100,
            generations=1,
            rounds=1,
            seed=1,
            most_generations=1,
            container=kind,  # type: ignore[arg-type]
            containers=LIMITS if kind else None,
        )

    inside, outside = full("bridge").factorial, full(None).factorial
    assert inside is not None
    assert outside is not None
    assert inside.members == {
        contained(name, "bridge"): changed for name, changed in outside.members.items()
    }
    assert [step.stack for step in inside.last] == [
        contained(step.stack, "bridge") for step in outside.last
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("axum-stock@pod", r"no stack 'axum-stock@pod'; in containers there are: axum-stock@host"),
        ("actix@bridge", "no stack 'actix'; known: "),
    ],
)
def test_an_unknown_container_is_told_with_those_there_are(name: str, message: str) -> None:
    with pytest.raises(MisuseError, match=message):
        find(name)


def test_a_stack_in_a_container_is_the_same_stack() -> None:
    own, inside = find("fastapi-stock-python"), find("fastapi-stock-python@published")
    assert msgspec.structs.replace(inside, name=own.name, container=None) == own
    assert find("fastapi-stock-python@process") is own
    assert find("fastapi-stock-python@docker-run").log_sink == "docker"


def test_a_probe_is_of_containers_where_limits_are_given() -> None:
    plan = probes.make_plan(
        ["axum-stock", "axum-stock@process"],
        DensitySettings(),
        equation="ephemeris",
        n=100,
        generations=1,
        seed=1,
        containers=LIMITS,
    )
    assert plan.stacks == ["axum-stock@bridge", "axum-stock@process"]
    assert plan.reference == "axum-stock@bridge"
