"""Which stacks lie between two ends, and what the gap between those divides into."""

from collections.abc import Iterable

import msgspec
import pytest

from stackgap.factorial import Factors, between, factors, members
from stackgap.misuse import MisuseError
from stackgap.records import Step
from stackgap.stacks import Stack, find, stacks

START = find("fastapi-stock-python")
AXUM = find("axum-stock")
LEVELS: dict[str, dict[str, object]] = {
    "Access log": {"access_log": False},
    "Kernel": {"backend": "rust"},
    "Validation and JSON": {"codec": "rust"},
    "Framework": {"framework": "asgi"},
    "Server": {"server": "granian"},
}
TABLE = factors()
FUSED, PROCESS = TABLE.last


def _changed(*names: str, **other: object) -> Stack:
    """The start with these factors changed, and other fields."""
    fields = {key: value for name in names for key, value in LEVELS[name].items()}
    return msgspec.structs.replace(START, name="+".join(names) or START.name, **fields, **other)


def _by_name(rows: Iterable[Stack]) -> dict[str, Stack]:
    return {row.name: row for row in rows}


def test_a_stack_that_differs_in_factors_only_is_a_member() -> None:
    rows = [START, _changed("Kernel"), _changed("Access log", "Framework", profile="quiet")]
    assert members(_by_name(rows), TABLE) == {
        START.name: [],
        "Kernel": ["Kernel"],
        "Access log+Framework": ["Access log", "Framework"],
    }


@pytest.mark.parametrize(
    "other",
    [
        {"workers": 2},
        {"backend": "numba"},
        {"codec": "msgspec"},
        {"inject_wait_ms": 5},
        {"payload": "float64"},
    ],
    ids=str,
)
def test_a_stack_that_differs_in_anything_else_is_none(other: dict[str, object]) -> None:
    stranger = msgspec.structs.replace(START, name="stranger", **other)
    assert members(_by_name([START, stranger]), TABLE) == {START.name: []}


def test_a_quick_start_outside_the_contract_is_no_member() -> None:
    rows = [START, find("fastapi-quickstart")]
    assert members(_by_name(rows), TABLE) == {START.name: []}


def test_two_stacks_that_differ_in_their_names_only_are_refused() -> None:
    twin = msgspec.structs.replace(START, name="twin", profile="tuned")
    with pytest.raises(MisuseError, match="'fastapi-stock-python' and 'twin' differ in nothing"):
        members(_by_name([START, twin]), TABLE)


def test_what_is_not_varied_stays_one_step() -> None:
    found = between([START, _changed("Access log"), _changed("Kernel"), AXUM, _both()], TABLE)
    assert found is not None
    assert [factor.name for factor in found.factors] == ["Access log", "Kernel"]
    assert found.last == [
        Step(
            "Validation and JSON + Framework + Server + Lists between Python and Rust + "
            "Python process to Rust process (not split further)",
            AXUM.name,
        )
    ]


def _both() -> Stack:
    return _changed("Access log", "Kernel")


def test_where_all_are_varied_each_last_step_stands_alone() -> None:
    full = _changed(*LEVELS)
    fused = msgspec.structs.replace(AXUM, name=FUSED.stack)
    with_fused = between([START, full, fused, AXUM], TABLE)
    without = between([START, full, AXUM], TABLE)
    assert with_fused is not None
    assert without is not None
    assert with_fused.last == [FUSED, PROCESS]
    joined = f"{FUSED.name} + {PROCESS.name}"
    assert without.last == [Step(joined, AXUM.name)]


@pytest.mark.parametrize(
    "rows",
    [
        [_changed("Kernel"), AXUM],
        [START, AXUM],
        [START, _changed("Kernel")],
        [START, _changed("Kernel"), _changed("Access log"), AXUM],
    ],
    ids=["no start", "nothing varied", "no end", "none with all changes"],
)
def test_stacks_that_divide_nothing_make_no_factorial(rows: list[Stack]) -> None:
    assert between(rows, TABLE) is None


def test_only_members_that_are_measured_are_held_out() -> None:
    held_out = _changed("Framework", "Validation and JSON")
    table = msgspec.structs.replace(TABLE, held_out=[held_out.name, "another"])
    rows = [START, held_out, _changed("Framework"), AXUM]
    found = between(rows, table)
    assert found is not None
    assert found.held_out == [held_out.name]


def test_every_factor_names_a_field_of_a_stack_and_other_values_than_the_starts() -> None:
    for factor in TABLE.factor:
        assert getattr(START, factor.field) == factor.before != factor.after


def test_the_projects_ends_and_steps_are_stacks() -> None:
    assert isinstance(TABLE, Factors)
    assert TABLE.start in stacks()
    assert PROCESS.stack in stacks()
