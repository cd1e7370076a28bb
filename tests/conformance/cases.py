"""The contract's rows as requests and what each must be answered, several of each row."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.conformance.client import JSON, Request
from tests.conformance.contracts import (
    BLACK_SCHOLES,
    CONTRACTS,
    HEAT,
    NBODY,
    Contract,
    Integer,
    Number,
    Numbers,
    OneOf,
)
from tests.conformance.problems import (
    NOT_FOUND,
    OK,
    TOO_LARGE,
    UNSUPPORTED,
    Outcome,
    invalid,
    not_allowed,
)

BODY_LIMIT = 8_388_608
MAX_TIMES = 100_000
MAX_DEPTH = 100

ALLOWED = {
    **{contract.path: "POST" for contract in CONTRACTS},
    "/v1/equations": "GET",
    "/health": "GET",
    "/openapi.json": "GET",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

MARS = b'{"planet":"mars","times_jd":[2451545.0]}'
MEMBERS = MARS.decode()[1:-1]
TIMES = '"times_jd":[2451545.0]'
PLANET = '"planet":"mars"'


_LONG = 10_000
_MOST_STEPS = b'"steps": 100000'


@dataclass(frozen=True)
class Case:
    """A request, what it must come to and, for a good one, a plain body of the same meaning."""

    name: str
    request: Request
    outcome: Outcome
    same_as: bytes | None = None

    @property
    def dear(self) -> bool:
        """Whether it is long, white space apart, or asks for the most steps that are allowed."""
        body = (self.request.body or b"").strip()
        return len(body) > _LONG or _MOST_STEPS in body


def post(body: str | bytes, path: str = "/v1/ephemeris") -> Request:
    """A POST of `body` as JSON; text goes as UTF-8."""
    return Request(path=path, body=body.encode() if isinstance(body, str) else body)


def with_times(*numbers: str) -> str:
    """A body for Mars at times written as given."""
    return f'{{{PLANET},"times_jd":[{",".join(numbers)}]}}'


def with_planet(value: str) -> str:
    """A body whose planet is written as given, quotes included."""
    return f'{{"planet":{value},{TIMES}}}'


def with_member(member: str) -> str:
    """A good body with one more member, written as given, before the others."""
    return f"{{{member},{MEMBERS}}}"


def arrays(depth: int) -> str:
    """Arrays in one another, `depth` levels in all."""
    return "[" * depth + "]" * depth


def objects(depth: int) -> str:
    """Objects in one another, `depth` levels in all."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:20]}..{text[-20:]} ({len(text)} characters)"


def _unknown_paths() -> Iterator[Case]:
    paths = [
        "/",
        "/nope",
        "/v1",
        "/v1/",
        "/v1/nope",
        "/v1/Ephemeris",
        "/V1/ephemeris",
        "/v2/ephemeris",
        "/v1/ephemeris/",
        "/v1/ephemeris/x",
        "/v1//ephemeris",
        "//v1/ephemeris",
        "//",
        "/v1/ephemeris%00",
        "/v1/%00",
        "/v1/%00ephemeris",
        "/v1/ephemeris%2F",
        "/v1/ephemeris%2f",
        "/v1/x%2Fephemeris",
        "/v1%2Fephemeris",
        "/v1/ephemeris%20",
        "/v1/%C3%A9",
        "/v1/%65phemeris",
        "/%76%31/ephemeris",
        "/v1/%FF",
    ]
    for path in paths:
        yield Case(f"unknown path {path}", Request(path=path, body=MARS), NOT_FOUND)
    for path in ["/", "/v1/nope", "/v1/equations/", "/health/", "/healthz", "/openapi.json/"]:
        request = Request("GET", path, headers={})
        yield Case(f"unknown path GET {path}", request, NOT_FOUND)
    for method in ("HEAD", "OPTIONS", "PUT"):
        slug = None if method == "HEAD" else "not-found"
        request = Request(method, "/v1/nope", headers={})
        yield Case(f"unknown path {method} /v1/nope", request, Outcome(404, slug))


def _wrong_methods() -> Iterator[Case]:
    for path, allow in ALLOWED.items():
        for method in METHODS:
            if method == allow:
                continue
            request = Request(method, path, headers={})
            yield Case(f"wrong method {method} {path}", request, not_allowed(method, allow))


