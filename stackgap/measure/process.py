"""The engine that measures: servers are processes of this machine, pinned and guarded."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from statistics import median_low
from typing import IO, Any, Literal

import httpx
import msgspec

from stackgap import project
from stackgap.launch import LOOPBACK, Site, built_here, command
from stackgap.measure import counters, imports, load
from stackgap.measure.cores import Cores, pinned_to
from stackgap.measure.counters import MemoryReading
from stackgap.measure.engine import (
    ContainerReading,
    EngineError,
    ImportReading,
    Load,
    MachineReading,
    Resident,
    ServerDied,
    SliceReading,
    StaleBuild,
)
from stackgap.measure.guardian import guarded
from stackgap.measure.payload import CONTENT_TYPES
from stackgap.measure.servers import ProcessServer, Server
from stackgap.measure.workload import Workload
from stackgap.stacks import Stack

_HEALTHY_WITHIN_S = 60.0
_ENDS_WITHIN_S = 10.0
_LOADED_WINDOW_S = 0.3
_LOOK_EVERY_S = 0.005
_CANARIES = 3


@dataclass(frozen=True)
class Launched:
    """A server that has not answered yet. `started_ns` is when, by `time.perf_counter_ns`.

    `others` are processes that work for it without being part of it, by the account they are on.
    """

    stack: Stack
    replica: int
    host: str
    port: int
    server: Server
    started_ns: int
    log: Path
    others: dict[str, list[int]] = field(default_factory=dict)


class ProcessEngine:
    """See `engine.Engine`. Made by `process_engine`, which sees to its end."""

    name = "process"

    def __init__(
        self,
        workload: Workload,
        cores: Cores,
        build_hash: str,
        folder: Path,
        process_group: int,
        generator_mode: Literal["spin", "block"],
        site: Site | None = None,
    ) -> None:
        self.workload = workload
        self.site = site or built_here()
        self.cores = cores
        self._build_hash = build_hash
        self.folder = folder
        self.process_group = process_group
        self._generator_mode = generator_mode
        self._bodies = {
            payload: workload.write_bodies(folder, payload) for payload in CONTENT_TYPES
        }
        self._servers: dict[int, Server] = {}
        self._readers: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, stack: Stack, replica: int) -> Resident:
        """Starts a server on the servers' core; raises ServerDied or StaleBuild."""
        with self.launched(stack, replica) as fresh:
            return self.adopt(fresh)

    @contextmanager
    def launched(self, stack: Stack, replica: int, **environment: str) -> Iterator[Launched]:
        """A server's process right after exec, which is ended if the block fails.

        `environment` is put on top of its own. A ServerDied is raised with its last words.
        """
        port = free_port()
        log = self.log_of(stack, replica)
        order = command(stack, port, self.workload.equation, self.site)
        with self._sink(stack, log) as output, pinned_to(self.cores.server):
            started_ns = time.perf_counter_ns()
            process = subprocess.Popen(
                order.argv,
                env=order.complete_env() | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=self.process_group,
            )
        server = ProcessServer(process, log, self.process_group)
        with self.ended_if_it_fails(server, log):
            yield Launched(stack, replica, LOOPBACK, port, server, started_ns, log)

    @contextmanager
    def ended_if_it_fails(self, server: Server, log: Path) -> Iterator[None]:
        """Ends the server if the block fails, and puts its last words into a ServerDied."""
        try:
            yield
        except BaseException as failure:
            server.kill(())
            self._wait_for_reader(log)
            if isinstance(failure, ServerDied):
                raise type(failure)(f"{failure}\n{server.last_words()}") from None
            raise

    def log_of(self, stack: Stack, replica: int) -> Path:
        """A file for what a server prints."""
        handle, path = tempfile.mkstemp(".log", f"{stack.name}-{replica}-", self.folder)
        os.close(handle)
        return Path(path)

    def adopt(self, fresh: Launched) -> Resident:
        """The server, once it is healthy; raises ServerDied or StaleBuild."""
        health = wait_until_healthy(fresh.stack.name, fresh.host, fresh.port, fresh.server)
        startup_s = (time.perf_counter_ns() - fresh.started_ns) / 1e9
        self._refuse_stale(fresh.stack, health)
        pid = fresh.server.pid
        self._servers[pid] = fresh.server
        return Resident(
            stack=fresh.stack,
            replica=fresh.replica,
            host=fresh.host,
            port=fresh.port,
            pids=counters.process_tree(pid),
            startup_s=startup_s,
            health=health,
            log=fresh.log,
            others=fresh.others,
        )

    def stop(self, residents: list[Resident]) -> None:
        """Asks all to end, then waits; by force those that stay."""
        servers = [self._servers.pop(resident.pids[0]) for resident in residents]
        for server in servers:
            server.terminate()
            server.unpause()
        deadline = time.monotonic() + _ENDS_WITHIN_S
        for resident, server in zip(residents, servers, strict=True):
            server.wait(max(deadline - time.monotonic(), 0))
            server.kill(resident.pids[1:])
            self._wait_for_reader(resident.log)

    def pause(self, resident: Resident) -> None:
        """Stops the process. Several run on: who watches over others would take a pause for a
        fault of theirs."""
        if len(resident.pids) == 1:
            self.server_of(resident).pause()

    def unpause(self, resident: Resident) -> None:
        """Continues the process."""
        if len(resident.pids) == 1:
            self.server_of(resident).unpause()

    def server_of(self, resident: Resident) -> Server:
        """What it was started as."""
        return self._servers[resident.pids[0]]

    def containers(self, residents: list[Resident]) -> list[ContainerReading | None]:
        """See `engine.Engine`: there are none here."""
        return [None for _ in residents]

    def idle_cpu_ns(self, residents: list[Resident], window_s: float) -> list[int]:
        """CPU of each process tree while nobody asks it anything."""
        before = [tree_cpu_ns(resident) for resident in residents]
        time.sleep(window_s)
        after = [tree_cpu_ns(resident) for resident in residents]
        return [end - begin for begin, end in zip(before, after, strict=True)]

    def memory(self, resident: Resident) -> MemoryReading:
        """Raises ServerDied when one of its processes is gone."""
        try:
            return counters.memory(resident.pids)
        except ProcessLookupError as error:
            raise ServerDied(f"{resident.stack.name}: process {error} is gone") from error

    def loaded_memory(self, resident: Resident, connections: int) -> MemoryReading:
        """Looks every few milliseconds while the generator keeps its connections busy."""
        busy = Load(1.0, 0.0, _LOADED_WINDOW_S, connections, seed=0, closed=True)
        order = self.order(resident, busy)
        with self.blamed_on(resident), load.start(order, self.process_group) as generator:
            readings = [self.memory(resident)]
            while load.is_running(generator, _LOOK_EVERY_S):
                readings.append(self.memory(resident))
            burst = load.finish(generator)
        if burst.failed:
            raise ServerDied(f"{resident.stack.name} failed under load: {burst.failed}")
        return max(readings, key=lambda reading: reading.anonymous_bytes)

    def slice(self, resident: Resident, load_: Load) -> SliceReading:
        """One burst; CPU is read by the generator itself at the two ends of the window."""
        with self.blamed_on(resident):
            before = _injected(resident)
            burst = load.run(self.order(resident, load_), self.process_group)
            if burst.watch_lost:
                raise ServerDied(f"{resident.stack.name}: processes {burst.watch_lost} died")
            after = _injected(resident)
        return SliceReading(
            window_s=burst.window_ns / 1e9,
            scheduled=burst.scheduled,
            sent=burst.sent,
            ok=burst.ok,
            failed=burst.failed,
            window_ok=burst.window_ok,
            cpu_ns=_sum_of(resident.pids, burst),
            other_cpu_ns={name: _sum_of(pids, burst) for name, pids in resident.others.items()},
            latency_ns_histogram=burst.latency_ns_histogram,
            lateness_p99_ns=burst.lateness_p99_ns,
            generator_cpu_ns=burst.generator_cpu_ns,
            checked_answers=len(burst.samples),
            wrong_answers=self.wrong_answers(resident, burst),
            injected_cpu_ns=after.cpu_ns - before.cpu_ns if before and after else None,
            injected_requests=after.requests - before.requests if before and after else None,
            piece_requests=load_.piece_requests,
            cpu_ns_by_piece=_sums_by_piece(resident.pids, burst),
        )

    def wrong_answers(self, resident: Resident, burst: load.Burst) -> int:
        """How many of the equation's answers sampled in a burst are wrong."""
        return load.wrong_answers(burst, self.workload, resident.stack.payload)

    def machine(self) -> MachineReading:
        """The canary on the servers' core, the middle of three so that no lone interrupt counts;
        then steal and throttling so far."""
        return MachineReading(
            canary_ns=median_low(
                load.canary_ns(self.cores.server, self.process_group) for _ in range(_CANARIES)
            ),
            steal_ns=counters.steal_ns((self.cores.server, self.cores.generator)),
            throttled_ns=counters.throttled_ns(),
        )

    def import_ladder(self) -> list[ImportReading]:
        """On the servers' core; the application computes the workload's equation."""
        return imports.read_ladder(self.workload.equation, self.cores.server, self.process_group)

    def order(self, resident: Resident, load_: Load) -> load.BurstOrder:
        """What the generator is told, to put `load_` on a resident."""
        return load.BurstOrder(
            target=f"{resident.host}:{resident.port}",
            path=self.workload.path,
            bodies=self._bodies[resident.stack.payload],
            content_type=CONTENT_TYPES[resident.stack.payload],
            rate_hz=load_.rate_hz,
            lead_s=load_.lead_s,
            window_s=load_.window_s,
            connections=load_.connections,
            watch_pids=[*resident.pids, *chain.from_iterable(resident.others.values())],
            cpu=self.cores.generator,
            seed=load_.seed,
            sample_every=max(int(load_.rate_hz * load_.window_s) // load.SAMPLES, 1),
            mode=self._generator_mode,
            schedule={"kind": "burst" if load_.closed else "constant"},
            piece_requests=load_.piece_requests,
        )

    @contextmanager
    def blamed_on(self, resident: Resident) -> Iterator[None]:
        """A failure inside is raised as ServerDied, with how, where the server has died."""
        try:
            yield
        except (EngineError, httpx.TransportError):
            if ending := self.server_of(resident).ending():
                raise ending.death(f"{resident.stack.name} died") from None
            raise

    @contextmanager
    def _sink(self, stack: Stack, log: Path) -> Iterator[IO[bytes]]:
        """What a server is to write its log to: the file, or a pipe emptied into it."""
        with log.open("wb") as file:
            if stack.log_sink == "file":
                yield file
                return
            with pinned_to(self.cores.generator):
                # It ends when the last process that writes to it has ended.
                reader = subprocess.Popen(
                    ["cat"], stdin=subprocess.PIPE, stdout=file, process_group=self.process_group
                )
            self._readers[log] = reader
            assert reader.stdin is not None
            with reader.stdin as pipe:
                yield pipe

    def _wait_for_reader(self, log: Path) -> None:
        """Until what empties a pipe into this file, if that is how it is written, has ended."""
        reader = self._readers.pop(log, None)
        if reader is not None:
            reader.wait()

    def _refuse_stale(self, stack: Stack, health: dict[str, Any]) -> None:
        shown = health.get("build_hash")
        if shown is None and not stack.needs_rust:
            return
        if shown != self._build_hash:
            raise StaleBuild(
                f"{stack.name} runs build {shown}, the sources are {self._build_hash}: "
                "run `make build`"
            )


@contextmanager
def process_engine(
    workload: Workload,
    cores: Cores,
    build_hash: str,
    generator_mode: Literal["spin", "block"] = "spin",
) -> Iterator[ProcessEngine]:
    """An engine whose processes and files are gone after the block, however it is left.

    Raises StaleBuild as `prepared`.
    """
    with prepared(build_hash) as (folder, process_group):
        yield ProcessEngine(workload, cores, build_hash, folder, process_group, generator_mode)


@contextmanager
def prepared(build_hash: str) -> Iterator[tuple[Path, int]]:
    """A folder and a process group for an engine, both gone after the block.

    Raises StaleBuild when the load generator was built from other sources.
    """
    if (generator_hash := load.build_hash()) != build_hash:
        raise StaleBuild(
            f"the load generator is build {generator_hash}, the sources are {build_hash}: "
            "run `make build`"
        )
    # Logs go to memory: writing them to a disk would be part of the access log's cost.
    home = project.TMPFS if project.TMPFS.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="stackgap-", dir=home))
    with guarded(folder) as process_group:
        yield folder, process_group


