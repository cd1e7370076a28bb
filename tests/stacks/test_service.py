"""What a process says about itself."""

import sys
from types import ModuleType

import pytest

from python_api._rust_ext import BUILD_HASH
from python_api.equations import EQUATIONS
from python_api.stacks import codecs, service


@pytest.mark.parametrize("backend", ["rust", "rust_simd"])
def test_the_build_hash_is_that_of_the_rust_extension(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    extension = ModuleType("python_api._rust_ext")
    extension.BUILD_HASH = "c0ffee"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, extension.__name__, extension)
    monkeypatch.setenv("STACKGAP_BACKEND", backend)
    assert service.from_environment([]).build_hash == "c0ffee"


def test_all_equations_are_served_where_none_is_named() -> None:
    assert service.from_environment([]).equations == EQUATIONS


@pytest.mark.parametrize(
    ("listed", "served"),
    [("heat", ("heat",)), ("heat,ephemeris", ("ephemeris", "heat")), ("heat,heat", ("heat",))],
)
def test_the_named_equations_are_served_in_their_usual_order(
    monkeypatch: pytest.MonkeyPatch, listed: str, served: tuple[str, ...]
) -> None:
    monkeypatch.setenv("STACKGAP_EQUATIONS", listed)
    assert service.from_environment([]).equations == served


@pytest.mark.parametrize("listed", ["tides", "heat,tides", ""])
def test_an_unknown_equation_is_named_beside_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    monkeypatch.setenv("STACKGAP_EQUATIONS", listed)
    unknown = listed.rpartition(",")[2]
    with pytest.raises(ValueError, match=f"unknown equation '{unknown}'; known: ephemeris, "):
        service.from_environment([])


@pytest.mark.parametrize("backend", ["python", "numpy", "numba"])
def test_there_is_no_build_hash_without_rust(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("STACKGAP_BACKEND", backend)
    assert service.from_environment([]).build_hash is None


@pytest.mark.parametrize("codec", ["rust", "bytes", "float64", "lexical"])
def test_a_codec_of_rust_has_a_build_hash_whatever_the_backend(
    monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    monkeypatch.setenv("STACKGAP_CODEC", codec)
    assert service.from_environment([]).build_hash == BUILD_HASH


def test_raw_doubles_are_taken_by_the_codec_of_that_name_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STACKGAP_BACKEND", "rust")
    for codec in codecs.CODECS:
        monkeypatch.setenv("STACKGAP_CODEC", codec)
        served = service.from_environment([])
        assert served.takes_float64 == (codec == "float64")
        if served.takes_float64:
            assert served.float64_solvers().keys() == served.solvers().keys()
        else:
            with pytest.raises(ValueError, match="known: float64"):
                served.float64_solvers()


def test_raw_doubles_go_with_backends_of_rust_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_CODEC", "float64")
    monkeypatch.setenv("STACKGAP_BACKEND", "numpy")
    with pytest.raises(ValueError, match="'numpy'; known: rust, rust_simd"):
        service.from_environment([]).float64_solvers()


def test_an_unknown_codec_is_named_beside_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_CODEC", "xml")
    with pytest.raises(ValueError, match="unknown codec 'xml'; known: pydantic, "):
        service.from_environment([])


def test_the_versions_are_those_of_what_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in service.SERVERS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "granian", ModuleType("granian"))
    monkeypatch.setenv("STACKGAP_BACKEND", "numba")
    versions = service.from_environment(["fastapi"]).versions
    assert set(versions) == {"python", "fastapi", "granian", "pydantic", "numba", "numpy"}