def _too_large() -> Iterator[Case]:
    filled = MARS + b" " * (BODY_LIMIT - len(MARS))
    yield Case("as large as allowed", post(filled), OK, MARS)
    yield Case("one byte too large", post(filled + b" "), TOO_LARGE)
    for declared in (BODY_LIMIT + 1, 40_000_000, 2**40):
        headers = {**JSON, "Content-Length": str(declared)}
        yield Case(f"{declared} bytes declared", Request(headers=headers), TOO_LARGE)


def _media_types() -> Iterator[Case]:
    unsupported = [
        "",
        "json",
        "text/json",
        "text/plain",
        "text/x+json",
        "application",
        "application/",
        "application/x-json",
        "application/jsonx",
        "application/json5",
        "application/jsonseq",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "*/*",
    ]
    yield Case("no content type", Request(headers={}, body=MARS), UNSUPPORTED)
    for media_type in unsupported:
        request = Request(headers={"Content-Type": media_type}, body=MARS)
        yield Case(f"content type {media_type!r}", request, UNSUPPORTED)
    supported = [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ; charset=latin-1",
        "application/json;",
        "application/problem+json",
        "application/vnd.api+JSON; version=1",
    ]
    for media_type in supported:
        request = Request(headers={"Content-Type": media_type}, body=MARS)
        yield Case(f"content type {media_type!r}", request, OK, MARS)


def _precedence() -> Iterator[Case]:
    large = {"Content-Length": str(BODY_LIMIT + 1)}
    text = {"Content-Type": "text/plain"}
    put, put_refused = Request("PUT", headers=text, body=MARS), not_allowed("PUT", "POST")
    yield Case("404 before 405", Request("DELETE", "/nope", {}), NOT_FOUND)
    yield Case("404 before 413", Request(path="/v1/nope", headers=large), NOT_FOUND)
    yield Case("405 before 413", Request("PUT", headers=large), put_refused)
    yield Case("405 before 415", put, put_refused)
    yield Case("413 before 415", Request(headers={**large, **text}), TOO_LARGE)
    yield Case("415 before 422", Request(headers=text, body=b"{"), UNSUPPORTED)
    yield Case("415 of an empty body", Request(headers={}, body=b""), UNSUPPORTED)


def _not_json() -> Iterator[Case]:
    text = MARS.decode()
    bodies: dict[str, str | bytes] = {
        "empty": b"",
        "white space": " \r\n\t",
        "brace": "{",
        "unclosed": text[:-1],
        "comma at the end": with_times("2451545.0,"),
        "comma after the last member": f"{{{MEMBERS},}}",
        "two commas": f"{{{PLANET},,{TIMES}}}",
        "no comma": f"{{{PLANET} {TIMES}}}",
        "no colon": '{"planet" "mars"}',
        "no value": f'{{"planet":,{TIMES}}}',
        "key not a string": "{planet:1}",
        "key a number": f"{{1:1,{MEMBERS}}}",
        "single quotes": text.replace('"', "'"),
        "comment": f"/**/{text}",
        "comment to the end of the line": f"{text}//",
        "closed by the wrong bracket": text.replace("]}", "}]"),
        "trailing brace": text + "}",
        "trailing value": text + "1",
        "trailing object": text + text,
        "trailing NUL": text + "\0",
        "leading NUL": "\0" + text,
        "byte order mark": "\ufeff" + text,
        "byte order mark at the end": text + "\ufeff",
        "form feed": "\f" + text,
        "no-break space": "\u00a0" + text,
        "line separator": text + "\u2028",
        "UTF-16": text.encode("utf-16"),
        "UTF-16-LE": text.encode("utf-16-le"),
        "UTF-16-BE": text.encode("utf-16-be"),
        "UTF-32": text.encode("utf-32"),
        "UTF-32-LE": text.encode("utf-32-le"),
        "UTF-32-BE": text.encode("utf-32-be"),
        "Latin-1": with_planet('"é"').encode("latin-1"),
        "capital literal": with_planet("True"),
        "None": with_planet("None"),
        "literal cut short": with_planet("nul"),
        "literal too long": with_planet("nulll"),
        "word": "mars",
        "string not closed": '{"planet":"mars',
        "line feed in a string": with_planet('"ma\nrs"'),
        "NUL in a string": with_planet('"ma\0rs"'),
        "tab in a key": with_member('"a\tb":1'),
        "tab in an unknown field": with_member('"x":"a\tb"'),
    }
    for name, body in bodies.items():
        yield Case(f"not JSON: {name}", post(body), invalid(""))


