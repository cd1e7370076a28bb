"""What tests share that need a Docker engine and the images."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from docker import DockerClient

from stackgap import build, images
from stackgap.measure import containers
from stackgap.measure.cores import choose
from stackgap.measure.docker_engine import DockerEngine, docker_engine
from stackgap.measure.engine import EngineError
from stackgap.measure.workload import Workload
from stackgap.records import ContainerLimits
from stackgap.run import store
from tests.conftest import require

LIMITS = ContainerLimits(memory_bytes=512 * 2**20)


@pytest.fixture(scope="session")
def client() -> Iterator[DockerClient]:
    """An engine of this machine that has the images, as `make test-docker` builds them."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(containers.connected())
            containers.refuse_elsewhere(found)
        except EngineError:
            require("docker", available=False)
            raise
        lacking = {*images.NAMES} - {own.name for own in images.built(found) if own.current}
        require("docker", available=not lacking)
        yield found


@pytest.fixture(scope="module")
def engine(client: DockerClient) -> Iterator[DockerEngine]:
    with (
        store.only_one(),
        docker_engine(Workload("ephemeris", 100), choose(), build.source_hash(), LIMITS) as started,
    ):
        yield started
