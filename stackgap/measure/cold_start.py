"""A server from exec to its first right answer, and on until its cost is steady."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from tempfile import TemporaryDirectory

import msgspec

from stackgap.measure import counters
from stackgap.measure.cores import pinned_to
from stackgap.measure.engine import ServerDied
from stackgap.measure.payload import CONTENT_TYPES
from stackgap.measure.process import Launched, ProcessEngine
from stackgap.measure.workload import Workload
from stackgap.probe_records import ColdStartSettings
from stackgap.stacks import Stack

_ANSWERS_WITHIN_S = 120.0
# A refused connection costs tens of microseconds, on the generator's core.
_RETRY_EVERY_S = 0.0005


class ColdStartReading(msgspec.Struct, frozen=True):
    """What one start showed; see `probe_records.ColdStart` for the meaning of each field."""

    first_answer_ns: int
    first_latency_ns: int
    cpu_ns: int
    latency_ns: list[int]
    request_cpu_ns: list[int]
    checked_answers: int
    wrong_answers: int


class ColdStarts:
    """Starts servers and asks them, by one connection from the generator's core."""

    def __init__(self, engine: ProcessEngine) -> None:
        self._engine = engine

    def measure(self, stack: Stack, settings: ColdStartSettings) -> ColdStartReading:
        """One start, nothing compiled before; the server is gone afterwards.

        Raises ServerDied when it ends before, or does not answer, and StaleBuild.
        """
        engine = self._engine
        with (
            # Numba compiles as it would in a fresh container.
            TemporaryDirectory(dir=engine.folder, ignore_cleanup_errors=True) as cache,
            engine.launched(stack, 0, NUMBA_CACHE_DIR=cache) as fresh,
        ):
            with (
                pinned_to(engine.cores.generator),
                _blamed_on(fresh),
                closing(_Client(engine.workload, fresh)) as client,
            ):
                reading = _watched(fresh, client, settings)
            resident = engine.adopt(fresh)
            engine.stop([resident])
        return reading


class _Client:
    """Asks a server the requests of a workload, one after another, and keeps the answers."""

    def __init__(self, workload: Workload, fresh: Launched) -> None:
        self._workload = workload
        self._payload = fresh.stack.payload
        self._bodies = workload.bodies(self._payload)
        self._headers = {"Content-Type": CONTENT_TYPES[self._payload]}
        self._connection = HTTPConnection(fresh.host, fresh.port, timeout=_ANSWERS_WITHIN_S)
        self._name = fresh.stack.name
        self._asked = 0
        # To be checked when nothing is timed any more; a server repeats its answers.
        self._answers: set[tuple[int, bytes]] = set()

    def connect(self) -> bool:
        """Whether the server takes connections now."""
        with suppress(ConnectionError):
            self._connection.connect()
            return True
        return False

    def ask(self) -> int:
        """The time in nanoseconds that the next request took to its answer's last byte."""
        index = self._asked % len(self._bodies)
        self._asked += 1
        sent_ns = time.perf_counter_ns()
        self._connection.request("POST", self._workload.path, self._bodies[index], self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        latency_ns = time.perf_counter_ns() - sent_ns
        if answer.status != 200:
            raise ServerDied(f"{self._name} answered {answer.status}")
        self._answers.add((index, content))
        return latency_ns

    def checked(self) -> tuple[int, int]:
        """How many different answers there were, and how many of these are wrong."""
        wrong = sum(
            self._workload.worst_error_ulp(index, self._payload, content) is None
            for index, content in self._answers
        )
        return len(self._answers), wrong

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def _watched(fresh: Launched, client: _Client, settings: ColdStartSettings) -> ColdStartReading:
    _wait_for_connection(fresh, client)
    first_latency_ns = client.ask()
    first_answer_ns = time.perf_counter_ns() - fresh.started_ns
    pids = counters.process_tree(fresh.server.pid)
    cpu_ns = [_cpu_ns(pids)]
    latency_ns: list[int] = []
    deadline = time.monotonic() + settings.most_seconds
    while len(latency_ns) < settings.most_requests and time.monotonic() < deadline:
        latency_ns.append(client.ask())
        cpu_ns.append(_cpu_ns(pids))
    checked, wrong = client.checked()
    return ColdStartReading(
        first_answer_ns=first_answer_ns,
        first_latency_ns=first_latency_ns,
        cpu_ns=cpu_ns[0],
        latency_ns=latency_ns,
        request_cpu_ns=[after - before for before, after in pairwise(cpu_ns)],
        checked_answers=checked,
        wrong_answers=wrong,
    )


def _wait_for_connection(fresh: Launched, client: _Client) -> None:
    deadline = time.monotonic() + _ANSWERS_WITHIN_S
    while not client.connect():
        if ending := fresh.server.ending():
            raise ending.death(f"{fresh.stack.name} did not start")
        if time.monotonic() > deadline:
            raise ServerDied(
                f"{fresh.stack.name} took no connection within {_ANSWERS_WITHIN_S:.0f} s"
            )
        time.sleep(_RETRY_EVERY_S)


def _cpu_ns(pids: list[int]) -> int:
    return sum(counters.cpu_ns(pid) for pid in pids)


@contextmanager
def _blamed_on(fresh: Launched) -> Iterator[None]:
    """A connection that fails inside is raised as ServerDied."""
    try:
        yield
    except (OSError, HTTPException) as failure:
        if ending := fresh.server.ending():
            raise ending.death(f"{fresh.stack.name} died") from None
        raise ServerDied(f"{fresh.stack.name} failed: {failure!r}") from None