def _not_utf8() -> Iterator[Case]:
    sequences = {
        "lone continuation": b"\x80",
        "lead without continuation": b"\xc3",
        "overlong slash": b"\xc0\xaf",
        "overlong NUL": b"\xc0\x80",
        "overlong in three bytes": b"\xe0\x80\xaf",
        "encoded surrogate": b"\xed\xa0\x80",
        "encoded surrogate pair": b"\xed\xa0\xbd\xed\xb8\x80",
        "beyond U+10FFFF": b"\xf4\x90\x80\x80",
        "five bytes": b"\xf8\x88\x80\x80\x80",
        "FF": b"\xff",
    }
    for name, sequence in sequences.items():
        planet = b'{"planet":"mars' + sequence + b'","times_jd":[2451545.0]}'
        member = b'{"x":"' + sequence + b'",' + MARS[1:]
        key = b'{"' + sequence + b'":1,' + MARS[1:]
        yield Case(f"not UTF-8 in a value: {name}", post(planet), invalid(""))
        yield Case(f"not UTF-8 in an unknown field: {name}", post(member), invalid(""))
        yield Case(f"not UTF-8 in a key: {name}", post(key), invalid(""))
    yield Case("not UTF-8 after the end", post(MARS + b"\xff"), invalid(""))


def _not_numbers() -> Iterator[Case]:
    numbers = [
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "inf",
        "+2451545.0",
        "02451545.0",
        "-02451545.0",
        "2451545.",
        ".5",
        "-.5",
        "2451545e",
        "2451545e+",
        "2451545.e0",
        "2451545.0.0",
        "2_451_545.0",
        "0x2568",
        "2451545.0f",
        "2451545,0,",
        "-",
        "--1",
        "- 1",
        "1e1.0",
        "\u0662",
    ]
    for number in numbers:
        yield Case(f"not a number: {number}", post(with_times(number)), invalid(""))
    for token in ("NaN", "Infinity", "-Infinity"):
        yield Case(f"{token} among times", post(with_times("2451545", token)), invalid(""))
        yield Case(f"{token} for the planet", post(with_planet(token)), invalid(""))
        yield Case(f"{token} for a field", post(f'{{{PLANET},"times_jd":{token}}}'), invalid(""))
        yield Case(f"{token} in an unknown field", post(with_member(f'"x":{token}')), invalid(""))
        earlier = with_member(f'"times_jd":[{token}]')
        yield Case(f"{token} in a value that does not count", post(earlier), invalid(""))
        yield Case(f"{token} at the top", post(token), invalid(""))


def _bad_escapes() -> Iterator[Case]:
    escapes = {
        "lone high surrogate": r"\ud800",
        "lone low surrogate": r"\udc00",
        "surrogates in the wrong order": r"\udc00\ud800",
        "two high surrogates": r"\ud800\ud800",
        "high surrogate before a letter": r"\ud83da",
        "high surrogate before another escape": r"\ud83d\n",
        "high surrogate before another character": r"\ud83dA",
        "high surrogate and a half-written one": r"\ud83d\ude",
        "hexadecimal escape": r"\x41",
        "unknown escape": r"\q",
        "capital U": r"\U0041",
        "three digits": r"\u004",
        "not hexadecimal": r"\u00g1",
        "escaped line feed": "\\\n",
    }
    for name, escape in escapes.items():
        for place, body in {
            "the planet": with_planet(f'"mars{escape}"'),
            "a key": with_member(f'"{escape}":1'),
            "an unknown field": with_member(f'"x":"{escape}"'),
            "a nested key": with_member(f'"x":{{"y":[{{"{escape}":1}}]}}'),
            "a value that does not count": with_member(f'"planet":"{escape}"'),
            "a list": with_times("2451545.0", f'"{escape}"'),
        }.items():
            yield Case(f"bad escape in {place}: {name}", post(body), invalid(""))


def _many_escaped_quotes() -> Iterator[Case]:
    # Any of them could be where a string starts, for a reader that tries each.
    quotes = r"\"" * 4_000_000
    unclosed = f'{{"planet":"{quotes}'
    for name, body in {
        "not closed": unclosed,
        "closed after a lone surrogate": f'{unclosed}\\ud800"',
        "a lone surrogate at the end": with_planet(f'"{quotes}\\ud800"'),
    }.items():
        yield Case(f"many escaped quotes: {name}", post(body), invalid(""))
    yield Case("many escaped quotes", post(with_planet(f'"{quotes}"')), invalid("/planet"))


