"""Generated requests with exactly one fault each, and what each must come to.

A body is drawn as text: its members, their order, their white space and the spelling of keys
and numbers vary, so that a fault is never met in the same surroundings twice.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import TypeVar

from hypothesis import strategies as st

from tests.conformance.cases import ALLOWED, BODY_LIMIT, MAX_DEPTH, METHODS, arrays, objects
from tests.conformance.client import JSON, Request
from tests.conformance.contracts import (
    CONTRACTS,
    Contract,
    Field,
    Integer,
    Number,
    Numbers,
    OneOf,
)
from tests.conformance.problems import (
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED,
    Outcome,
    invalid,
    not_allowed,
)

_MOST_ITEMS = 6

R = TypeVar("R", OneOf, Number, Integer, Numbers)


@dataclass(frozen=True)
class Fault:
    """A request, the kind of its one fault, and what it must come to."""

    kind: str
    request: Request
    outcome: Outcome


@dataclass(frozen=True)
class Faulty:
    """A body in writing, where it is sent to, and the pointer to its fault."""

    path: str
    text: str
    pointer: str


@dataclass(frozen=True)
class Body:
    """A good body in writing: its members in order, and white space between tokens.

    An array is kept as its items. Keys are written with their quotes.
    """

    contract: Contract
    values: dict[str, str | tuple[str, ...]]
    keys: dict[str, str]
    space: str

    def members(self) -> list[tuple[str, str]]:
        """Keys and values as they are written, in this body's order and spelling."""
        return [(self.keys[name], self._written(value)) for name, value in self.values.items()]

    def text(self) -> str:
        """The whole body."""
        return self.write(self.members())

    def write(self, members: list[tuple[str, str]]) -> str:
        """An object of `members` in this body's white space."""
        space = self.space
        written = [f"{key}{space}:{space}{value}" for key, value in members]
        return f"{space}{{{space}{f'{space},{space}'.join(written)}{space}}}{space}"

    def with_value(self, name: str, value: str | tuple[str, ...]) -> "Body":
        """This body, with another value of one field."""
        return replace(self, values={**self.values, name: value})

    def with_item(self, name: str, index: int, value: str) -> "Body":
        """This body, with another item of the array `name`."""
        items = self.values[name]
        assert isinstance(items, tuple)
        return self.with_value(name, (*items[:index], value, *items[index + 1 :]))

    def faulty(self, pointer: str) -> Faulty:
        """This body, which is at fault at `pointer`."""
        return Faulty(self.contract.path, self.text(), pointer)

    def faulty_members(self, members: list[tuple[str, str]], pointer: str) -> Faulty:
        """An object of `members` for this body's equation, which is at fault at `pointer`."""
        return Faulty(self.contract.path, self.write(members), pointer)

    def _written(self, value: str | tuple[str, ...]) -> str:
        if isinstance(value, str):
            return value
        return f"[{f',{self.space}'.join(value)}{self.space}]"


def _spelled(text: str) -> st.SearchStrategy[str]:
    """The JSON string `text`, any of its characters escaped."""
    spellings = st.lists(st.booleans(), min_size=len(text), max_size=len(text))
    return spellings.map(
        lambda escaped: f'"{"".join(map(_escaped_if, text, escaped))}"',
    )


def _escaped_if(character: str, escaped: bool) -> str:
    return f"\\u{ord(character):04x}" if escaped else character


_spaces = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n  "])


def _doubles(rule: Number) -> st.SearchStrategy[str]:
    """Numbers that the rule allows, in several notations."""
    most = min(rule.most, rule.drawn)
    doubles = st.floats(rule.least, most)
    written = [doubles.map(repr), doubles.map("{:.17e}".format)]
    if ceil(rule.least) <= most:
        written.append(st.integers(ceil(rule.least), floor(most)).map(str))
    return st.one_of(written)


