"""Containers of ours on the Docker engine: labelled, small in what they may do, and cleared away.

All that is made here carries the labels of `OWN`; by these alone it is found and removed again, so
nothing else on the engine is ever touched.
"""

import itertools
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import psutil
from docker import DockerClient
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container
from docker.types import LogConfig

from stackgap.docker_labels import OWN, OWN_FILTER
from stackgap.measure.engine import ContainerReading, EngineError
from stackgap.measure.servers import LOG_LINES, Ending, last_lines

_ANSWERS_WITHIN_S = 60
_LOOK_EVERY_S = 0.005
_LOOK_AGAIN_S = 0.0002
_LOG_BYTES = "10m"
# Enough for uvicorn's workers and Numba's threads.
_MOST_PROCESSES = 256
_SETTLES_WITHIN_S = 5.0


@contextmanager
def connected() -> Iterator[DockerClient]:
    """The engine that DOCKER_HOST or the chosen context names; EngineError if none answers."""
    try:
        client = docker.from_env(timeout=_ANSWERS_WITHIN_S)
        client.ping()
    except DockerException as error:
        raise EngineError(
            f"no Docker engine answers ({error}): start one, or name one in DOCKER_HOST"
        ) from None
    with closing(client):
        yield client


def refuse_elsewhere(client: DockerClient) -> None:
    """Raises EngineError unless the engine runs on this machine: CPU clocks are read here."""
    name = client.info().get("Name")
    # The one process every local engine has, whatever its socket is.
    if not engine_processes():
        raise EngineError(
            f"the Docker engine {name!r} is not a process of this machine: measuring reads the "
            "CPU clocks of what it runs, so run stackgap where the engine runs"
        )


def engine_processes() -> list[int]:
    """The process ids of dockerd."""
    return [
        process.pid
        for process in psutil.process_iter(["name"])
        if process.info["name"] == "dockerd"
    ]


@contextmanager
def network(client: DockerClient) -> Iterator[str]:
    """The name of a bridge of our own, and an engine without anything of ours before and after.

    Raises EngineError as `refuse_elsewhere`.
    """
    refuse_elsewhere(client)
    clear(client)
    name = f"stackgap-{os.getpid()}"
    client.networks.create(name, driver="bridge", labels=OWN)
    try:
        yield name
    finally:
        clear(client)


def clear(client: DockerClient) -> int:
    """Removes all containers and networks of ours, of runs that were killed too; how many."""
    removed = 0
    for container in client.containers.list(all=True, filters=OWN_FILTER, ignore_removed=True):
        with suppress(NotFound):
            container.remove(force=True, v=True)
            removed += 1
    for own in client.networks.list(filters=OWN_FILTER):
        with suppress(NotFound):
            own.remove()
            removed += 1
    return removed


def started(client: DockerClient, made: Mapping[str, Any]) -> Container:
    """A container made as `arguments` says, and started; raises EngineError where that fails."""
    try:
        container: Container = client.containers.create(**made)
        container.start()
    except APIError as error:
        raise EngineError(f"Docker does not start a container: {error.explanation}") from None
    return container


class ContainerServer:
    """A server in a container; see `servers.Server`.

    `memory_bytes` is what it may use, to be told if that is how it ends; `log` is where it prints
    what it does not print to Docker.
    """

    def __init__(self, container: Container, memory_bytes: int, log: Path) -> None:
        container.reload()
        self._container = container
        self._log = log
        self._said_to_docker: str | None = None
        self._memory_bytes = memory_bytes
        self._pid: int = container.attrs["State"]["Pid"]
        self._process = _running(self._pid)

    @property
    def pid(self) -> int:
        """Of its first process, as this machine counts them."""
        return self._pid

    @property
    def container_id(self) -> str:
        """By which the engine knows the container."""
        return str(self._container.id)

    def ending(self) -> Ending | None:
        """The exit code, or that it used more memory than it may."""
        # The engine is asked only when it matters: this is called while one waits for an answer.
        if self._pid and psutil.pid_exists(self._pid):
            return None
        deadline = time.monotonic() + _SETTLES_WITHIN_S
        state = self._state()
        while state.get("Running") and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY_S)
            state = self._state()
        if state.get("OOMKilled"):
            mebibytes = self._memory_bytes // 2**20
            return Ending(f"out of memory: killed at its limit of {mebibytes} MiB", True)
        return Ending(f"exit code {state.get('ExitCode')} in its container")

    def terminate(self) -> None:
        """SIGTERM to its first process."""
        with suppress(APIError):
            self._container.kill(signal="SIGTERM")

    def wait(self, timeout_s: float) -> bool:
        """See `servers.Server`."""
        deadline = time.monotonic() + timeout_s
        while psutil.pid_exists(self._pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY_S)
        return True

    def kill(self, pids: Sequence[int]) -> None:
        """Removes the container, and with it whatever runs in it: `pids` are among that."""
        self._said_to_docker = self._printed()
        with suppress(NotFound):
            self._container.remove(force=True, v=True)

    def pause(self) -> None:
        """SIGSTOP; returns when it has stopped. Not by way of the engine, which would be at work
        for it right before each window."""
        if self._process:
            with suppress(psutil.NoSuchProcess):
                self._process.suspend()
                while self._process.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
                    time.sleep(_LOOK_AGAIN_S)

    def unpause(self) -> None:
        """SIGCONT."""
        if self._process:
            with suppress(psutil.NoSuchProcess):
                self._process.resume()

    def last_words(self) -> str:
        """Of what it printed to Docker, which goes with the container, and of its log."""
        to_docker = self._said_to_docker if self._said_to_docker is not None else self._printed()
        return last_lines(f"{to_docker}\n{self._log.read_text(errors='replace')}".strip())

    def reading(self) -> ContainerReading:
        """What `docker stats` would be told now."""
        frame = self._container.stats(stream=False, one_shot=True)
        assert isinstance(frame, dict)
        return reading_of(frame)

    def address(self, network_name: str) -> str:
        """Its own on that network."""
        found: str = self._container.attrs["NetworkSettings"]["Networks"][network_name]["IPAddress"]
        return found

    def shim(self) -> int:
        """The process that containerd keeps beside the container."""
        return psutil.Process(self._pid).ppid()

    def _printed(self) -> str:
        try:
            printed: bytes = self._container.logs(tail=LOG_LINES)
        except APIError:
            return ""
        return printed.decode(errors="replace")

    def _state(self) -> Mapping[str, Any]:
        try:
            self._container.reload()
        except NotFound:
            return {"ExitCode": "unknown"}
        state: Mapping[str, Any] = self._container.attrs["State"]
        return state