def _deep_nesting() -> Iterator[Case]:
    # The object at the top is the first level.
    inside = MAX_DEPTH - 1
    yield Case("as deep as allowed", post(with_member(f'"x":{arrays(inside)}')), invalid("/x"))
    yield Case(
        "objects as deep as allowed",
        post(with_member(f'"x":{objects(inside)}')),
        invalid("/x"),
    )
    yield Case(
        "times as deep as allowed",
        post(with_times(arrays(inside - 1))),
        invalid("/times_jd/0"),
    )
    yield Case("planet as deep as allowed", post(with_planet(arrays(inside))), invalid("/planet"))
    yield Case(
        "as deep as allowed in a value that does not count",
        post(with_member(f'"planet":{arrays(inside)}')),
        OK,
        MARS,
    )
    yield Case(
        "brackets in a string",
        post(with_planet(f'"{"[{" * MAX_DEPTH}"')),
        invalid("/planet"),
    )
    yield Case(
        "many arrays side by side",
        post(with_member(f'"x":[{",".join(["[]"] * 500)}]')),
        invalid("/x"),
    )
    for depth in (inside + 1, 128, 200, 1_000, 100_000):
        yield Case(f"{depth} arrays", post(with_member(f'"x":{arrays(depth)}')), invalid(""))
        yield Case(f"{depth} objects", post(with_member(f'"x":{objects(depth)}')), invalid(""))
        yield Case(f"{depth} arrays, not closed", post("[" * depth), invalid(""))
        yield Case(f"{depth} objects, not closed", post('{"a":' * depth), invalid(""))
    yield Case("too deep in times", post(with_times(arrays(inside))), invalid(""))
    yield Case("too deep for the planet", post(with_planet(arrays(inside + 1))), invalid(""))
    yield Case(
        "too deep in a value that does not count",
        post(with_member(f'"planet":{arrays(inside + 1)}')),
        invalid(""),
    )


def _not_an_object() -> Iterator[Case]:
    bodies = [
        "null",
        "true",
        "1",
        "1e999",
        '"mars"',
        "[]",
        f"[{MARS.decode()}]",
        '["mars",[2451545.0]]',
        '[["planet","mars"],["times_jd",[2451545.0]]]',
    ]
    for body in bodies:
        yield Case(f"not an object: {body}", post(body), invalid(""))


def _fields() -> Iterator[Case]:
    yield Case("no planet", post(f"{{{TIMES}}}"), invalid("/planet"))
    yield Case("no times", post(f"{{{PLANET}}}"), invalid("/times_jd"))
    pointers = {
        '"extra"': "/extra",
        '""': "/",
        '"0"': "/0",
        '"-"': "/-",
        '"a/b"': "/a~1b",
        '"~"': "/~0",
        '"~1"': "/~01",
        '"/~"': "/~1~0",
        '"a b"': "/a b",
        '"é"': "/é",
        '"😀"': "/😀",
        r'"\ud83d\ude00"': "/😀",
        r'"\u0065xtra"': "/extra",
        r'"a\/b"': "/a~1b",
        r'"a\"b"': '/a"b',
        r'"a\\b"': "/a\\b",
        r'"\u0000"': "/\0",
        r'"a\nb"': "/a\nb",
        '"Planet"': "/Planet",
        '"planet "': "/planet ",
        r'"planet\u0000"': "/planet\0",
        '"times_jd/0"': "/times_jd~10",
        '"body"': "/body",
        '"type"': "/type",
        '"__proto__"': "/__proto__",
    }
    for key, pointer in pointers.items():
        yield Case(f"unknown field {key}", post(with_member(f"{key}:1")), invalid(pointer))
    for value in ("null", '{"a":[1]}', "1e999", "-1e999", "1" * 400, "1" * 5_000):
        body = f'{{{MEMBERS},"x":{value}}}'
        yield Case(f"unknown field of {_short(value)}", post(body), invalid("/x"))
    yield Case("unknown field twice", post(with_member('"x":1,"x":2')), invalid("/x"))