class _Injected(msgspec.Struct, frozen=True):
    requests: int
    cpu_ns: int


def _injected(resident: Resident) -> _Injected | None:
    """What the server says it did on top of its work, if it was asked to."""
    if not resident.stack.injected:
        return None
    url = f"http://{resident.host}:{resident.port}/health"
    health = httpx.get(url, trust_env=False).json()
    return msgspec.convert(health["injected"], _Injected)


def wait_until_healthy(name: str, host: str, port: int, server: Server) -> dict[str, Any]:
    """The first answer of /health.

    Raises ServerDied when the server ends before, or does not answer within 60 s.
    """
    deadline = time.monotonic() + _HEALTHY_WITHIN_S
    with httpx.Client(base_url=f"http://{host}:{port}", trust_env=False) as client:
        while time.monotonic() < deadline:
            if ending := server.ending():
                raise ending.death(f"{name} did not start")
            try:
                health: dict[str, Any] = client.get("/health").raise_for_status().json()
                return health
            except httpx.TransportError:
                time.sleep(0.01)
            except httpx.HTTPStatusError as answer:
                raise ServerDied(f"{name}: {answer}") from None
    raise ServerDied(f"{name} did not become healthy within {_HEALTHY_WITHIN_S:.0f} s")


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on that loopback port now."""
    with socket.socket() as probe:
        # As servers do: a connection still in TIME_WAIT is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tree_cpu_ns(resident: Resident) -> int:
    """CPU time of a server's processes so far; raises ServerDied when one is gone."""
    try:
        return sum(counters.cpu_ns(pid) for pid in resident.pids)
    except ProcessLookupError as error:
        raise ServerDied(f"{resident.stack.name}: process {error} is gone") from error


def _sum_of(pids: Collection[int], burst: load.Burst) -> int:
    return sum(watch.cpu_ns for watch in burst.watch if watch.pid in pids)


def _sums_by_piece(pids: Collection[int], burst: load.Burst) -> tuple[int, ...]:
    own = (watch.cpu_ns_by_piece for watch in burst.watch if watch.pid in pids)
    return tuple(map(sum, zip(*own, strict=True)))
