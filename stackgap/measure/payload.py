"""Bodies of requests and answers, written and read in each of the contract's payloads."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from stackgap.stacks import Payload

CONTENT_TYPES: Mapping[Payload, str] = {
    "json": "application/json",
    "float64": "application/octet-stream",
}
"""What each payload is sent as."""

_DOUBLE_BYTES = 8


def write_request(
    payload: Payload, request: Mapping[str, Any], choices: Mapping[str, Sequence[str]]
) -> bytes:
    """The body of `request`, whose fields are in the contract's order.

    `choices` are the names that a field which is one of a few may be.
    """
    match payload:
        case "json":
            return json.dumps(request).encode()
        case "float64":
            return _doubles_of(request, choices)
    assert_never(payload)


def read_answer(payload: Payload, body: bytes, fields: Sequence[str]) -> Any:
    """What `body` says, which is not yet looked at: for a good answer its arrays by name.

    Raises ValueError for a body that is none of that payload.
    """
    match payload:
        case "json":
            return json.loads(body)
        case "float64":
            return _arrays_of(body, fields)
    assert_never(payload)


def _doubles_of(request: Mapping[str, Any], choices: Mapping[str, Sequence[str]]) -> bytes:
    singles: list[float] = []
    arrays: list[float] = []
    for name, value in request.items():
        if isinstance(value, list):
            arrays += value
        elif isinstance(value, str):
            singles.append(choices[name].index(value))
        else:
            singles.append(value)
    return struct.pack(f"<{len(singles) + len(arrays)}d", *singles, *arrays)


def _arrays_of(body: bytes, fields: Sequence[str]) -> dict[str, list[float]]:
    n, rest = divmod(len(body), _DOUBLE_BYTES * len(fields))
    if rest:
        raise ValueError(f"{len(body)} bytes are no {len(fields)} arrays of one length")
    doubles = struct.unpack(f"<{n * len(fields)}d", body)
    return {name: list(doubles[i * n : (i + 1) * n]) for i, name in enumerate(fields)}