def _wrong_types() -> Iterator[Case]:
    for value in ('"2451545.0"', '""', "true", "false", "null", "[]", "{}", "[2451545.0]"):
        for index in range(3):
            numbers = ["2451545.0"] * 3
            numbers[index] = value
            yield Case(
                f"{value} for time {index}",
                post(with_times(*numbers)),
                invalid(f"/times_jd/{index}"),
            )
    for value in ("null", "true", "1", "0", "1.5", "1e999", "[]", '["mars"]', "{}"):
        yield Case(f"{value} for the planet", post(with_planet(value)), invalid("/planet"))
    for value in ("null", "false", "2451545.0", '"2451545.0"', '""', "{}", '{"0":2451545.0}'):
        body = f'{{{PLANET},"times_jd":{value}}}'
        yield Case(f"{value} for the times", post(body), invalid("/times_jd"))


def _values() -> Iterator[Case]:
    numbers = [
        "1e999",
        "-1e999",
        "1e309",
        "1.7976931348623159e308",
        "1e99999999999999999999",
        "9" * 400,
        "-" + "9" * 400,
        "1" * 5_000,
        "1" * 400 + ".5",
        "1e308",
        "0",
        "0.0",
        "-0",
        "-0.0",
        "0e99999999999999999999",
        "1e-99999999999999999999",
        "5e-324",
        "-2451545.0",
        "2378496.4999999995",
        "2378496.4999999997",
        "2469807.5000000005",
        "2469807.5000000003",
        "2378496",
        "2469808",
        "9007199254740993",
        "18446744073709551616",
        "9223372036854775808",
    ]
    for number in numbers:
        name = f"out of range: {_short(number)}"
        yield Case(name, post(with_times("2451545.0", number)), invalid("/times_jd/1"))
    planets = ["", "pluto", "Mars", "MARS", " mars", "mars ", "moon", "sun", "0", "m\u0430rs"]
    for planet in planets:
        body = with_planet(f'"{planet}"')
        yield Case(f"unknown planet {planet!r}", post(body), invalid("/planet"))
    for written in (r"\ud83d\ude00", r"mars\u0000", "m" * 100_000):
        name = f"unknown planet written {_short(written)}"
        yield Case(name, post(with_planet(f'"{written}"')), invalid("/planet"))
    yield Case("no time", post(with_times()), invalid("/times_jd"))
    yield Case("no time but white space", post(with_times(" ")), invalid("/times_jd"))
    many = ["2451545.5"] * (MAX_TIMES + 1)
    yield Case("one time too many", post(with_times(*many)), invalid("/times_jd"))
    yield Case("as many times as allowed", post(with_times(*many[1:])), OK)


def _numbers_in_range() -> Iterator[Case]:
    written = {
        "2451545": "2451545.0",
        "2451545.000": "2451545.0",
        "2451545e0": "2451545.0",
        "2.451545E+6": "2451545.0",
        "0.2451545e7": "2451545.0",
        "24515450e-1": "2451545.0",
        "2451545." + "0" * 2_000: "2451545.0",
        "2451545" + "0" * 400 + "e-400": "2451545.0",
        "0." + "0" * 400 + "2451545e407": "2451545.0",
        "2378496.5": "2378496.5",
        "2469807.5": "2469807.5",
        "23784965e-1": "2378496.5",
        "2378496.4999999999999999": "2378496.5",
        "2378496.4999999998": "2378496.5",
        "2469807.5000000002": "2469807.5",
    }
    for number, plain in written.items():
        name = f"in range: {_short(number)}"
        yield Case(name, post(with_times(number)), OK, with_times(plain).encode())


def _other_spellings() -> Iterator[Case]:
    spaced = ' \t\r\n{ "times_jd" : [ 2451545.0 ] ,\n"planet"\r:\t"mars" } \n'
    good = {
        "fields in another order": f"{{{TIMES},{PLANET}}}",
        "white space": spaced,
        "planet with an escape": with_planet(r'"m\u0061rs"'),
        "key with an escape": r'{"pl\u0061net":"mars","times\u005fjd":[2451545.0]}',
        "planet twice": with_member('"planet":"venus"'),
        "planet twice, once escaped": with_member(r'"pl\u0061net":"venus"'),
        "planet thrice": with_member('"planet":"venus","planet":"earth"'),
        "planet of another type before": with_member('"planet":[1,{"a":null}]'),
        "unknown planet before": with_member('"planet":"pluto"'),
        "times twice": with_member('"times_jd":[2451546.0,2451547.0]'),
        "times of another type before": with_member('"times_jd":"x"'),
        "no time before": with_member('"times_jd":[]'),
        "time out of range before": with_member('"times_jd":[0]'),
        "infinite time before": with_member('"times_jd":[1e999]'),
        "400 digits before": with_member(f'"times_jd":[{"1" * 400}]'),
        "5000 digits before": with_member(f'"times_jd":{"1" * 5_000}'),
        "too many times before": with_member(f'"times_jd":[{"0," * MAX_TIMES}0]'),
    }
    for name, body in good.items():
        yield Case(name, post(body), OK, MARS)
    last_counts = {
        '"planet":"pluto"': "/planet",
        '"planet":null': "/planet",
        r'"pl\u0061net":1': "/planet",
        '"times_jd":[]': "/times_jd",
        '"times_jd":[2451545.0,0]': "/times_jd/1",
        '"times_jd":null': "/times_jd",
    }
    for member, pointer in last_counts.items():
        body = f"{{{MEMBERS},{member}}}"
        yield Case(f"the last counts: {member}", post(body), invalid(pointer))


