"""The contract's problems: what is refused, and the RFC 9457 documents that say so.

The standard library only, so that every stack can share it.
"""

import json
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A row of the contract's table of problems."""

    status: HTTPStatus
    slug: str
    title: str


NOT_FOUND = Kind(HTTPStatus.NOT_FOUND, "not-found", "Not found")
METHOD_NOT_ALLOWED = Kind(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
BODY_TOO_LARGE = Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", "Body too large")
UNSUPPORTED_MEDIA_TYPE = Kind(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type"
)
INVALID_BODY = Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-body", "Invalid body")
INTERNAL_ERROR = Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "Internal error")

OF_A_BODY = (BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_BODY)
"""What may be wrong with a body."""


class Fault(NamedTuple):
    """What is wrong with one value of a body, and the RFC 6901 pointer to it."""

    pointer: str
    detail: str


class ProblemError(Exception):
    """A request is refused.

    An `INVALID_BODY` names at least one fault, no other kind any; a `METHOD_NOT_ALLOWED` says in
    `allow` what is allowed.
    """

    def __init__(
        self, kind: Kind, detail: str, faults: Sequence[Fault] = (), allow: str = ""
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.allow = allow

    def headers(self) -> dict[str, str]:
        """The headers of the answer, its media type and length apart."""
        if self.kind is METHOD_NOT_ALLOWED:
            return {"allow": self.allow}
        if self.kind is BODY_TOO_LARGE:
            # Or the server would read, only to throw away, what is left of the body.
            return {"connection": "close"}
        return {}

    def document(self) -> bytes:
        """The problem document as JSON."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.faults:
            members["errors"] = [fault._asdict() for fault in self.faults]
        return json.dumps(members).encode()


def internal_error() -> ProblemError:
    """The problem of a request that we have failed to answer."""
    return ProblemError(INTERNAL_ERROR, "the fault is ours")


def malformed(detail: str) -> ProblemError:
    """The problem of a body that is not the JSON text the contract asks for."""
    return invalid_body([Fault("", detail)])


def not_found(path: str) -> ProblemError:
    """The problem of a path at which nothing is."""
    return ProblemError(NOT_FOUND, f"there is no {path}")


def method_not_allowed(method: str, path: str, allow: str) -> ProblemError:
    """The problem of a `path` that has only the methods that `allow` lists."""
    return ProblemError(METHOD_NOT_ALLOWED, f"{method} is not a method of {path}", allow=allow)


def invalid_body(faults: Sequence[Fault]) -> ProblemError:
    """The problem of a body with these faults, of which there is at least one."""
    first = faults[0]
    return ProblemError(INVALID_BODY, f"{first.pointer or 'the body'}: {first.detail}", faults)


def pointer(path: Iterable[str | int]) -> str:
    """The RFC 6901 pointer to the value that these keys and indices lead to."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of the documents of this kind."""
    properties: dict[str, Any] = {
        "type": {"const": f"/problems/{kind.slug}"},
        "title": {"const": kind.title},
        "status": {"const": int(kind.status)},
        "detail": {"type": "string"},
    }
    if kind is INVALID_BODY:
        properties["errors"] = {"type": "array", "minItems": 1, "items": _FAULT_SCHEMA}
    return _object_schema(properties)


def _object_schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_FAULT_SCHEMA = _object_schema({"pointer": {"type": "string"}, "detail": {"type": "string"}})
