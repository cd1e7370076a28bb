"""Request bodies: how much is read, of which media type, and what counts as JSON.

The standard library only, so that every stack can share it.
"""

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

from python_api.stacks.problems import (
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    ProblemError,
    malformed,
)

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 100
"""How many arrays and objects may be nested."""

Message = MutableMapping[str, Any]

_JSON_MEDIA_TYPE = re.compile(r"application/(?:json|[\w!#$%&'*+.^`|~-]+\+json)", re.ASCII)

# A whole string whose surrogate escapes come in pairs, if any.
_STRING = (
    r'"(?:[^"\\]++|\\[^u]|\\u(?![dD][89a-fA-F])'
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r')*+"'
)
# Or else a quote that begins no such string, with all that follows it: left at that quote, a
# search would begin anew at each later one.
_STRING_OR_REST = re.compile(rf'{_STRING}|(")[\s\S]*')
_BRACKETS = re.compile(r"[\[{\]}]")


async def read(
    headers: list[tuple[bytes, bytes]], receive: Callable[[], Awaitable[Message]]
) -> bytes:
    """The whole JSON body of an ASGI request.

    Raises ProblemError for more than `MAX_BYTES`, as soon as they are declared or counted, and then
    for another media type.
    """
    _refuse_declared_size(_header(headers, b"content-length"))
    body = await _read_counted(receive)
    _refuse_media_type(_header(headers, b"content-type"))
    return body


def parse(body: bytes) -> Any:
    """The value of a JSON text; the last of duplicate keys counts.

    All numbers become floats, to the nearest double; beyond the largest, to an infinity.
    Raises ProblemError with the pointer "" unless the body is what the contract calls well-formed.
    """
    try:
        text = body.decode()
        # Duplicate keys hide values from validation, so that what the decoder lets pass
        # and the contract does not has to be looked for here, where it can be at all.
        if "\\" in text or text.count("[") + text.count("{") > MAX_DEPTH:
            _refuse_lone_surrogates_and_depth(text)
        return _decoder.decode(text)
    except ValueError as error:
        raise malformed(str(error)) from error


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    for key, value in headers:
        if key == name:
            return value
    return None


def _refuse_declared_size(content_length: bytes | None) -> None:
    if content_length is not None and int(content_length) > MAX_BYTES:
        raise _too_large()


async def _read_counted(receive: Callable[[], Awaitable[Message]]) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more_body = True
    while more_body:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise malformed("the connection was closed before the end of the body")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BYTES:
            raise _too_large()
        chunks.append(chunk)
        more_body = message.get("more_body", False)
    return b"".join(chunks)


def _refuse_media_type(content_type: bytes | None) -> None:
    if content_type == b"application/json":
        return
    if content_type is None:
        raise ProblemError(UNSUPPORTED_MEDIA_TYPE, "there is no Content-Type; it must be JSON's")
    given = content_type.decode("latin-1")
    if not _JSON_MEDIA_TYPE.fullmatch(given.partition(";")[0].strip(" \t").lower()):
        raise ProblemError(UNSUPPORTED_MEDIA_TYPE, f"the Content-Type must be JSON's, not {given}")


def _too_large() -> ProblemError:
    return ProblemError(BODY_TOO_LARGE, f"a body may have {MAX_BYTES} bytes at most")


def _refuse_constant(token: str) -> NoReturn:
    raise ValueError(f"{token} is not JSON")


_decoder = json.JSONDecoder(parse_int=float, parse_constant=_refuse_constant)


def _refuse_lone_surrogates_and_depth(text: str) -> None:
    outside_strings = _STRING_OR_REST.sub(r"\1", text)
    if '"' in outside_strings:
        raise ValueError("a string is cut off or has a lone surrogate")
    depth = 0
    for bracket in _BRACKETS.finditer(outside_strings):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} arrays and objects")
