"""Generated requests with exactly one fault each, and what each must come to.

A body is drawn as text: its members, their order, their white space and the spelling of keys
and numbers vary, so that a fault is never met in the same surroundings twice.
"""

import json
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.conformance.cases import (
    ALLOWED,
    BODY_LIMIT,
    MAX_DEPTH,
    MAX_TIMES,
    METHODS,
    arrays,
    objects,
)
from tests.conformance.client import JSON, Request
from tests.conformance.problems import (
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED,
    Outcome,
    invalid,
    not_allowed,
)

PLANETS = ("mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune")
MIN_JD, MAX_JD = 2378496.5, 2469807.5
_FIELDS = ("planet", "times_jd")


@dataclass(frozen=True)
class Fault:
    """A request, the kind of its one fault, and what it must come to."""

    kind: str
    request: Request
    outcome: Outcome


@dataclass(frozen=True)
class Member:
    """A key and a value as they are written, the key's quotes included."""

    key: str
    value: str


@dataclass(frozen=True)
class Body:
    """A good body in writing: its members in order, its times apart, white space between tokens."""

    planet: str
    times: tuple[str, ...]
    times_first: bool
    keys: dict[str, str]
    space: str

    def members(self) -> list[Member]:
        """`planet` and `times_jd`, in this body's order and spelling."""
        listed = f",{self.space}".join(self.times)
        members = [
            Member(self.keys["planet"], self.planet),
            Member(self.keys["times_jd"], f"[{listed}{self.space}]"),
        ]
        return members[::-1] if self.times_first else members

    def text(self) -> str:
        """The whole body."""
        return self.write(self.members())

    def write(self, members: list[Member]) -> str:
        """An object of `members` in this body's white space."""
        space = self.space
        written = [f"{member.key}{space}:{space}{member.value}" for member in members]
        return f"{space}{{{space}{f'{space},{space}'.join(written)}{space}}}{space}"

    def field(self, name: str) -> int:
        """The place of the member `name`."""
        return _FIELDS.index(name) ^ self.times_first


def _spelled(text: str) -> st.SearchStrategy[str]:
    """The JSON string `text`, any of its characters escaped."""
    spellings = st.lists(st.booleans(), min_size=len(text), max_size=len(text))
    return spellings.map(
        lambda escaped: f'"{"".join(map(_escaped_if, text, escaped))}"',
    )


def _escaped_if(character: str, escaped: bool) -> str:
    return f"\\u{ord(character):04x}" if escaped else character


_spaces = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n  "])
_good_times = st.one_of(
    st.floats(MIN_JD, MAX_JD).map(repr),
    st.integers(2378497, 2469807).map(str),
    st.floats(MIN_JD, MAX_JD).map("{:.17e}".format),
)


@st.composite
def _bodies(draw: st.DrawFn) -> Body:
    return Body(
        planet=draw(st.sampled_from(PLANETS).flatmap(_spelled)),
        times=tuple(draw(st.lists(_good_times, min_size=1, max_size=6))),
        times_first=draw(st.booleans()),
        keys={name: draw(_spelled(name)) for name in _FIELDS},
        space=draw(_spaces),
    )


_text = st.text(st.characters(codec="utf-8"), max_size=8)
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    _text,
)
_json_texts = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
).flatmap(lambda value: st.booleans().map(lambda ascii_: json.dumps(value, ensure_ascii=ascii_)))


def _with_index(body: Body, index: int, value: str) -> str:
    times = (*body.times[:index], value, *body.times[index + 1 :])
    return replace(body, times=times).text()


@st.composite
def _time_replaced(draw: st.DrawFn, values: st.SearchStrategy[str]) -> tuple[str, str]:
    """A body with one time written as drawn from `values`, and that time's pointer."""
    body = draw(_bodies())
    index = draw(st.integers(0, len(body.times) - 1))
    return _with_index(body, index, draw(values)), f"/times_jd/{index}"


@st.composite
def _field_replaced(draw: st.DrawFn, name: str, values: st.SearchStrategy[str]) -> tuple[str, str]:
    """A body with one field's value written as drawn from `values`, and the field's pointer."""
    body = draw(_bodies())
    members = body.members()
    place = body.field(name)
    members[place] = replace(members[place], value=draw(values))
    return body.write(members), f"/{name}"


@st.composite
def _repeated_with(draw: st.DrawFn, name: str, values: st.SearchStrategy[str]) -> tuple[str, str]:
    """A good body that has the field `name` again, where the last one is at fault."""
    body = draw(_bodies())
    members = [*body.members(), Member(draw(_spelled(name)), draw(values))]
    return body.write(members), f"/{name}"


@st.composite
def _missing_field(draw: st.DrawFn) -> tuple[str, str]:
    body = draw(_bodies())
    name = draw(st.sampled_from(_FIELDS))
    members = body.members()
    del members[body.field(name)]
    return body.write(members), f"/{name}"


