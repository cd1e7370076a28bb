"""What is asked of every stack, and which answers are right."""

import json
import struct
from math import nan
from pathlib import Path

import pytest

from python_api.equations import load
from stackgap.measure.workload import Workload


def _answer(workload: Workload, index: int) -> dict[str, list[float]]:
    values = load("ephemeris", "python").compute_lists(**workload.requests[index])
    return dict(zip(("x_au", "y_au", "z_au"), map(list, values), strict=True))


def _error_ulp(workload: Workload, index: int, answer: dict[str, list[float]]) -> float | None:
    return workload.worst_error_ulp(index, "json", json.dumps(answer).encode())


def _as_float64(answer: dict[str, list[float]]) -> bytes:
    doubles = [number for array in answer.values() for number in array]
    return struct.pack(f"<{len(doubles)}d", *doubles)


def test_bodies_are_the_requests_as_json(tmp_path: Path) -> None:
    workload = Workload("ephemeris", 3)
    paths = workload.write_bodies(tmp_path, "json")
    bodies = [json.loads(Path(path).read_text()) for path in paths]
    assert bodies == workload.requests
    assert {len(body["times_jd"]) for body in bodies} == {3}


def test_bodies_of_doubles_have_single_values_first_and_a_choice_by_its_place(
    tmp_path: Path,
) -> None:
    workload = Workload("ephemeris", 3)
    paths = workload.write_bodies(tmp_path, "float64")
    for place, (path, request) in enumerate(zip(paths, workload.requests, strict=True)):
        body = Path(path).read_bytes()
        assert struct.unpack("<4d", body) == (place, *request["times_jd"])
    [request, *_] = Workload("lorenz", 7).requests
    [body, *_] = Workload("lorenz", 7).bodies("float64")
    assert struct.unpack("<5d", body) == (request["dt"], 7.0, *request["state"])


def test_bodies_of_either_payload_lie_beside_each_other(tmp_path: Path) -> None:
    workload = Workload("ephemeris", 3)
    paths = workload.write_bodies(tmp_path, "json") + workload.write_bodies(tmp_path, "float64")
    assert len(set(paths)) == 2 * len(workload.requests)


def test_a_right_answer_has_a_small_error() -> None:
    workload = Workload("ephemeris", 50)
    error_ulp = _error_ulp(workload, 2, _answer(workload, 2))
    assert error_ulp is not None
    assert 0 <= error_ulp < 24


def test_an_answer_in_doubles_has_the_error_that_it_has_in_json() -> None:
    workload = Workload("ephemeris", 50)
    answer = _answer(workload, 2)
    error_ulp = workload.worst_error_ulp(2, "float64", _as_float64(answer))
    assert error_ulp == _error_ulp(workload, 2, answer)
    answer["z_au"][-1] += 1e-12
    assert workload.worst_error_ulp(2, "float64", _as_float64(answer)) is None


@pytest.mark.parametrize(
    "body", [b"", b"\0", bytes(23), bytes(48), b"[" * 24, struct.pack("<3d", nan, nan, nan)]
)
def test_what_is_no_answer_in_doubles_is_no_right_answer(body: bytes) -> None:
    assert Workload("ephemeris", 1).worst_error_ulp(0, "float64", body) is None


@pytest.mark.parametrize("at", [0, -1], ids=["first", "last"])
def test_a_wrong_number_is_no_right_answer(at: int) -> None:
    workload = Workload("ephemeris", 50)
    answer = _answer(workload, 2)
    answer["y_au"][at] += 1e-12
    assert _error_ulp(workload, 2, answer) is None


def test_the_right_answer_to_another_request_is_wrong() -> None:
    workload = Workload("ephemeris", 5)
    assert _error_ulp(workload, 0, _answer(workload, 1)) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"x_au":[],"y_au":[],"z_au":[]}',
        '{"x_au":null,"y_au":null,"z_au":null}',
        '{"x_au":["1"],"y_au":["1"],"z_au":["1"]}',
        '{"x_au":[NaN],"y_au":[NaN],"z_au":[NaN]}',
        "<html>",
    ],
)
def test_what_is_no_answer_is_no_right_answer(body: str) -> None:
    assert Workload("ephemeris", 1).worst_error_ulp(0, "json", body.encode()) is None


def test_an_unknown_equation_is_told_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown equation 'tides'; known: ephemeris"):
        Workload("tides", 1)


def test_a_size_outside_the_limits_is_told() -> None:
    with pytest.raises(ValueError, match="1 to 100000, not 100001"):
        Workload("ephemeris", 100_001)
