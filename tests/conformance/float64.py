"""Requests in little-endian doubles, and what each must be answered by a stack that takes them."""

import struct
from collections.abc import Iterator, Mapping
from math import inf, nan, nextafter
from typing import Any

from tests.conformance.cases import BODY_LIMIT, Case
from tests.conformance.client import Request
from tests.conformance.contracts import (
    CONTRACTS,
    EPHEMERIS,
    Contract,
    Field,
    Integer,
    Limits,
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

OCTETS: Mapping[str, str] = {"Content-Type": "application/octet-stream"}


def pack(*doubles: float) -> bytes:
    """The doubles, each of 8 bytes and little-endian."""
    return struct.pack(f"<{len(doubles)}d", *doubles)


def body(contract: Contract, **changes: Any) -> bytes:
    """The good request, with other values of some fields; a choice by its name or as a double."""
    values = {**contract.good, **changes}
    singles = [name for name in contract.fields if name not in contract.arrays]
    arrays = [number for name in contract.arrays for number in values[name]]
    return pack(*(_single(contract, name, values[name]) for name in singles), *arrays)


def post(contract: Contract, content: bytes) -> Request:
    """A POST of `content` as doubles."""
    return Request(path=contract.path, headers=OCTETS, body=content)


def _single(contract: Contract, name: str, value: Any) -> float:
    rule = contract.fields[name]
    return rule.names.index(value) if isinstance(rule, OneOf) and value in rule.names else value


def _every_contract() -> Iterator[Case]:
    for contract in CONTRACTS:
        for rows in (_byte_counts, _lengths, _values, _together):
            yield from rows(contract)


def _case(contract: Contract, what: str, content: bytes, outcome: Outcome) -> Case:
    return Case(f"{contract.name}: {what}", post(contract, content), outcome)


def _byte_counts(contract: Contract) -> Iterator[Case]:
    good = body(contract)
    yield _case(contract, "good", good, OK)
    yield _case(contract, "empty", b"", invalid(""))
    for change in (-7, -1, 1, 7):
        content = good + bytes(change) if change > 0 else good[:change]
        yield _case(contract, f"{change:+} bytes", content, invalid(""))
    singles = len(contract.fields) - len(contract.arrays)
    yield _case(contract, "a single value missing", good[: 8 * (singles - 1)], invalid(""))
    for more in range(1, len(contract.arrays)):
        yield _case(contract, f"{more} doubles more", good + good[-8 * more :], invalid(""))


def _lengths(contract: Contract) -> Iterator[Case]:
    first = contract.arrays[0]
    numbers = contract.numbers(first)
    short = {"steps": 1} if "steps" in contract.fields else {}
    for count in sorted({0, numbers.fewest - 1, numbers.fewest, numbers.greatest}):
        arrays = {name: contract.good[name][:1] * count for name in contract.arrays}
        outcome = OK if count >= numbers.fewest else invalid(f"/{first}")
        yield _case(contract, f"n = {count}", body(contract, **short, **arrays), outcome)
    arrays = {name: contract.good[name][:1] * (numbers.greatest + 1) for name in contract.arrays}
    content = body(contract, **short, **arrays)
    yield _case(contract, f"n = {numbers.greatest + 1}", content, invalid(f"/{first}"))


def _values(contract: Contract) -> Iterator[Case]:
    for name, rule in contract.fields.items():
        good, bad = _good_and_bad(rule)
        for value in good:
            yield _one_value(contract, name, value, good=True)
        for value in (*bad, nan, inf, -inf):
            yield _one_value(contract, name, value, good=False)


def _good_and_bad(rule: Field) -> tuple[list[float], list[float]]:
    match rule:
        case Numbers(each):
            return [each.least, each.most], each.outside()
        case Integer():
            fractions = [0.5, 1.5, nextafter(1.0, 2.0), rule.most - 0.5]
            return [rule.least, rule.most], [*rule.outside(), *fractions, -1.0, 1e300]
        case Number():
            return [rule.least, rule.most], rule.outside()
        case OneOf(names):
            places = [float(place) for place in range(len(names))]
            return [*places, -0.0], [-1.0, len(names), 0.5, nextafter(1.0, 2.0), 5e-324, 1e300]


def _one_value(contract: Contract, name: str, value: float, *, good: bool) -> Case:
    """The good request with `value` as a field or, of an array, its last number."""
    rule = contract.fields[name]
    changes: dict[str, Any] = dict(rule.beside) if isinstance(rule, Limits) else {}
    if isinstance(rule, Numbers):
        *others, _last = contract.good[name]
        changes[name] = [*others, value]
        pointer = f"/{name}/{len(others)}"
    else:
        changes[name] = value
        pointer = f"/{name}"
    outcome = OK if good else invalid(pointer)
    return _case(contract, f"{pointer} is {value!r}", body(contract, **changes), outcome)


def _together(contract: Contract) -> Iterator[Case]:
    for number, limit in enumerate(contract.together):
        what = f"limit {number} on several fields"
        yield _case(contract, f"{what} kept", body(contract, **limit.kept), OK)
        broken = body(contract, **limit.broken)
        yield _case(contract, f"{what} broken", broken, invalid(f"/{limit.at}"))


def _before_the_body_is_read() -> Iterator[Case]:
    path, good = EPHEMERIS.path, body(EPHEMERIS)
    large = {"Content-Length": str(BODY_LIMIT + 1)}
    text = {"Content-Type": "text/plain"}
    yield Case("404", Request(path="/v1/nope", headers=OCTETS, body=good), NOT_FOUND)
    yield Case("405", Request("PUT", path, OCTETS, good), not_allowed("PUT", "POST"))
    yield Case("413 declared", Request(headers={**OCTETS, **large}), TOO_LARGE)
    yield Case("413", post(EPHEMERIS, bytes(BODY_LIMIT + 8)), TOO_LARGE)
    yield Case("413 before 415", Request(headers={**text, **large}), TOO_LARGE)
    yield Case("413 before 422", Request(headers={**OCTETS, **large}), TOO_LARGE)
    yield Case("as large as allowed", post(EPHEMERIS, bytes(BODY_LIMIT)), invalid("/times_jd"))
    yield Case("415", Request(headers=text, body=good), UNSUPPORTED)
    yield Case("415 of no type", Request(headers={}, body=good), UNSUPPORTED)
    for media_type in ("application/octet", "application/octet-streams", "octet-stream"):
        request = Request(headers={"Content-Type": media_type}, body=good)
        yield Case(f"content type {media_type}", request, UNSUPPORTED)
    for media_type in ("Application/OCTET-Stream", "application/octet-stream ; a=b"):
        request = Request(headers={"Content-Type": media_type}, body=good)
        yield Case(f"content type {media_type}", request, OK)
    json = {"Content-Type": "application/json"}
    yield Case("doubles sent as JSON", Request(headers=json, body=good), invalid(""))


CASES = [*_before_the_body_is_read(), *_every_contract()]
