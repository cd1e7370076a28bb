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

MAX_INTEGER_DIGITS = 18
"""How many digits an integer may have and be read as one."""

Message = MutableMapping[str, Any]

OCTETS = b"application/octet-stream"
"""The media type of raw doubles."""

_JSON_MEDIA_TYPE = re.compile(r"application/(?:json|[\w!#$%&'*+.^`|~-]+\+json)", re.ASCII)

# Left to right, so that what follows a backslash is never taken for the start of another escape.
_PLAIN_ESCAPE = re.compile(r"\\[^u]")
_SURROGATE_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING = re.compile(r'"[^"]*"')
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


async def read_octets(
    headers: list[tuple[bytes, bytes]], receive: Callable[[], Awaitable[Message]]
) -> bytes:
    """The whole body of an ASGI request with raw doubles; raises ProblemError if too large."""
    _refuse_declared_size(_header(headers, b"content-length"))
    return await _read_counted(receive)


def is_octets(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a body is sent as raw doubles."""
    content_type = _header(headers, b"content-type") or b""
    return content_type.partition(b";")[0].strip(b" \t").lower() == OCTETS


def parse(body: bytes) -> Any:
    """The value of a JSON text; the last of duplicate keys counts.

    Numbers become floats, to the nearest double; beyond the largest, to an infinity. Integers of
    up to `MAX_INTEGER_DIGITS` digits stay integers, but for "-0": no field of integers takes it,
    and in one of floats it has a sign to keep.
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


def _integer(literal: str) -> int | float:
    if len(literal) - literal.startswith("-") > MAX_INTEGER_DIGITS or literal == "-0":
        return float(literal)
    return int(literal)


_decoder = json.JSONDecoder(parse_int=_integer, parse_constant=_refuse_constant)


def _refuse_lone_surrogates_and_depth(text: str) -> None:
    # A space keeps what stood on either side of an escape apart.
    text = _SURROGATE_PAIR.sub(" ", _PLAIN_ESCAPE.sub(" ", text))
    if _SURROGATE.search(text):
        raise ValueError("a string has a lone surrogate")
    # No quote in a string is left now.
    depth = 0
    for bracket in _BRACKETS.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} arrays and objects")
