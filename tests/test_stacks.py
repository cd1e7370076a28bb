"""The stacks table is read strictly."""

from pathlib import Path

import pytest

from stackgap import project
from stackgap.misuse import MisuseError
from stackgap.stacks import Stack, find, read_stacks, stacks

ROW = """
[[stack]]
name = "one"
server = "uvicorn"
framework = "fastapi"
codec = "pydantic"
backend = "python"
profile = "stock"
access_log = true
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "stacks.toml"


def test_rows_are_read_in_file_order_with_defaults(table: Path) -> None:
    table.write_text(ROW + ROW.replace("one", "another"))
    rows = read_stacks(table)
    assert list(rows) == ["one", "another"]
    assert (rows["one"].contract, rows["one"].workers) == (True, 1)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[stack", "']]'"),
        ("", "stack"),
        ("stack = 1", "$.stack"),
        (ROW + "colour = 1", "$.stack[0]"),
        (ROW.replace("[[stack]]", "[[stacks]]"), "stacks"),
        (ROW + ROW.replace('"pydantic"', "1"), "$.stack[1].codec"),
        (ROW.replace('"uvicorn"', '"apache"'), "$.stack[0].server"),
        (ROW.replace('"stock"', '"fast"'), "$.stack[0].profile"),
        (ROW.replace("true", '"yes"'), "$.stack[0].access_log"),
        (ROW.replace('backend = "python"\n', ""), "$.stack[0]"),
        (ROW + ROW, "'one'"),
    ],
    ids=[
        "not TOML",
        "empty",
        "not a table",
        "unknown field",
        "unknown table",
        "wrong type",
        "unknown server",
        "unknown profile",
        "string for a bool",
        "missing field",
        "two of a name",
    ],
)
def test_a_bad_table_is_refused_by_file_and_row(table: Path, text: str, fault: str) -> None:
    table.write_text(text)
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        read_stacks(table)
    assert str(refusal.value).startswith(f"{table}: ")
    assert fault in str(refusal.value)


def test_an_unknown_stack_is_refused_with_the_known_ones() -> None:
    with pytest.raises(MisuseError, match=r"no stack 'nope'; known: .*axum-stock"):
        find("nope")


def test_a_stack_is_found_by_its_name() -> None:
    assert all(find(name).name == name for name in stacks())


def test_every_row_of_the_project_is_a_stack() -> None:
    assert all(isinstance(stack, Stack) for stack in read_stacks(project.STACKS_TOML).values())


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("fastapi-quiet-python", False),
        ("asgi-quiet-msgspec-python", False),
        ("asgi-quiet-msgspec-rust", True),
        ("asgi-quiet-rustcodec-python", True),
        ("asgi-quiet-bytes-rust", True),
        ("axum-stock", True),
    ],
)
def test_rust_is_needed_by_a_kernel_a_codec_or_a_server_of_it(name: str, needed: bool) -> None:
    assert find(name).needs_rust == needed