def _running(pid: int) -> psutil.Process | None:
    """None where it has ended already: the engine then says 0."""
    try:
        return psutil.Process(pid) if pid else None
    except psutil.NoSuchProcess:
        return None


def reading_of(frame: Mapping[str, Any]) -> ContainerReading:
    """A frame of the engine's stats, with memory as `docker stats` shows it.

    That is what the control group holds but for files not used lately: the field is named
    `total_inactive_file` under cgroup v1 and `inactive_file` under v2.
    """
    memory = frame["memory_stats"]
    held, detail = memory["usage"], memory["stats"]
    version_1 = "total_inactive_file" in detail
    inactive = detail["total_inactive_file" if version_1 else "inactive_file"]
    return ContainerReading(
        held_bytes=held,
        shown_bytes=held - inactive if inactive < held else held,
        anonymous_bytes=detail["total_rss" if version_1 else "anon"],
        file_bytes=detail["total_cache" if version_1 else "file"],
        cpu_ns=frame["cpu_stats"]["cpu_usage"]["total_usage"],
        throttled_ns=frame["cpu_stats"]["throttling_data"]["throttled_time"],
    )


def cpu_share(frame: Mapping[str, Any]) -> float:
    """The part of one core between a frame of the engine's stats and the one before it, as `docker
    stats` computes it: by the time that all of the machine's cores had."""
    now, before = frame["cpu_stats"], frame["precpu_stats"]
    used = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    passed = now["system_cpu_usage"] - before["system_cpu_usage"]
    return float(used / passed * now["online_cpus"])


def proxies(port: int) -> list[int]:
    """The process ids of docker-proxy that listen on that port of this machine."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        words = process.info["cmdline"] or []
        if process.info["name"] == "docker-proxy" and _follows(words, "-host-port", str(port)):
            found.append(process.pid)
    return found


def _follows(words: Sequence[str], option: str, value: str) -> bool:
    return any(pair == (option, value) for pair in itertools.pairwise(words))


def pin(pids: Sequence[int], core: int) -> None:
    """Keeps processes with all their threads to a core, where this user may do that."""
    for pid in pids:
        with suppress(
            psutil.NoSuchProcess, psutil.AccessDenied, PermissionError, ProcessLookupError
        ):
            for thread in psutil.Process(pid).threads():
                os.sched_setaffinity(thread.id, {core})


def arguments(
    *, core: int, memory_bytes: int, cpus: float | None, log: Path | None
) -> dict[str, Any]:
    """How every container of ours is made: what it may use, and as little else as it needs.

    `log` is a file of this machine that it may write its log to.
    """
    # As another user this process could neither stop it nor read its memory; as root it can.
    user = os.getuid()
    limits: dict[str, Any] = {"nano_cpus": round(cpus * 1e9)} if cpus else {}
    if log:
        limits["volumes"] = {str(log): {"bind": "/log", "mode": "rw"}}
    return limits | {
        "detach": True,
        "labels": OWN,
        "cpuset_cpus": str(core),
        "mem_limit": memory_bytes,
        "memswap_limit": memory_bytes,
        "user": f"{user}:{os.getgid()}" if user else None,
        "read_only": True,
        "tmpfs": {"/tmp": "size=256m"},
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "pids_limit": _MOST_PROCESSES,
        "log_config": LogConfig(type=LogConfig.types.JSON, config={"max-size": _LOG_BYTES}),
        # A health check is a process of its own every so often: nothing that is measured has one.
        "healthcheck": {"test": ["NONE"]},
    }
