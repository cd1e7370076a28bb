"""Drives the load generator: one process a burst, JSON in, JSON out."""

import json
import subprocess
from typing import Literal

import msgspec

from stackgap import project
from stackgap.measure.cores import pinned_to
from stackgap.measure.engine import EngineError
from stackgap.measure.workload import Workload
from stackgap.records import Histogram
from stackgap.stacks import Payload

SAMPLES = 4
"""Answers of a burst that are returned to be checked, if it holds so many."""


class Watch(msgspec.Struct, frozen=True):
    """CPU time one watched process took between the two ends of the window, and in its pieces."""

    pid: int
    cpu_ns: int
    cpu_ns_by_piece: list[int]


class Sample(msgspec.Struct, frozen=True):
    """The body of one response, and which of the request bodies it answers.

    It comes as text or, where it is none, in Base64.
    """

    body_index: int
    body: str | None = None
    body_base64: bytes = b""

    @property
    def content(self) -> bytes:
        """The body as it was received."""
        return self.body_base64 if self.body is None else self.body.encode()


class Burst(msgspec.Struct, frozen=True):
    """What the generator reports of one burst."""

    scheduled: int
    sent: int
    ok: int
    failed: dict[str, int]
    window_ok: int
    window_ns: int
    watch: list[Watch]
    latency_ns_histogram: Histogram
    lateness_p99_ns: int
    generator_cpu_ns: int
    samples: list[Sample]
    watch_lost: list[int] = []


class BurstOrder(msgspec.Struct, frozen=True, omit_defaults=False):
    """What the generator is told; the fields are those of `stackgap-load run`."""

    target: str
    path: str
    bodies: list[str]
    rate_hz: float
    lead_s: float
    window_s: float
    connections: int
    watch_pids: list[int]
    cpu: int
    seed: int
    sample_every: int
    content_type: str
    method: str = "POST"
    # Long enough for Numba to compile under the first request.
    drain_s: float = 30.0
    mode: Literal["spin", "block"] = "spin"
    schedule: dict[str, str] = msgspec.field(default_factory=lambda: {"kind": "constant"})
    max_samples: int = SAMPLES
    piece_requests: int = 0


def run(order: BurstOrder, process_group: int) -> Burst:
    """Runs one burst inside `process_group` and returns its report.

    Raises EngineError with the generator's own message when it could not do its work.
    """
    process = start(order, process_group)
    return finish(process)


def start(order: BurstOrder, process_group: int) -> subprocess.Popen[bytes]:
    """Starts a burst inside `process_group`; `finish` waits for its end."""
    process = _spawn(["run"], order.cpu, process_group)
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(order))
    process.stdin.close()
    process.stdin = None
    return process


def is_running(process: subprocess.Popen[bytes], wait_s: float) -> bool:
    """Whether a started burst goes on after `wait_s`; what it says meanwhile is kept."""
    try:
        # Polling would not do: a generator that nobody reads from never ends.
        process.communicate(timeout=wait_s)
    except subprocess.TimeoutExpired:
        return True
    return False


def finish(process: subprocess.Popen[bytes]) -> Burst:
    """The report of a started burst; raises EngineError as `run` does."""
    return msgspec.json.decode(_output(process), type=Burst)


def wrong_answers(burst: Burst, workload: Workload, payload: Payload) -> int:
    """How many of the answers sampled in a burst are wrong."""
    return sum(
        workload.worst_error_ulp(sample.body_index, payload, sample.content) is None
        for sample in burst.samples
    )


def canary_ns(core: int, process_group: int) -> int:
    """How long a fixed piece of spinning and pointer chasing takes on `core` now."""
    arguments = ["canary", "--cpu", str(core)]
    timings: dict[str, int] = json.loads(_output(_spawn(arguments, core, process_group)))
    return timings["spin_ns"] + timings["chase_ns"]


def build_hash() -> str:
    """The hash of the sources the generator was built from."""
    said = subprocess.check_output([project.binary("stackgap-load"), "version"])
    found: str = json.loads(said)["build_hash"]
    return found


def _spawn(arguments: list[str], core: int, process_group: int) -> subprocess.Popen[bytes]:
    path = project.binary("stackgap-load")
    with pinned_to(core):
        return subprocess.Popen(
            [path, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=process_group,
        )


def _output(process: subprocess.Popen[bytes]) -> bytes:
    stdout, stderr = process.communicate()
    if process.returncode != 0:
        raise EngineError(
            f"load generator: exit code {process.returncode}: {stderr.decode().strip()}"
        )
    return stdout