def _good_value(rule: Field, items: int) -> st.SearchStrategy[str | tuple[str, ...]]:
    match rule:
        case OneOf(names):
            return st.sampled_from(names).flatmap(_spelled)
        case Number():
            return _doubles(rule)
        case Integer(least, most, drawn):
            return st.integers(least, int(min(most, drawn))).map(str)
        case Numbers(each):
            return st.tuples(*[_doubles(each)] * items)


@st.composite
def _bodies(draw: st.DrawFn, contract: Contract | None = None) -> Body:
    """Good bodies for this equation or, without one, for any."""
    contract = contract or draw(st.sampled_from(CONTRACTS))
    numbers = contract.numbers(contract.arrays[0])
    items = draw(st.integers(numbers.fewest, min(_MOST_ITEMS, numbers.greatest)))
    return Body(
        contract,
        values={
            name: draw(_good_value(contract.fields[name], items))
            for name in draw(st.permutations(list(contract.fields)))
        },
        keys={name: draw(_spelled(name)) for name in contract.fields},
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


def _fields(*kinds: type[Field]) -> st.SearchStrategy[tuple[Contract, str]]:
    """A field of one of these kinds, and the equation it belongs to."""
    return st.sampled_from(
        [
            (contract, name)
            for contract in CONTRACTS
            for name, rule in contract.fields.items()
            if isinstance(rule, kinds)
        ]
    )


@st.composite
def _replaced(
    draw: st.DrawFn, kind: type[R], values: Callable[[R], st.SearchStrategy[str]]
) -> Faulty:
    """A body with the value of one field of this kind written as drawn."""
    contract, name = draw(_fields(kind))
    rule = contract.fields[name]
    assert isinstance(rule, kind)
    body = draw(_bodies(contract))
    return body.with_value(name, draw(values(rule))).faulty(f"/{name}")


@st.composite
def _item_replaced(draw: st.DrawFn, values: Callable[[Number], st.SearchStrategy[str]]) -> Faulty:
    """A body with one item of an array written as drawn."""
    contract, name = draw(_fields(Numbers))
    body = draw(_bodies(contract))
    index = draw(st.integers(0, len(body.values[name]) - 1))
    value = draw(values(contract.numbers(name).each))
    return body.with_item(name, index, value).faulty(f"/{name}/{index}")


@st.composite
def _repeated(draw: st.DrawFn) -> Faulty:
    """A good body that has a field again, where the last one is at fault."""
    contract, name = draw(_fields(OneOf, Number, Integer, Numbers))
    body = draw(_bodies(contract))
    again = (draw(_spelled(name)), draw(_of_another_type(contract.fields[name])))
    return body.faulty_members([*body.members(), again], f"/{name}")


@st.composite
def _missing_field(draw: st.DrawFn) -> Faulty:
    body = draw(_bodies())
    place, name = draw(st.sampled_from(list(enumerate(body.values))))
    members = body.members()
    del members[place]
    return body.faulty_members(members, f"/{name}")


@st.composite
def _with_member(
    draw: st.DrawFn, body: Body, keys: st.SearchStrategy[str], values: st.SearchStrategy[str]
) -> Faulty:
    """The body with one more member, key and value as drawn, anywhere; at fault as a whole."""
    members = body.members()
    place = draw(st.integers(0, len(members)))
    members.insert(place, (draw(keys), draw(values)))
    return body.faulty_members(members, "")


@st.composite
def _unknown_field(draw: st.DrawFn) -> Faulty:
    body = draw(_bodies())
    name = draw(_text.filter(lambda text: text not in body.values))
    key = json.dumps(name, ensure_ascii=draw(st.booleans()))
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return replace(draw(_with_member(body, st.just(key), _json_texts)), pointer=pointer)


@st.composite
def _other_length(draw: st.DrawFn) -> Faulty:
    """A body with an array that is well but for having another length than the first."""
    contract = draw(st.sampled_from([known for known in CONTRACTS if len(known.arrays) > 1]))
    name = draw(st.sampled_from(contract.arrays[1:]))
    body = draw(_bodies(contract))
    rule = contract.numbers(name)
    lengths = set(range(rule.fewest, _MOST_ITEMS + 1)) - {len(body.values[name])}
    other = [_doubles(rule.each)] * draw(st.sampled_from(sorted(lengths)))
    return body.with_value(name, draw(st.tuples(*other))).faulty(f"/{name}")


@st.composite
def _too_much_together(draw: st.DrawFn) -> Faulty:
    """A body whose fields each keep their limits, but not one on several of them."""
    contract, limit = draw(
        st.sampled_from([(known, limit) for known in CONTRACTS for limit in known.together])
    )
    body = draw(_bodies(contract))
    for name, value in limit.broken.items():
        body = body.with_value(name, json.dumps(value))
    return body.faulty(f"/{limit.at}")


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
def _with_faulty_text(draw: st.DrawFn, values: st.SearchStrategy[str]) -> Faulty:
    """A body that holds a value of `values` somewhere, where it counts or where it does not."""
    body = draw(_bodies())
    known = st.sampled_from(list(map(json.dumps, body.values)))
    faulty: Faulty = draw(
        st.one_of(
            _item_replaced(lambda _rule: values),
            _replaced(OneOf, lambda _rule: values),
            _replaced(Number, lambda _rule: values),
            _replaced(Integer, lambda _rule: values),
            _replaced(Numbers, lambda _rule: values),
            _with_member(body, known | st.just('"x"'), values),
            _with_member(body, st.just('"x"'), values.map('[{{"a":{}}}]'.format)),
        )
    )
    return replace(faulty, pointer="")


@st.composite
def _with_faulty_key(draw: st.DrawFn) -> Faulty:
    faulty: Faulty = draw(_with_member(draw(_bodies()), _lone_surrogates, _json_texts))
    return faulty


@st.composite
def _cut(draw: st.DrawFn) -> Faulty:
    body = draw(_bodies())
    text = body.text().rstrip()
    return Faulty(body.contract.path, text[: draw(st.integers(0, len(text) - 1))], "")


@st.composite
def _trailing(draw: st.DrawFn) -> Faulty:
    body = draw(_bodies())
    trailing = draw(st.sampled_from(list('{}[],:"0an\0\f\u00a0\ufeff/')))
    return Faulty(body.contract.path, body.text() + trailing, "")


@st.composite
def _not_an_object(draw: st.DrawFn) -> Faulty:
    text = draw(_json_texts.filter(lambda text: not text.startswith("{")))
    return Faulty(draw(st.sampled_from(CONTRACTS)).path, text, "")


@st.composite
def _not_utf8(draw: st.DrawFn) -> Fault:
    drawn = draw(_bodies())
    body = drawn.text().encode()
    place = draw(st.integers(0, len(body)))
    sequence = draw(st.sampled_from([b"\x80", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xff"]))
    request = Request(path=drawn.contract.path, body=body[:place] + sequence + body[place:])
    return Fault("not UTF-8", request, invalid(""))


@st.composite
def _other_encoding(draw: st.DrawFn) -> Fault:
    forms = ["8-sig", "16", "16-le", "16-be", "32", "32-le", "32-be"]
    body = draw(_bodies())
    encoded = body.text().encode(f"utf-{draw(st.sampled_from(forms))}")
    request = Request(path=body.contract.path, body=encoded)
    return Fault("another encoding", request, invalid(""))


_wrong_for_number = st.sampled_from(
    ['"5"', '"0.5"', '""', '"NaN"', "true", "false", "null", "[]", "[5]", "{}", '{"a":1}']
)
_wrong_for_string = st.one_of(
    st.sampled_from(["null", "true", "false", "[]", '["mars"]', "{}", "1e999"]),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
_wrong_for_array = st.one_of(
    st.sampled_from(["null", "true", "{}", '{"0":5}', '"5"', "1e999"]),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
_no_double = st.one_of(
    st.integers(309, 10**20).map("1e{}".format),
    st.integers(309, 2_000).map("-1E+{}".format),
    st.integers(310, 6_000).map(lambda digits: "7" * digits),
)
_zeros = ["-0", "-0.0", "0e99999999999", "1e-99999999999"]


def _of_another_type(rule: Field) -> st.SearchStrategy[str]:
    match rule:
        case OneOf():
            return _wrong_for_string
        case Numbers():
            return _wrong_for_array
        case Number() | Integer():
            return _wrong_for_number


def _out_of_range(rule: Number) -> st.SearchStrategy[str]:
    is_zero_outside = not rule.least <= 0.0 <= rule.most
    return st.one_of(
        st.floats(max_value=rule.least, exclude_max=True, allow_infinity=False).map(repr),
        st.floats(min_value=rule.most, exclude_min=True, allow_infinity=False).map(repr),
        st.integers(max_value=ceil(rule.least) - 1).map(str),
        st.integers(min_value=floor(rule.most) + 1).map(str),
        *([st.sampled_from(_zeros)] if is_zero_outside else []),
    )


def _integer_out_of_range(rule: Integer) -> st.SearchStrategy[str]:
    return (st.integers(max_value=rule.least - 1) | st.integers(min_value=rule.most + 1)).map(str)


def _no_integer_literal(rule: Integer) -> st.SearchStrategy[str]:
    integers = st.integers(rule.least, rule.most)
    return st.one_of(
        *(integers.map(form.format) for form in ("{}.0", "{}e0", "{}.5", "{}0E-1", "-{}")),
        st.sampled_from(["1e3", *_zeros]),
    )


def _unknown_name(rule: OneOf) -> st.SearchStrategy[str]:
    return _text.filter(lambda text: text not in rule.names).map(json.dumps)


def _wrong_count(rule: Numbers) -> st.SearchStrategy[str]:
    few = st.integers(0, rule.fewest - 1)
    many = st.integers(rule.greatest + 1, rule.greatest + 3)
    item = f"{rule.each.most!r}"
    return st.builds(
        lambda count, space: f"[{f',{space}'.join([item] * count)}{space}]", few | many, _spaces
    )


def _in_body(kind: str, bodies: st.SearchStrategy[Faulty]) -> st.SearchStrategy[Fault]:
    return bodies.map(
        lambda drawn: Fault(
            kind, Request(path=drawn.path, body=drawn.text.encode()), invalid(drawn.pointer)
        )
    )


@st.composite
def _wrong_type(draw: st.DrawFn) -> Faulty:
    contract, name = draw(_fields(OneOf, Number, Integer, Numbers))
    body = draw(_bodies(contract))
    value = draw(_of_another_type(contract.fields[name]))
    return body.with_value(name, value).faulty(f"/{name}")


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
    _in_body("wrong type for a field", _wrong_type()),
    _in_body("wrong type for an item", _item_replaced(lambda _rule: _wrong_for_number)),
    _in_body("number out of range", _replaced(Number, _out_of_range)),
    _in_body("item out of range", _item_replaced(_out_of_range)),
    _in_body("integer out of range", _replaced(Integer, _integer_out_of_range)),
    _in_body("no integer literal", _replaced(Integer, _no_integer_literal)),
    _in_body("no finite double", _replaced(Number, lambda _rule: _no_double)),
    _in_body("item no finite double", _item_replaced(lambda _rule: _no_double)),
    _in_body("integer no finite double", _replaced(Integer, lambda _rule: _no_double)),
    _in_body("unknown name", _replaced(OneOf, _unknown_name)),
    _in_body("too few or too many items", _replaced(Numbers, _wrong_count)),
    _in_body("another length than the first array", _other_length()),
    _in_body("limit on several fields", _too_much_together()),
    _in_body("the last of a key counts", _repeated()),
    _in_body("malformed value", _with_faulty_text(_SYNTAX_ERRORS)),
    _in_body("lone surrogate", _with_faulty_text(_lone_surrogates)),
    _in_body("lone surrogate in a key", _with_faulty_key()),
    _in_body("too deep", _with_faulty_text(_too_deep)),
    _in_body("cut short", _cut()),
    _in_body("trailing character", _trailing()),
    _in_body("not an object", _not_an_object()),
    _not_utf8(),
    _other_encoding(),
)
"""Every kind of fault, each as likely as any other."""
