"""What is asked of every stack, and which answers are right."""

import json
from pathlib import Path

import pytest

from python_api.equations import load
from stackgap.measure.workload import Workload


def _answer(workload: Workload, index: int) -> dict[str, list[float]]:
    values = load("ephemeris", "python").compute_lists(**workload.requests[index])
    return dict(zip(("x_au", "y_au", "z_au"), map(list, values), strict=True))


def test_bodies_are_the_requests_as_json(tmp_path: Path) -> None:
    workload = Workload("ephemeris", 3)
    bodies = [json.loads(Path(path).read_text()) for path in workload.write_bodies(tmp_path)]
    assert bodies == workload.requests
    assert {len(body["times_jd"]) for body in bodies} == {3}


def test_a_right_answer_has_a_small_error() -> None:
    workload = Workload("ephemeris", 50)
    error_ulp = workload.worst_error_ulp(2, json.dumps(_answer(workload, 2)))
    assert error_ulp is not None
    assert 0 <= error_ulp < 24


@pytest.mark.parametrize("at", [0, -1], ids=["first", "last"])
def test_a_wrong_number_is_no_right_answer(at: int) -> None:
    workload = Workload("ephemeris", 50)
    answer = _answer(workload, 2)
    answer["y_au"][at] += 1e-12
    assert workload.worst_error_ulp(2, json.dumps(answer)) is None


def test_the_right_answer_to_another_request_is_wrong() -> None:
    workload = Workload("ephemeris", 5)
    assert workload.worst_error_ulp(0, json.dumps(_answer(workload, 1))) is None


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
    assert Workload("ephemeris", 1).worst_error_ulp(0, body) is None


def test_an_unknown_equation_is_told_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown equation 'tides'; known: ephemeris"):
        Workload("tides", 1)


def test_a_size_outside_the_limits_is_told() -> None:
    with pytest.raises(ValueError, match="1 to 100000, not 100001"):
        Workload("ephemeris", 100_001)
