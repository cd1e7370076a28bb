"""Whole runs in containers: what they show, and that nothing is left of them."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient

from stackgap.docker_labels import OWN_FILTER
from stackgap.images import needed
from stackgap.records import ContainerStats
from stackgap.run import store
from stackgap.stacks import find

STACKGAP = (sys.executable, "-m", "tests.cli.undisturbed")
PAIR = ("--stack", "axum-stock", "--stack", "axum-stock@process", "--stack", "fastapi-quiet-rust")
SHORT = ("run", "--engine", "docker", *PAIR, "--generations", "1", "--rounds", "1")
INTERRUPTIONS = 20


@pytest.fixture
def bystander(client: DockerClient) -> Iterator[str]:
    """A container of somebody else's, from an image of ours."""
    container = client.containers.run(needed(client, find("axum-stock")), detach=True)
    try:
        yield str(container.id)
    finally:
        container.remove(force=True)


def left_over(client: DockerClient) -> list[object]:
    """All that carries our label."""
    return [
        *client.containers.list(all=True, filters=OWN_FILTER),
        *client.networks.list(filters=OWN_FILTER),
        *client.volumes.list(filters=OWN_FILTER),
    ]


def short_run(runs: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*STACKGAP, *SHORT, "--runs", str(runs)], capture_output=True, text=True, check=False
    )


def test_a_run_in_containers_says_what_these_add(client: DockerClient, tmp_path: Path) -> None:
    done = short_run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "What containers add" in done.stdout
    assert "Memory of the containers" in done.stdout
    records = store.load(next(tmp_path.iterdir()))
    said = [record for record in records if isinstance(record, ContainerStats)]
    assert {record.stack for record in said} == {"axum-stock@bridge", "fastapi-quiet-rust@bridge"}
    assert left_over(client) == []


def test_nothing_is_left_after_interruptions_at_any_time(
    client: DockerClient, bystander: str, tmp_path: Path
) -> None:
    drawn = random.Random(20261124)
    many = ("--generations", "50")
    for _ in range(INTERRUPTIONS):
        process = subprocess.Popen(
            [*STACKGAP, *SHORT, *many, "--runs", str(tmp_path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(drawn.uniform(0.5, 7.0))
        process.send_signal(drawn.choice([signal.SIGINT, signal.SIGTERM, signal.SIGKILL]))
        process.wait()
    done = short_run(tmp_path / "last")
    assert done.returncode == 0, done.stderr
    assert left_over(client) == []
    assert client.containers.get(bystander).status == "running"