@st.composite
def _with_member(
    draw: st.DrawFn, keys: st.SearchStrategy[str], values: st.SearchStrategy[str]
) -> str:
    """A body with one more member, key and value written as drawn, at any place."""
    body = draw(_bodies())
    members = body.members()
    place = draw(st.integers(0, len(members)))
    members.insert(place, Member(draw(keys), draw(values)))
    return body.write(members)


@st.composite
def _unknown_field(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(_text.filter(lambda text: text not in _FIELDS))
    key = json.dumps(name, ensure_ascii=draw(st.booleans()))
    text = draw(_with_member(st.just(key), _json_texts))
    return text, "/" + name.replace("~", "~0").replace("/", "~1")


_SYNTAX_ERRORS = st.sampled_from(
    [
        *("NaN", "Infinity", "-Infinity", "nan", "inf", "None", "True", "nul", "nulll", "'mars'"),
        *("01", "+1", "1.", ".5", "1e", "1e+", "-", "--1", "0x10", "1_0", "1 0", "1;", "\u0661"),
        *('"', '"\n"', '"\0"', r'"\x41"', r'"\u12G4"', r'"\u123"', '"\\', r'"\a"'),
        *("[1,]", "[,1]", "[1", "{", '{"a"}', '{"a":1,}', "{1:2}", "]", "}", ":", "/**/"),
    ]
)
_surrogates = st.integers(0xD800, 0xDFFF).map(lambda unit: f"\\u{unit:04x}")
_lone_surrogates = st.builds(
    '"{}{}{}"'.format,
    st.text("ab ", max_size=3),
    _surrogates,
    st.sampled_from(["", "x", r"\n", "\\\\"]),
)
_depths = st.integers(MAX_DEPTH, 3 * MAX_DEPTH) | st.sampled_from([1_000, 20_000])
_too_deep = st.tuples(st.sampled_from([arrays, objects]), _depths).map(lambda how: how[0](how[1]))


@st.composite
def _with_faulty_text(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """A body that holds a value of `values` somewhere, where it counts or where it does not."""
    text: str = draw(
        st.one_of(
            _time_replaced(values).map(_text_of),
            _field_replaced("planet", values).map(_text_of),
            _field_replaced("times_jd", values).map(_text_of),
            _with_member(st.sampled_from(['"x"', '"planet"', '"times_jd"']), values),
            _with_member(st.just('"x"'), values.map('[{{"a":{}}}]'.format)),
        )
    )
    return text


def _text_of(faulty: tuple[str, str]) -> str:
    return faulty[0]


@st.composite
def _cut(draw: st.DrawFn) -> str:
    text = draw(_bodies()).text().rstrip()
    return text[: draw(st.integers(0, len(text) - 1))]


@st.composite
def _trailing(draw: st.DrawFn) -> str:
    return draw(_bodies()).text() + draw(st.sampled_from(list('{}[],:"0an\0\f\u00a0\ufeff/')))


@st.composite
def _not_utf8(draw: st.DrawFn) -> bytes:
    body = draw(_bodies()).text().encode()
    place = draw(st.integers(0, len(body)))
    sequence = draw(st.sampled_from([b"\x80", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xff"]))
    return body[:place] + sequence + body[place:]


@st.composite
def _other_encoding(draw: st.DrawFn) -> bytes:
    forms = ["8-sig", "16", "16-le", "16-be", "32", "32-le", "32-be"]
    return draw(_bodies()).text().encode(f"utf-{draw(st.sampled_from(forms))}")


_wrong_for_number = st.sampled_from(
    ['"2451545.0"', '""', '"NaN"', "true", "false", "null", "[]", "[2451545.0]", "{}", '{"a":1}']
)
_wrong_for_string = st.one_of(
    st.sampled_from(["null", "true", "false", "[]", '["mars"]', "{}", "1e999"]),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
_wrong_for_array = st.one_of(
    st.sampled_from(["null", "true", "{}", '{"0":2451545.0}', '"2451545.0"', "1e999"]),
    _good_times,
)
_out_of_range = st.one_of(
    st.floats(max_value=MIN_JD, exclude_max=True, allow_infinity=False).map(repr),
    st.floats(min_value=MAX_JD, exclude_min=True, allow_infinity=False).map(repr),
    st.integers(max_value=2378496).map(str),
    st.integers(min_value=2469808).map(str),
    st.sampled_from(["-0", "-0.0", "0e99999999999", "1e-99999999999"]),
)
_no_double = st.one_of(
    st.integers(309, 10**20).map("1e{}".format),
    st.integers(309, 2_000).map("-1E+{}".format),
    st.integers(310, 6_000).map(lambda digits: "7" * digits),
)
_unknown_planets = _text.filter(lambda text: text not in PLANETS).map(json.dumps)
_too_many_times = st.integers(MAX_TIMES + 1, MAX_TIMES + 3).map(
    lambda count: f"[{','.join(['2451545'] * count)}]"
)


def _in_body(kind: str, faulty: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[Fault]:
    return faulty.map(lambda drawn: Fault(kind, Request(body=drawn[0].encode()), invalid(drawn[1])))


def _of_body(kind: str, bodies: st.SearchStrategy[str]) -> st.SearchStrategy[Fault]:
    return _of_bytes(kind, bodies.map(str.encode))


def _of_bytes(kind: str, bodies: st.SearchStrategy[bytes]) -> st.SearchStrategy[Fault]:
    return bodies.map(lambda body: Fault(kind, Request(body=body), invalid("")))


def _body_bytes() -> st.SearchStrategy[bytes]:
    return _bodies().map(lambda body: body.text().encode())


@st.composite
def _unknown_path(draw: st.DrawFn) -> Fault:
    segment = st.text("abz09-._~%", max_size=6).map(lambda text: text.replace("%", "%2F"))
    path = draw(
        st.one_of(
            st.lists(segment, max_size=4).map(lambda parts: "/" + "/".join(parts)),
            segment.map(lambda name: f"/v1/{name}"),
            st.sampled_from([*ALLOWED]).map(lambda known: known + "/"),
            st.tuples(st.sampled_from([*ALLOWED]), st.sampled_from(["%00", "%2F", "x", "//"])).map(
                "".join
            ),
        ).filter(lambda path: path not in ALLOWED)
    )
    return Fault("unknown path", Request(path=path, body=draw(_body_bytes())), NOT_FOUND)


@st.composite
def _wrong_method(draw: st.DrawFn) -> Fault:
    path, allow = draw(st.sampled_from([*ALLOWED.items()]))
    method = draw(st.sampled_from([method for method in METHODS if method != allow]))
    body = None if method in ("HEAD", "TRACE") else draw(st.none() | _body_bytes())
    return Fault("wrong method", Request(method, path, JSON, body), not_allowed(method, allow))


@st.composite
def _wrong_media_type(draw: st.DrawFn) -> Fault:
    token = st.text("abjnosx.-", min_size=1, max_size=8)
    media_type = draw(
        st.one_of(
            st.sampled_from(["", "json", "text/json", "text/plain; charset=utf-8", "image/x+json"]),
            st.builds("{}/{}".format, token, token),
            st.builds("application/{}; {}=json".format, token, token),
        ).filter(lambda text: not text.startswith("application/json"))
    )
    headers = draw(st.sampled_from([{}, {"Content-Type": media_type}]))
    request = Request(headers=headers, body=draw(_body_bytes()))
    return Fault("wrong media type", request, UNSUPPORTED)


def _declared_too_large(length: int) -> Fault:
    headers = {**JSON, "Content-Length": str(length)}
    return Fault("too large", Request(headers=headers), TOO_LARGE)


FAULTS: st.SearchStrategy[Fault] = st.one_of(
    _unknown_path(),
    _wrong_method(),
    _wrong_media_type(),
    st.integers(BODY_LIMIT + 1, 2**50).map(_declared_too_large),
    _in_body("missing field", _missing_field()),
    _in_body("unknown field", _unknown_field()),
    _in_body("wrong type for a time", _time_replaced(_wrong_for_number)),
    _in_body("wrong type for the planet", _field_replaced("planet", _wrong_for_string)),
    _in_body("wrong type for the times", _field_replaced("times_jd", _wrong_for_array)),
    _in_body("time out of range", _time_replaced(_out_of_range)),
    _in_body("no finite double", _time_replaced(_no_double)),
    _in_body("unknown planet", _field_replaced("planet", _unknown_planets)),
    _in_body("no times", _field_replaced("times_jd", _spaces.map("[{}]".format))),
    _in_body("too many times", _field_replaced("times_jd", _too_many_times)),
    _in_body("last planet counts", _repeated_with("planet", _wrong_for_string | _unknown_planets)),
    _in_body("last times count", _repeated_with("times_jd", _wrong_for_array)),
    _of_body("malformed value", _with_faulty_text(_SYNTAX_ERRORS)),
    _of_body("lone surrogate", _with_faulty_text(_lone_surrogates)),
    _of_body("lone surrogate in a key", _with_member(_lone_surrogates, _json_texts)),
    _of_body("too deep", _with_faulty_text(_too_deep)),
    _of_body("cut short", _cut()),
    _of_body("trailing character", _trailing()),
    _of_body("not an object", _json_texts.filter(lambda text: not text.startswith("{"))),
    _of_bytes("not UTF-8", _not_utf8()),
    _of_bytes("another encoding", _other_encoding()),
)
"""Every kind of fault, each as likely as any other."""
