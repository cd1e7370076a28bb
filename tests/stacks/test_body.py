"""How much of a body is read, and what counts as JSON."""

import asyncio
import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from python_api.stacks import body, problems
from python_api.stacks.problems import ProblemError

JSON_TYPE = (b"content-type", b"application/json")
CHUNK = 64 * 1024


class Sender:
    """The client's side of a request: gives one chunk a call, and counts what was taken."""

    def __init__(self, chunks: Iterable[bytes], disconnects: bool = False) -> None:
        self.chunks = list(chunks)
        self.disconnects = disconnects
        self.sent_bytes = 0

    async def receive(self) -> body.Message:
        if not self.chunks and self.disconnects:
            return {"type": "http.disconnect"}
        chunk = self.chunks.pop(0) if self.chunks else b""
        self.sent_bytes += len(chunk)
        more_body = bool(self.chunks) or self.disconnects
        return {"type": "http.request", "body": chunk, "more_body": more_body}


def read(sender: Sender, *headers: tuple[bytes, bytes]) -> bytes:
    return asyncio.run(body.read([(b"host", b"a"), *headers], sender.receive))


def refusal(sender: Sender, *headers: tuple[bytes, bytes]) -> problems.Kind:
    with pytest.raises(ProblemError) as refused:
        read(sender, *headers)
    return refused.value.kind


def test_a_body_in_pieces_is_put_together() -> None:
    assert read(Sender([b"[1,", b"", b"2]"]), JSON_TYPE) == b"[1,2]"


def test_a_body_of_the_greatest_length_is_read() -> None:
    chunks = [b" " * CHUNK] * (body.MAX_BYTES // CHUNK)
    length = (b"content-length", str(body.MAX_BYTES).encode())
    assert len(read(Sender(chunks), JSON_TYPE, length)) == body.MAX_BYTES


def test_a_body_declared_too_long_is_not_read_at_all() -> None:
    sender = Sender([b" " * CHUNK])
    length = (b"content-length", str(body.MAX_BYTES + 1).encode())
    assert refusal(sender, JSON_TYPE, length) is problems.BODY_TOO_LARGE
    assert sender.sent_bytes == 0


def test_a_body_that_proves_too_long_is_read_no_further() -> None:
    sender = Sender([b" " * CHUNK] * (5 * body.MAX_BYTES // CHUNK))
    assert refusal(sender, JSON_TYPE) is problems.BODY_TOO_LARGE
    assert sender.sent_bytes == body.MAX_BYTES + CHUNK


@pytest.mark.parametrize("declared", [True, False])
def test_too_long_a_body_is_refused_before_its_media_type(declared: bool) -> None:
    length = str(body.MAX_BYTES + 1).encode()
    headers = [(b"content-length", length)] if declared else []
    sender = Sender([b" " * (body.MAX_BYTES + 1)])
    assert refusal(sender, (b"content-type", b"text/plain"), *headers) is problems.BODY_TOO_LARGE


def test_a_connection_closed_in_mid_body_is_an_invalid_body() -> None:
    assert refusal(Sender([b"[1,"], disconnects=True), JSON_TYPE) is problems.INVALID_BODY


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json ; charset=latin-1; x="y"',
        "application/problem+json",
        "APPLICATION/vnd.api+JSON",
        "application/a+b+json",
        "application/json; x=\xe9",
    ],
)
def test_json_media_types_are_taken_whatever_their_case_and_parameters(content_type: str) -> None:
    assert read(Sender([b"1"]), (b"content-type", content_type.encode("latin-1"))) == b"1"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "json",
        "text/json",
        "text/plain; application/json",
        "application/jsonp",
        "application/x-json",
        "application/+json",
        "application/a b+json",
        "application/a/b+json",
        "application/json, text/plain",
        "application/json+xml",
        "application/json\xa0",
    ],
)
def test_other_media_types_are_refused(content_type: str) -> None:
    header = (b"content-type", content_type.encode("latin-1"))
    assert refusal(Sender([b"1"]), header) is problems.UNSUPPORTED_MEDIA_TYPE


def test_no_media_type_is_refused() -> None:
    assert refusal(Sender([b"1"])) is problems.UNSUPPORTED_MEDIA_TYPE


def read_octets(sender: Sender, *headers: tuple[bytes, bytes]) -> bytes:
    return asyncio.run(body.read_octets(list(headers), sender.receive))


def test_raw_doubles_in_pieces_are_put_together_whatever_they_are() -> None:
    assert read_octets(Sender([b"\xff", b"", b"\0"])) == b"\xff\0"


@pytest.mark.parametrize("declared", [True, False])
def test_too_many_raw_doubles_are_refused(declared: bool) -> None:
    length = str(body.MAX_BYTES + 1).encode()
    headers = [(b"content-length", length)] if declared else []
    with pytest.raises(ProblemError) as refused:
        read_octets(Sender([bytes(body.MAX_BYTES), b"1"]), *headers)
    assert refused.value.kind is problems.BODY_TOO_LARGE


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (b"application/octet-stream", True),
        (b"Application/OCTET-stream ; a=b", True),
        (b"application/octet-streams", False),
        (b"application/json", False),
        (b"", False),
    ],
)
def test_raw_doubles_are_told_by_their_media_type(content_type: bytes, expected: bool) -> None:
    assert body.is_octets([(b"host", b"x"), (b"content-type", content_type)]) == expected


def test_a_body_without_a_media_type_is_no_raw_doubles() -> None:
    assert not body.is_octets([])


