"""The problem documents."""

import json

import pytest

from python_api.stacks import problems
from python_api.stacks.problems import Fault, ProblemError

KINDS = [
    problems.NOT_FOUND,
    problems.METHOD_NOT_ALLOWED,
    problems.BODY_TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.INTERNAL_ERROR,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_a_document_has_four_members_and_no_errors(kind: problems.Kind) -> None:
    assert json.loads(ProblemError(kind, "why").document()) == {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": int(kind.status),
        "detail": "why",
    }


def test_an_invalid_body_lists_every_fault() -> None:
    faults = [Fault("/planet", "unknown"), Fault("/times_jd/3", "too late")]
    document = json.loads(problems.invalid_body(faults).document())
    assert document["status"] == 422
    assert document["errors"] == [
        {"pointer": "/planet", "detail": "unknown"},
        {"pointer": "/times_jd/3", "detail": "too late"},
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ""),
        (("times_jd", 3), "/times_jd/3"),
        (("a/b~c",), "/a~1b~0c"),
        (("~1",), "/~01"),
        (("",), "/"),
    ],
)
def test_a_pointer_is_escaped_as_rfc_6901_says(path: tuple[str | int, ...], expected: str) -> None:
    assert problems.pointer(path) == expected


@pytest.mark.parametrize("kind", [*KINDS, problems.INVALID_BODY], ids=lambda kind: kind.slug)
def test_a_schema_asks_for_exactly_the_members_of_its_document(kind: problems.Kind) -> None:
    faults = [Fault("", "why")] if kind is problems.INVALID_BODY else []
    document = json.loads(ProblemError(kind, "why", faults).document())
    schema = problems.schema(kind)
    assert schema["required"] == list(document)
    assert schema["properties"]["type"]["const"] == document["type"]
    assert schema["additionalProperties"] is False
