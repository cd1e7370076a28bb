"""What the contract compares between stacks of an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stackgap.stacks import find
from tests.conformance.client import Answer, Client, Request

STATUS_AND_TITLE = {
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "body-too-large": (413, "Body too large"),
    "unsupported-media-type": (415, "Unsupported media type"),
    "invalid-body": (422, "Invalid body"),
    "internal-error": (500, "Internal error"),
}


@dataclass(frozen=True)
class Outcome:
    """Status, problem slug, `Allow` as a set, and the pointers to what is wrong in a body."""

    status: int
    slug: str | None = None
    allow: frozenset[str] = frozenset()
    pointers: frozenset[str] = frozenset()


OK = Outcome(200)
NOT_FOUND = Outcome(404, "not-found")
TOO_LARGE = Outcome(413, "body-too-large")
UNSUPPORTED = Outcome(415, "unsupported-media-type")


def not_allowed(method: str, allow: str) -> Outcome:
    """The refusal of `method` where only `allow` is served. HEAD is answered without a body."""
    return Outcome(405, None if method == "HEAD" else "method-not-allowed", frozenset({allow}))


def invalid(pointer: str) -> Outcome:
    """The refusal of a body for the one fault at `pointer`."""
    return Outcome(422, "invalid-body", pointers=frozenset({pointer}))


def outcome(answer: Answer, method: str = "POST") -> Outcome:
    """What `answer` says; AssertionError where it is no problem document as the contract has it."""
    if answer.status == 200:
        assert answer.media_type == "application/json", answer
        return OK
    if method == "HEAD":
        assert answer.body == b"", answer
        return Outcome(answer.status, allow=answer.allow)
    assert answer.media_type == "application/problem+json", answer
    document = json.loads(answer.body)
    slug = _slug(answer.status, document)
    return Outcome(answer.status, slug, answer.allow, _pointers(slug, document))


def outcomes(clients: Mapping[str, Client], request: Request) -> dict[str, Outcome]:
    """What each stack's answer to `request` says; whatever is raised is noted with the stack."""
    found = {}
    for name, client in clients.items():
        try:
            found[name] = outcome(client.ask(request), request.method)
        except Exception as error:
            error.add_note(f"stack: {name}")
            raise
    return found


def bound(clients: Mapping[str, Client], request: Request) -> dict[str, Client]:
    """The stacks of which the contract says what they answer: RSGI undoes the escapes in a path."""
    escaped = "%" in request.path
    return {
        name: client
        for name, client in clients.items()
        if not (escaped and find(name).framework == "rsgi")
    }


def _slug(status: int, document: dict[str, Any]) -> str:
    slug = str(document["type"]).removeprefix("/problems/")
    assert document["type"] == f"/problems/{slug}", document
    assert slug in STATUS_AND_TITLE, document
    assert (document["status"], document["title"]) == STATUS_AND_TITLE[slug], document
    assert document["status"] == status, document
    assert isinstance(document["detail"], str), document
    members = {"type", "title", "status", "detail"} | (
        {"errors"} if slug == "invalid-body" else set()
    )
    assert set(document) == members, document
    return slug


def _pointers(slug: str, document: dict[str, Any]) -> frozenset[str]:
    if slug != "invalid-body":
        return frozenset()
    errors = document["errors"]
    assert errors, document
    for error in errors:
        assert set(error) == {"pointer", "detail"}, document
        assert isinstance(error["pointer"], str), document
        assert isinstance(error["detail"], str), document
    return frozenset(error["pointer"] for error in errors)
