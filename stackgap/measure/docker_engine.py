"""The engine that measures servers in containers, and beside them processes of this machine.

What is measured of a container is measured as of a process: by the CPU clocks and memory maps of
what runs in it, read on this machine. So two figures that differ do not differ in how they came
about. What Docker itself says of the container is recorded beside.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from docker import DockerClient

from stackgap import images
from stackgap.launch import LOOPBACK, Command, command
from stackgap.measure import containers
from stackgap.measure.containers import ContainerServer
from stackgap.measure.cores import Cores
from stackgap.measure.engine import ContainerReading, Resident
from stackgap.measure.process import Launched, ProcessEngine, free_port, prepared
from stackgap.measure.workload import Workload
from stackgap.records import ContainerLimits
from stackgap.stacks import Stack

# Every container has an address of its own; what the port is there is nobody else's business.
_PORT = 8000
_EVERYWHERE = "0.0.0.0"
_LOG_IN_CONTAINER = "/log"
_NUMBA_CACHE = "/tmp/numba"
_WRITABLE_BY_ALL = 0o666


class DockerEngine(ProcessEngine):
    """See `engine.Engine`. Made by `docker_engine`, which sees to its end."""

    name = "docker"

    def __init__(
        self,
        workload: Workload,
        cores: Cores,
        build_hash: str,
        folder: Path,
        process_group: int,
        generator_mode: Literal["spin", "block"],
        *,
        client: DockerClient,
        network: str,
        limits: ContainerLimits,
    ) -> None:
        # The same binary as in the containers.
        site = images.static_site()
        super().__init__(workload, cores, build_hash, folder, process_group, generator_mode, site)
        self._client = client
        self._network = network
        self.limits = limits
        # To find that an image is up to date takes reading all that it is made of.
        self._image_for = cache(partial(images.needed, client))

    @contextmanager
    def launched(self, stack: Stack, replica: int, **environment: str) -> Iterator[Launched]:
        """A server in its container right after that was started, or a process; it is ended if the
        block fails. `environment` names places of this machine: a container has its own."""
        if stack.container is None:
            with super().launched(stack, replica, **environment) as fresh:
                yield fresh
            return
        port = _PORT if stack.container == "bridge" else free_port()
        log = self.log_of(stack, replica)
        made = self._arguments(stack, port, log)
        started_ns = time.perf_counter_ns()
        container = containers.started(self._client, made)
        server = ContainerServer(container, self.limits.memory_bytes, log)
        with self.ended_if_it_fails(server, log):
            host = server.address(self._network) if stack.container == "bridge" else LOOPBACK
            others = self._others(stack, port, server)
            yield Launched(stack, replica, host, port, server, started_ns, log, others)

    def containers(self, residents: list[Resident]) -> list[ContainerReading | None]:
        """See `engine.Engine`. All are asked at once: Docker looks once a second, and each answer
        waits for its next look."""
        with ThreadPoolExecutor(max(len(residents), 1)) as threads:
            return list(threads.map(self._said_of, residents))

    def _said_of(self, resident: Resident) -> ContainerReading | None:
        server = self.server_of(resident)
        return server.reading() if isinstance(server, ContainerServer) else None

    def beside(self, resident: Resident) -> list[int]:
        """The processes that Docker keeps for a resident's container alone."""
        server = self.server_of(resident)
        own = [server.shim()] if isinstance(server, ContainerServer) else []
        return [*own, *resident.others.get("docker-proxy", ())]

    def _others(self, stack: Stack, port: int, server: ContainerServer) -> dict[str, list[int]]:
        """Who else works for a request: each of them takes CPU that is not the server's."""
        others = {}
        if stack.container in ("published", "docker-run"):
            proxies = containers.proxies(port)
            containers.pin(proxies, self.cores.server)
            others["docker-proxy"] = proxies
        if stack.log_sink == "docker":
            others["dockerd"] = containers.engine_processes()
            others["containerd-shim"] = [server.shim()]
        return others

    def _arguments(self, stack: Stack, port: int, log: Path) -> dict[str, Any]:
        to_file = stack.access_log and stack.log_sink == "file"
        # The container's user is none of this machine's.
        log.chmod(_WRITABLE_BY_ALL)
        order = _order(stack, port, self.workload.equation, to_file=to_file)
        made = containers.arguments(
            core=self.cores.server,
            memory_bytes=self.limits.memory_bytes,
            cpus=self.limits.cpus,
            log=log if to_file else None,
        )
        return (
            made
            | {
                "image": self._image_for(stack),
                "entrypoint": order.argv[:1],
                "command": order.argv[1:],
                # All files of a container are fresh, and these alone can be written.
                "environment": order.env | {"NUMBA_CACHE_DIR": _NUMBA_CACHE},
            }
            | self._connected(stack, port)
        )

    def _connected(self, stack: Stack, port: int) -> dict[str, Any]:
        match stack.container:
            case "host":
                return {"network_mode": "host"}
            case "bridge":
                return {"network": self._network}
            case _:
                return {"network": self._network, "ports": {f"{_PORT}/tcp": (LOOPBACK, port)}}


def _order(stack: Stack, port: int, equation: str, *, to_file: bool) -> Command:
    """The command inside; the port outside is `port`."""
    outside = stack.container == "host"
    site = images.site(LOOPBACK if outside else _EVERYWHERE)
    order = command(stack, port if outside else _PORT, equation, site)
    if not to_file:
        return order
    into = [site.python, "-m", "python_api.log_to", _LOG_IN_CONTAINER]
    return Command([*into, *order.argv], order.env)


def of_docker(stacks: Iterable[Stack]) -> dict[str, Any]:
    """The engine, and the images that these stacks are started from; raises EngineError without an
    engine, and images.ImageError where one is not up to date."""
    with containers.connected() as client:
        found = client.info()
        return {
            "engine": found["ServerVersion"],
            "cgroup": found["CgroupVersion"],
            "storage": found["Driver"],
            "images": {
                images.tag(images.name_for(stack)): images.needed(client, stack) for stack in stacks
            },
        }


@contextmanager
def docker_engine(
    workload: Workload,
    cores: Cores,
    build_hash: str,
    limits: ContainerLimits,
    generator_mode: Literal["spin", "block"] = "spin",
) -> Iterator[DockerEngine]:
    """An engine whose containers, networks, processes and files are gone after the block, however
    it is left; what a killed one left behind is cleared away first.

    Raises EngineError without a Docker engine on this machine, and StaleBuild as `prepared`.
    """
    with (
        containers.connected() as client,
        prepared(build_hash) as (folder, process_group),
        containers.network(client) as network,
    ):
        yield DockerEngine(
            workload,
            cores,
            build_hash,
            folder,
            process_group,
            generator_mode,
            client=client,
            network=network,
            limits=limits,
        )
