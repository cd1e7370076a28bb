"""Servers in containers: reached, measured, limited, and gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from docker import DockerClient
from docker.models.containers import Container
from msgspec import structs

from stackgap.docker_labels import OWN_FILTER
from stackgap.images import needed
from stackgap.launch import LOOPBACK
from stackgap.measure import containers
from stackgap.measure.density import Density, DensityReading, FirstReading
from stackgap.measure.docker_engine import DockerEngine
from stackgap.measure.engine import Load, OutOfMemory, Resident, ServerDied
from stackgap.measure.process import free_port
from stackgap.probe_records import DensitySettings
from stackgap.records import GenerationEnded
from stackgap.run import runner, store
from stackgap.run.plan import make_plan
from stackgap.stacks import Stack, find, in_container, stacks
from tests.docker.conftest import LIMITS
from tests.run.pipeline import Quiet

LOAD = Load(rate_hz=200, lead_s=0.05, window_s=0.5, connections=4, seed=1)
KINDS = ("host", "bridge", "published", "docker-run")


@contextmanager
def served(engine: DockerEngine, stack: Stack) -> Iterator[Resident]:
    resident = engine.start(stack, 0)
    try:
        yield resident
    finally:
        engine.stop([resident])


def own_containers(client: DockerClient) -> list[Container]:
    found: list[Container] = client.containers.list(all=True, filters=OWN_FILTER)
    return found


@pytest.mark.parametrize("name", stacks())
def test_every_stack_answers_rightly_in_a_container(engine: DockerEngine, name: str) -> None:
    with served(engine, find(f"{name}@bridge")) as resident:
        reading = engine.slice(resident, LOAD)
        assert resident.health["stack"] == f"{name}@bridge"
    assert reading.failed == {}
    assert reading.ok == reading.scheduled > 0
    assert reading.checked_answers > 0
    assert reading.wrong_answers == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["fastapi-stock-python", "axum-stock"])
def test_a_stack_answers_over_every_kind_of_network(
    engine: DockerEngine, client: DockerClient, name: str, kind: str
) -> None:
    with served(engine, find(f"{name}@{kind}")) as resident:
        reading = engine.slice(resident, LOAD)
        assert len(own_containers(client)) == 1
    assert reading.failed == {}
    assert reading.cpu_ns > 0
    assert own_containers(client) == []


def test_what_works_for_a_server_has_accounts_of_its_own(engine: DockerEngine) -> None:
    with served(engine, find("fastapi-stock-python@docker-run")) as resident:
        reading = engine.slice(resident, LOAD)
    assert set(reading.other_cpu_ns) == {"docker-proxy", "dockerd", "containerd-shim"}
    assert all(taken > 0 for taken in reading.other_cpu_ns.values())


def test_no_process_of_dockers_stands_between_on_the_host_network(engine: DockerEngine) -> None:
    with served(engine, find("axum-stock@host")) as resident:
        assert engine.slice(resident, LOAD).other_cpu_ns == {}


def test_a_container_may_do_as_little_as_it_needs(
    engine: DockerEngine, client: DockerClient
) -> None:
    with served(engine, find("fastapi-quiet-rust@bridge")):
        host = own_containers(client)[0].attrs["HostConfig"]
        config = own_containers(client)[0].attrs["Config"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["Memory"] == host["MemorySwap"] == 512 * 2**20
    assert host["CpusetCpus"] == str(engine.cores.server)
    assert config["User"] not in ("", "0", "root", "0:0")
    assert config["Healthcheck"]["Test"] == ["NONE"]


def test_a_pure_python_image_holds_no_numpy(client: DockerClient) -> None:
    for name, held in (("fastapi-quiet-python", False), ("fastapi-quiet-numpy", True)):
        listed = client.containers.run(
            needed(client, find(name)),
            ["python", "-c", "import importlib.util as u; print(u.find_spec('numpy') is not None)"],
            remove=True,
            network_mode="none",
        )
        assert listed.decode().strip() == str(held)


def test_the_log_of_a_container_goes_to_a_file_as_that_of_a_process_does(
    engine: DockerEngine,
) -> None:
    with served(engine, find("fastapi-stock-python@bridge")) as resident:
        reading = engine.slice(resident, LOAD)
        logged = resident.log.read_text().count("POST /v1/ephemeris ")
    assert logged == reading.ok


def test_docker_stats_and_the_process_agree_on_anonymous_memory(engine: DockerEngine) -> None:
    with served(engine, find("fastapi-quiet-python@bridge")) as resident:
        (said,), seen = engine.containers([resident]), engine.memory(resident)
    assert said is not None
    assert said.anonymous_bytes == pytest.approx(seen.anonymous_bytes, rel=0.05)
    assert said.shown_bytes >= said.anonymous_bytes


def test_the_control_group_and_the_process_agree_on_cpu(engine: DockerEngine) -> None:
    with served(engine, find("fastapi-quiet-python@bridge")) as resident:
        engine.slice(resident, LOAD)
        (before,) = engine.containers([resident])
        reading = engine.slice(resident, Load(400, 0.0, 2.0, 4, seed=1))
        (after,) = engine.containers([resident])
    assert before is not None
    assert after is not None
    # The window is a part of what happens between the two.
    assert reading.cpu_ns <= after.cpu_ns - before.cpu_ns <= 1.1 * reading.cpu_ns


def test_a_paused_container_takes_no_cpu(engine: DockerEngine) -> None:
    with served(engine, find("fastapi-quiet-python@bridge")) as resident:
        engine.pause(resident)
        assert engine.idle_cpu_ns([resident], 0.3) == [0]
        engine.unpause(resident)
        assert engine.slice(resident, LOAD).failed == {}


@pytest.mark.skipif(os.getuid() != 0, reason="only root may drop what is in memory of files")
def test_on_a_cold_cache_the_first_container_is_charged_with_its_program(
    engine: DockerEngine, client: DockerClient
) -> None:
    settings = DensitySettings(containers=2, settle_s=0.1, cold_cache=True)
    first, one, two = Density(engine).steps(find("axum-stock@bridge"), settings)
    assert isinstance(first, FirstReading)
    assert isinstance(one, DensityReading)
    assert isinstance(two, DensityReading)
    assert (one.containers, two.containers) == (1, 2)
    assert two.shown_bytes > one.shown_bytes > 0
    program = first.mapped_bytes["/app/axum_api"]
    assert program > 2**20
    assert first.file_bytes >= program
    assert first.held_bytes >= first.anonymous_bytes + first.file_bytes
    assert first.held_bytes >= first.shown_bytes
    assert own_containers(client) == []


def test_a_process_beside_containers_runs_the_same_axum_binary(engine: DockerEngine) -> None:
    with served(engine, find("axum-stock")) as resident:
        program = psutil.Process(resident.pids[0]).exe()
    with served(engine, find("axum-stock@host")) as resident:
        inside = f"/proc/{resident.pids[0]}/exe"
        if os.access(inside, os.R_OK):
            with open(program, "rb") as here, open(inside, "rb") as there:
                assert here.read() == there.read()


def test_one_that_uses_up_its_memory_is_reported_as_that(engine: DockerEngine) -> None:
    modest = in_container(find("fastapi-quiet-python"), "bridge")
    hungry = structs.replace(modest, name="hungry", inject_anonymous_mb=600)
    with pytest.raises(
        OutOfMemory, match=r"hungry .*out of memory: killed at its limit of 512 MiB"
    ):
        engine.start(hungry, 0)


def test_one_that_dies_at_work_is_reported_as_dead(engine: DockerEngine) -> None:
    resident = engine.start(find("axum-stock@bridge"), 0)
    try:
        psutil.Process(resident.pids[0]).kill()
        with pytest.raises(ServerDied, match="axum-stock@bridge died"):
            engine.slice(resident, LOAD)
    finally:
        engine.stop([resident])


def test_a_server_out_of_memory_voids_its_generation_and_the_run_goes_on(
    engine: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fastapi, axum = find("fastapi-quiet-python@bridge"), find("axum-stock@bridge")
    start, pending = engine.start, [600]

    def starting(stack: Stack, replica: int) -> Resident:
        if pending and stack == fastapi:
            stack = structs.replace(stack, inject_anonymous_mb=pending.pop())
        return start(stack, replica)

    monkeypatch.setattr(engine, "start", starting)
    plan = make_plan(
        [fastapi, axum],
        equation="ephemeris",
        n=100,
        which_rates="high",
        generations=1,
        rounds=1,
        seed=1,
        reference=axum.name,
        containers=LIMITS,
    )
    begun = runner.started(plan, "run", {})
    file = store.create(tmp_path, begun)
    observer = Quiet()
    runner.run(engine, plan, {fastapi.name: fastapi, axum.name: axum}, file, [begun], observer)
    file.close()
    ended = [own for own in store.load(tmp_path / "run") if isinstance(own, GenerationEnded)]
    assert "fastapi-quiet-python@bridge" in ended[0].voided[0]
    assert "out of memory: killed at its limit of 512 MiB" in ended[0].voided[0]
    assert len(ended) > 1


def test_last_words_come_with_a_server_that_does_not_start(engine: DockerEngine) -> None:
    broken = structs.replace(find("fastapi-quiet-python@bridge"), codec="bytes", backend="python")
    with pytest.raises(ServerDied, match=r"did not start \(exit code \d+ in its container\)\n.+"):
        engine.start(broken, 0)


def test_containers_of_others_are_left_alone(engine: DockerEngine, client: DockerClient) -> None:
    other = client.containers.create(needed(client, find("axum-stock")))
    try:
        assert containers.clear(client) == 1  # the network of the engine
        assert client.containers.get(str(other.id)).id == other.id
    finally:
        other.remove(force=True)


def test_a_container_by_hand_is_healthy(client: DockerClient) -> None:
    image = needed(client, find("axum-stock"))
    port = free_port()
    published = {"8000/tcp": (LOOPBACK, port)}
    container = client.containers.run(image, detach=True, ports=published)
    try:
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(transport=transport, trust_env=False) as asking:
            assert asking.get(f"http://{LOOPBACK}:{port}/health").json()["status"] == "ok"
        code, said = container.exec_run(["/app/axum_api", "--port", "8000", "--healthy"])
        assert (code, said) == (0, b"")
    finally:
        container.remove(force=True)