def _other_headers() -> Iterator[Case]:
    for name, value in {
        "Accept": "text/html",
        "Accept-Encoding": "gzip, br, zstd",
        "Origin": "https://example.org",
        "Cookie": "a=b",
    }.items():
        request = Request(headers={**JSON, name: value}, body=MARS)
        yield Case(f"{name}: {value}", request, OK, MARS)
    yield Case("query", Request(path="/v1/ephemeris?planet=venus", body=MARS), OK, MARS)
    for path, method in ALLOWED.items():
        if method == "GET":
            yield Case(f"GET {path}", Request("GET", path, headers={}), OK)


def _every_contract() -> Iterator[Case]:
    for contract in CONTRACTS:
        for rows in (_wrong_fields, _wrong_kinds, _limits, _lengths, _together):
            yield from rows(contract)


def _case(contract: Contract, what: str, body: str, outcome: Outcome) -> Case:
    return Case(f"{contract.name}: {what}", post(body, contract.path), outcome)


def _wrong_fields(contract: Contract) -> Iterator[Case]:
    yield _case(contract, "good", contract.body(), OK)
    yield _case(contract, "an array of the values", f"[{contract.body()}]", invalid(""))
    yield _case(contract, "cut short", contract.body()[:-1], invalid(""))
    for name in contract.fields:
        yield _case(contract, f"no {name}", contract.body_without(name), invalid(f"/{name}"))
        twice = contract.body_with_member(name, '{"a":[null]}')
        yield _case(contract, f"{name} of another type before", twice, OK)
    for key in ("extra", *contract.outputs, *(name.upper() for name in contract.fields)):
        if key not in contract.fields:
            body = contract.body_with_member(key, "1")
            yield _case(contract, f"unknown field {key}", body, invalid(f"/{key}"))


_NO_NUMBERS = ('"5"', '""', "true", "false", "null", "[]", "[5]", "{}", '{"a":5}')
_NO_DOUBLES = ("1e999", "-1e999", "9" * 400, "-" + "9" * 400, "1" * 5_000)
_NO_INTEGERS = ("5.0", "5.5", "1e3", "1E+1", "50e-1", "-0", "-0.0", "0.0", "-5", "1e400")
_NO_ARRAYS = ("null", "true", "5", "5.5", '"5"', '""', "{}", '{"0":5}', "1e999")
_NO_STRINGS = ("null", "true", "5", "5.5", "[]", "{}", "1e999")


def _wrong_kinds(contract: Contract) -> Iterator[Case]:
    for name, rule in contract.fields.items():
        match rule:
            case Numbers():
                wrong: tuple[str, ...] = _NO_ARRAYS
                yield from _wrong_items(contract, name)
            case Number():
                wrong = (*_NO_NUMBERS, *_NO_DOUBLES)
            case Integer():
                wrong = (*_NO_NUMBERS, *_NO_DOUBLES, *_NO_INTEGERS)
            case OneOf():
                wrong = (*_NO_STRINGS, '"nothing"', '""')
        for value in wrong:
            body = contract.body_with(name, value)
            yield _case(contract, f"{name} is {_short(value)}", body, invalid(f"/{name}"))


def _wrong_items(contract: Contract, name: str) -> Iterator[Case]:
    last = len(contract.good[name]) - 1
    for value in (*_NO_NUMBERS, *_NO_DOUBLES):
        body = contract.body_with(name, contract.item(name, last, value))
        what = f"{name}/{last} is {_short(value)}"
        yield _case(contract, what, body, invalid(f"/{name}/{last}"))


