"""Our reading of the engine's frames, beside what `docker stats` prints of the same ones."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from typing import Any

import pytest
from docker import DockerClient
from docker.utils import parse_bytes

from stackgap.measure import containers
from stackgap.measure.docker_engine import DockerEngine
from stackgap.measure.engine import Load, Resident
from stackgap.stacks import find
from tests.conftest import require

FRAMES = 5
BUSY = Load(rate_hz=400, lead_s=0.0, window_s=3.0 * FRAMES, connections=4, seed=1)
WITHIN = 0.005
# Between two frames it moves the cursor about.
ROW = re.compile(r"\{.*?\}")


@contextmanager
def loaded(engine: DockerEngine, resident: Resident) -> Iterator[None]:
    """The resident answers requests for the length of the block."""
    load = threading.Thread(target=engine.slice, args=(resident, BUSY))
    load.start()
    try:
        yield
    finally:
        load.join()


def rows_printed(container_id: str) -> list[dict[str, str]]:
    """What the command prints, frame after frame."""
    command = ["docker", "stats", "--no-trunc", "--format", "{{json .}}", container_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = (json.loads(row) for line in process.stdout for row in ROW.findall(line))
        # It prints twice a second, and before the first frame a row without figures.
        frames = (row for row, _ in groupby(found) if not row["CPUPerc"].startswith("--"))
        rows = list(islice(frames, FRAMES))
        process.terminate()
    return rows


def frames_read(client: DockerClient, container_id: str, into: list[dict[str, Any]]) -> None:
    stream = client.api.stats(container_id, stream=True, decode=True)
    # The first has nothing before it to be held against.
    into += islice(stream, 1, FRAMES + 4)


def test_cpu_and_memory_are_those_of_docker_stats(
    engine: DockerEngine, client: DockerClient
) -> None:
    require("docker")
    resident = engine.start(find("fastapi-quiet-python@bridge"), 0)
    try:
        container_id = engine.server_of(resident).container_id  # type: ignore[attr-defined]
        frames: list[dict[str, Any]] = []
        with loaded(engine, resident):
            reading = threading.Thread(target=frames_read, args=(client, container_id, frames))
            reading.start()
            printed = rows_printed(container_id)
            reading.join()
    finally:
        engine.stop([resident])
    ours = [
        (100 * containers.cpu_share(frame), containers.reading_of(frame).shown_bytes)
        for frame in frames
    ]
    theirs = [
        (
            float(row["CPUPerc"].rstrip("%")),
            parse_bytes(row["MemUsage"].split(" / ")[0].replace("i", "")),
        )
        for row in printed
    ]
    # Both are sent the same frames, but neither need see the first or the last of the other's.
    same = [
        (own, other) for own in ours for other in theirs if own == pytest.approx(other, rel=WITHIN)
    ]
    assert len(same) >= FRAMES - 2, f"ours {ours}, theirs {theirs}"