GOOD = '{"a":[1]}'
ESCAPED_QUOTES = '\\"' * (body.MAX_BYTES // 2 - 100)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        GOOD[:-1].encode(),
        GOOD.encode() + b"x",
        GOOD.encode() + GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.encode("utf-16-be"),
        GOOD.encode("utf-32"),
        GOOD.encode("utf-32-le"),
        b'"\xff"',
        b'"\xc0\xaf"',
        b'"\xed\xa0\x80"',
        b"\xa0[1]",
        b"\x0c[1]",
        b'"\t"',
        b"'a'",
        b"[1,]",
        b'{"a":1,}',
        b"{1:2}",
        b"[01]",
        b"[1.]",
        b"[.5]",
        b"[+1]",
        b"[-]",
        b"[1e]",
        b"[0x10]",
        b"[1_000]",
        b"[True]",
        b"[nan]",
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b'{"a":NaN,"a":1}',
        b'{"a":"\\ud800","a":1}',
        rb'"\ud800"',
        rb'"\udc00"',
        rb'"\ud800\ud800"',
        rb'"\udc00\ud800"',
        rb'"\ud800x\udc00"',
        rb'"\ud800\\udc00"',
        rb'{"\udfff":1}',
        rb'"\u12"',
        rb'"\x41"',
        rb'"\ud83d\ude0"',
        b'"\\',
    ],
)
def test_what_is_not_well_formed_is_refused_as_a_whole(text: bytes) -> None:
    with pytest.raises(ProblemError) as refused:
        body.parse(text)
    assert [fault.pointer for fault in refused.value.faults] == [""]


# Every escaped quote could be where a string starts: looked at from each, this takes hours.
@pytest.mark.parametrize("end", ["", "\\", r'\ud800"', r'\ud800"}'])
def test_a_body_full_of_escaped_quotes_is_refused_in_one_pass(end: str) -> None:
    text = f'{{"planet":"{ESCAPED_QUOTES}{end}'
    with pytest.raises(ProblemError) as refused:
        body.parse(text.encode())
    assert [fault.pointer for fault in refused.value.faults] == [""]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rb'{"\u0061":1}', {"a": 1.0}),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\uD83D\uDE00"', "\U0001f600"),
        (rb'"\\ud800"', "\\ud800"),
        (rb'"\\\\\"[[\/"', '\\\\"[[/'),
        (b'"\xf0\x9f\x98\x80"', "\U0001f600"),
        (b' \t\r\n{"a" : [ ] } ', {"a": []}),
        (b'{"a":"x","a":1}', {"a": 1.0}),
        (b"[9007199254740993.0,-0,-0.0]", [9007199254740992.0, -0.0, -0.0]),
        (b'["' + b"[{" * 1000 + b'"]', ["[{" * 1000]),
        (b"[" + b"[],{}," * 100 + b"1]", [[], {}] * 100 + [1.0]),
    ],
)
def test_odd_but_well_formed_text_is_read(text: bytes, value: object) -> None:
    assert body.parse(text) == value


def test_a_string_full_of_escaped_quotes_is_read() -> None:
    assert body.parse(f'"{ESCAPED_QUOTES}"'.encode()) == '"' * (len(ESCAPED_QUOTES) // 2)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("0", 0),
        ("-1", -1),
        ("9" * 18, 10**18 - 1),
        ("-" + "9" * 18, 1 - 10**18),
        ("1" + "0" * 18, 1e18),
        ("-1" + "0" * 18, -1e18),
        ("-0", -0.0),
        ("5.0", 5.0),
        ("1e3", 1000.0),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_a_number_is_an_integer_where_it_is_written_as_one_of_up_to_18_digits(
    literal: str, value: float
) -> None:
    # Compared as text, because 1 == 1.0 and 0.0 == -0.0.
    assert repr(body.parse(literal.encode())) == repr(value)


@pytest.mark.parametrize("number", ["1e999", "9" * 400, "9" * 5000])
def test_a_number_beyond_the_largest_double_is_read_as_infinite(number: str) -> None:
    assert body.parse(f"[{number},-{number}]".encode()) == [float("inf"), float("-inf")]


@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "under a duplicate key"])
def test_a_hundred_levels_are_the_limit(hidden: bool) -> None:
    def nested(levels: int) -> bytes:
        arrays = b"[" * (levels - 1) + b"]" * (levels - 1)
        return b'{"a":' + arrays + (b',"a":1}' if hidden else b"}")

    body.parse(nested(body.MAX_DEPTH))
    for levels in (body.MAX_DEPTH + 1, 100_000):
        with pytest.raises(ProblemError, match="nested deeper than 100"):
            body.parse(nested(levels))


values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@settings(deadline=None)
@given(values, st.booleans())
def test_what_was_written_is_read(value: object, ascii_only: bool) -> None:
    assert body.parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


# Snippets that make strings, escapes, surrogates and brackets, mostly not well-formed ones.
snippets = st.sampled_from(
    [
        *('"', "\\", "\\u", "d800", "dC00", "D83D", "0041", "n", '\\"', "\\\\", "é", "\n", " "),
        *('"\\ud800"', '"\\ud83d\\ude00"', '"a":', "[", "]", "{", "}", ":", ","),
        *("1", "-", "0", "1e5", "null"),
    ]
)


@settings(deadline=None)
@given(st.lists(snippets, max_size=12).map("".join) | values.map(json.dumps))
def test_the_same_texts_are_refused_as_by_another_strict_parser(text: str) -> None:
    try:
        expected = from_json(text, allow_inf_nan=False)
    except ValueError:
        with pytest.raises(ProblemError):
            body.parse(text.encode())
    else:
        assert body.parse(text.encode()) == expected