def _limits(contract: Contract) -> Iterator[Case]:
    for name, rule in contract.fields.items():
        match rule:
            case Numbers(each):
                yield from _limits_of_items(contract, name, each)
            case Number() | Integer():
                for value in (rule.least, rule.most):
                    body = contract.body(**rule.beside, **{name: value})
                    yield _case(contract, f"{name} at its limit {value!r}", body, OK)
                for value in rule.outside():
                    body = contract.body(**rule.beside, **{name: value})
                    what = f"{name} beyond its limit at {value!r}"
                    yield _case(contract, what, body, invalid(f"/{name}"))
            case OneOf(names):
                for known in names:
                    yield _case(contract, f"{name} is {known}", contract.body(**{name: known}), OK)


def _limits_of_items(contract: Contract, name: str, each: Number) -> Iterator[Case]:
    def with_first(written: str) -> str:
        return contract.body_with(name, contract.item(name, 0, written))

    for limit in (each.least, each.most):
        yield _case(contract, f"{name}/0 at its limit {limit!r}", with_first(repr(limit)), OK)
    for value in each.outside():
        what = f"{name}/0 beyond its limit at {value!r}"
        yield _case(contract, what, with_first(repr(value)), invalid(f"/{name}/0"))
    if each.least <= 0.0 <= each.most:
        for zero in ("-0.0", "-0", "0", "0e5", "5e-324", "1e-999"):
            yield _case(contract, f"{name}/0 is {zero}", with_first(zero), OK)


def _lengths(contract: Contract) -> Iterator[Case]:
    numbers = contract.numbers(contract.arrays[0])
    for name in contract.arrays:
        for count in (numbers.fewest - 1, numbers.greatest + 1):
            body = contract.body(**{name: contract.good[name][:1] * count})
            yield _case(contract, f"{count} in {name}", body, invalid(f"/{name}"))
    for count in sorted({numbers.fewest, numbers.greatest}):
        changes = {name: contract.good[name][:1] * count for name in contract.arrays}
        if "steps" in contract.fields:
            changes["steps"] = 1
        yield _case(contract, f"{count} in each array", contract.body(**changes), OK)
    for name in contract.arrays[1:]:
        for other in (contract.good[name][:-1], contract.good[name] * 2):
            what = f"{len(other)} in {name} alone"
            yield _case(contract, what, contract.body(**{name: other}), invalid(f"/{name}"))


def _together(contract: Contract) -> Iterator[Case]:
    for number, limit in enumerate(contract.together):
        what = f"limit {number} on several fields"
        yield _case(contract, f"{what} kept", contract.body(**limit.kept), OK)
        broken = contract.body(**limit.broken)
        yield _case(contract, f"{what} broken", broken, invalid(f"/{limit.at}"))


_ROWS = (
    _unknown_paths,
    _wrong_methods,
    _too_large,
    _media_types,
    _precedence,
    _not_json,
    _not_utf8,
    _not_numbers,
    _bad_escapes,
    _many_escaped_quotes,
    _deep_nesting,
    _not_an_object,
    _fields,
    _wrong_types,
    _values,
    _numbers_in_range,
    _other_spellings,
    _other_headers,
    _every_contract,
)

CASES = [case for row in _ROWS for case in row()]

_BOTH = frozenset({"/planet", "/times_jd"})
SEVERAL_FAULTS = {
    ("/v1/ephemeris", body): pointers
    for body, pointers in {
        "{}": _BOTH,
        '{"planet":1,"times_jd":1}': _BOTH,
        '{"planet":"pluto","times_jd":[]}': _BOTH,
        '{"planet":"pluto","times_jd":[0,0]}': {"/planet", "/times_jd/0", "/times_jd/1"},
        '{"x":1,"y":2}': _BOTH | {"/x", "/y"},
        with_times("null", "0", "1e999"): {f"/times_jd/{index}" for index in range(3)},
    }.items()
} | {
    ("/v1/black_scholes", BLACK_SCHOLES.body(spot=[100.0])): {"/strike", "/years"},
    ("/v1/nbody", NBODY.body(mass=[1.0] * 3)): {"/x", "/y", "/z"},
    ("/v1/heat", HEAT.body(dx=1e-6, steps=5_000_000)): {"/dt", "/steps"},
}
"""Paths and bodies with more than one fault, and the pointers an answer may name some of."""
