"""A record is written and read as what it is; a file that is no record file is told where."""

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from stackgap import probe_records, records
from stackgap.probe_records import AnyProbeRecord
from stackgap.records import (
    AnyRecord,
    GenerationEnded,
    GenerationStarted,
    Record,
    RunEnded,
    RunStarted,
    Slice,
    Started,
)
from tests.analyse import factory
from tests.run.pipeline import small_plan

SOURCE = "records.jsonl"

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


# As far as the schema has fields of such types.
_STRATEGIES: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.AnyType: lambda _: _JSON,
    inspect.NoneType: lambda _: st.none(),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.IntType: lambda _: st.integers(-(2**63), 2**63 - 1),
    inspect.FloatType: lambda _: st.floats(allow_nan=False, allow_infinity=False),
    inspect.StrType: lambda _: st.text(),
    inspect.LiteralType: lambda kind: st.sampled_from(kind.values),
    inspect.ListType: lambda kind: st.lists(_values(kind.item_type), max_size=3),
    inspect.TupleType: lambda kind: st.tuples(*map(_values, kind.item_types)),
    inspect.VarTupleType: lambda kind: st.lists(_values(kind.item_type), max_size=3).map(tuple),
    inspect.DictType: lambda kind: st.dictionaries(
        _values(kind.key_type), _values(kind.value_type), max_size=3
    ),
    inspect.UnionType: lambda kind: st.one_of([_values(each) for each in kind.types]),
    inspect.StructType: lambda kind: st.builds(
        kind.cls, **{field.name: _values(field.type) for field in kind.fields}
    ),
}


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    return _STRATEGIES[type(kind)](kind)


def _parsed(*lines: bytes) -> list[AnyRecord]:
    return list(records.parse_lines(lines, SOURCE))


FILES = {AnyRecord: records.parse_lines, AnyProbeRecord: probe_records.parse_lines}


@pytest.mark.parametrize(
    ("kind", "parse_lines"),
    [(kind, parse_lines) for union, parse_lines in FILES.items() for kind in get_args(union)],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_record_is_read_as_it_was_written(
    kind: type[Record], parse_lines: Callable[..., Iterator[Record]]
) -> None:
    @settings(deadline=None, max_examples=40)
    @given(record=_values(inspect.type_info(kind)))
    def holds(record: Record) -> None:
        if isinstance(record, Started):
            record = msgspec.structs.replace(record, schema=records.SCHEMA)
        line = records.encode(record)
        assert line.count(b"\n") == 1
        assert list(parse_lines([line], SOURCE)) == [record]

    holds()


def test_each_kind_of_record_has_its_own_tag() -> None:
    kinds = {*get_args(AnyRecord), *get_args(AnyProbeRecord)}
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)


def test_a_truncated_last_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / SOURCE
    whole = records.encode(GenerationStarted(0))
    path.write_bytes(whole + records.encode(GenerationEnded(0, []))[:-1])
    assert records.read(path) == [GenerationStarted(0)]


def test_an_empty_file_holds_no_records(tmp_path: Path) -> None:
    path = tmp_path / SOURCE
    path.touch()
    assert records.read(path) == []


@pytest.mark.parametrize(
    "damaged",
    [
        b"not json\n",
        b"\n",
        b'{"record":"generation_started"}\n',
        b'{"record":"generation_started","generation":0,"more":1}\n',
        b'{"record":"generation_started","generation":"0"}\n',
        b'{"record":"nothing_known","generation":0}\n',
        b"[]\n",
        b'{"record":"run_ended","ended_at":"\xff"}\n',
    ],
)
def test_a_damaged_line_is_named_with_its_file(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / SOURCE
    path.write_bytes(records.encode(RunEnded("now")) + damaged + records.encode(RunEnded("now")))
    with pytest.raises(ValueError, match="line 2") as failure:
        records.read(path)
    assert str(failure.value).startswith(f"{path}, line 2: ")


def test_another_version_of_the_schema_is_refused() -> None:
    first = RunStarted(records.SCHEMA + 1, "run", "now", small_plan(), {})
    with pytest.raises(ValueError, match="line 1: schema 2; this version reads 1"):
        _parsed(records.encode(first))


def test_another_version_of_a_probe_is_refused() -> None:
    plan = probe_records.ProbePlan("lorenz", 1, [], "", 1, 1, probe_records.ColdStartSettings())
    first = probe_records.ProbeStarted(records.SCHEMA + 1, "probe", "now", plan, {})
    with pytest.raises(ValueError, match="line 1: schema 2; this version reads 1"):
        list(probe_records.parse_lines([records.encode(first)], SOURCE))


def test_the_garbage_collector_never_looks_at_a_slice_again() -> None:
    whole = factory.a_slice(factory.cell("axum-stock"), cost_us=60.0)
    cut = msgspec.structs.replace(whole, piece_requests=2, cpu_ns_by_piece=(120_000, 121_000))
    (own,) = _parsed(records.encode(cut))
    assert isinstance(own, Slice)
    # A tuple of tuples is let go once these have been.
    gc.collect()
    gc.collect()
    assert not gc.is_tracked(own)
    assert not gc.is_tracked(own.latency_ns_histogram)
    assert own.cpu_ns_by_piece == cut.cpu_ns_by_piece
    assert not gc.is_tracked(own.cpu_ns_by_piece)


def test_a_line_is_plain_json_with_its_kind_first() -> None:
    line = records.encode(GenerationEnded(3, ["too late"]))
    assert json.loads(line) == {
        "record": "generation_ended",
        "generation": 3,
        "voided": ["too late"],
    }
    assert line.startswith(b'{"record":"generation_ended",')
