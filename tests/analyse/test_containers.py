"""What containers add, of records whose costs are known."""

from typing import Literal

import msgspec
import pytest

from stackgap.analyse.interval import Interval
from stackgap.analyse.summarise import summarise
from stackgap.records import AnyRecord, ContainerStats, Slice
from tests.analyse import factory

STACKS = {
    "fastapi-quiet-python": 240.0,
    "fastapi-quiet-rust": 180.0,
    "asgi-quiet-rust": 100.0,
    "axum-stock": 40.0,
    "axum-tuned": 35.0,
}
BRIDGE_ADDS = 7.0
MIB = factory.MIB


def records(adds: dict[str, float] | None = None) -> list[AnyRecord]:
    own = adds or dict.fromkeys(STACKS, BRIDGE_ADDS)
    costs = STACKS | {f"{name}@bridge": STACKS[name] + own[name] for name in STACKS}
    plan = factory.make_plan([factory.cell(name) for name in costs])
    plan = msgspec.structs.replace(plan, reference="axum-stock@bridge")
    return factory.run_records(plan, factory.constant(costs))


def test_what_a_container_adds_is_held_against_the_process_of_its_generation() -> None:
    added = {own.stack: own for own in summarise(records()).added}
    assert set(added) == set(STACKS)
    for name, own in added.items():
        assert own.container == "bridge"
        assert own.added_us.estimate == pytest.approx(BRIDGE_ADDS, abs=0.01)
        assert own.ratio.estimate == pytest.approx(1 + BRIDGE_ADDS / STACKS[name], rel=1e-3)


def test_what_others_take_is_on_an_account_of_its_own() -> None:
    run = [
        msgspec.structs.replace(record, other_cpu_ns={"docker-proxy": 30_000 * record.window_ok})
        if isinstance(record, Slice) and record.stack == "axum-stock@bridge"
        else record
        for record in records()
    ]
    added = {own.stack: own for own in summarise(run).added}
    assert added["axum-stock"].others_us["docker-proxy"].estimate == pytest.approx(30.0)
    assert added["axum-stock"].added_us.estimate == pytest.approx(BRIDGE_ADDS, abs=0.01)
    assert added["fastapi-quiet-rust"].others_us == {}


def test_the_rest_is_predicted_from_half_of_the_stacks_of_its_kind() -> None:
    found = summarise(records()).predicted
    assert {own.stack: own.learnt_from for own in found} == {
        "fastapi-quiet-rust": ("asgi-quiet-rust", "fastapi-quiet-python"),
        "axum-stock": ("axum-tuned",),
    }
    for own in found:
        assert isinstance(own.predicted_over_measured, Interval)
        assert own.predicted_over_measured.estimate == pytest.approx(1.0, abs=1e-3)


def test_a_stack_that_a_container_costs_more_is_predicted_too_low() -> None:
    uneven = dict.fromkeys(STACKS, BRIDGE_ADDS) | {"fastapi-quiet-rust": 60.0}
    found = summarise(records(uneven)).predicted
    assert found[0].predicted_over_measured.estimate == pytest.approx(187 / 240, rel=1e-3)


def test_memory_is_what_docker_says() -> None:
    shown_at: dict[Literal["idle", "loaded"], int] = {"idle": 4, "loaded": 6}
    said = [
        ContainerStats(
            number, "axum-stock@bridge", 0, moment, shown * MIB, 2 * MIB, 3 * MIB, 5, 1_000_000
        )
        for number in range(6)
        for moment, shown in shown_at.items()
    ]
    run = records()
    memory = summarise([*run[:1], *said, *run[1:]]).container_memory
    assert [own.stack for own in memory] == ["axum-stock@bridge"]
    assert memory[0].idle_shown_mib.estimate == 4
    assert memory[0].loaded_shown_mib.estimate == 6
    assert memory[0].loaded_anonymous_mib.estimate == 2
    assert memory[0].throttled_ms.estimate == 1


def test_a_run_of_processes_has_nothing_of_containers() -> None:
    plan = factory.make_plan([factory.cell(name) for name in STACKS])
    summary = summarise(factory.run_records(plan, factory.constant(STACKS)))
    assert (summary.added, summary.predicted, summary.container_memory) == ((), (), ())
