"""The declared rates, and what a faulty rates file is told."""

from importlib import import_module
from pathlib import Path

import pytest

from python_api.equations import EQUATIONS
from stackgap import project, rates

BAND = """
equation = "ephemeris"
max_n = 10
low_hz = 1
mid_hz = 2
held_out_hz = 3
high_hz = 4
"""
ASCENDING = "0 < low_hz < mid_hz < held_out_hz < high_hz"


def _read(folder: Path, *bands: str) -> list[rates.Band]:
    path = folder / "rates.toml"
    path.write_text("".join(f"[[band]]\n{band}" for band in bands))
    return rates.read_bands(path)


def test_every_equation_has_declared_rates() -> None:
    assert {band.equation for band in rates.read_bands(project.RATES_TOML)} == set(EQUATIONS)


@pytest.mark.parametrize("equation", EQUATIONS)
def test_every_measured_size_has_declared_rates(equation: str) -> None:
    sizes = import_module(f"python_api.equations.{equation}.contract").SIZES
    assert [rates.find(equation, n).equation for n in sizes] == [equation] * len(sizes)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert _read(tmp_path, BAND) == [rates.Band("ephemeris", 10, 1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("band", "fault"),
    [
        (BAND + "typo = 1\n", "unknown field `typo`"),
        (BAND.replace("max_n = 10\n", ""), "missing required field `max_n`"),
        (BAND.replace("low_hz = 1", 'low_hz = "1"'), "Expected `float`, got `str`"),
        (BAND.replace("low_hz = 1", "low_hz = 2"), f"to n = 10: {ASCENDING}"),
        (BAND.replace("low_hz = 1", "low_hz = 0"), f"to n = 10: {ASCENDING}"),
        (BAND.replace("low_hz = 1", "low_hz = nan"), f"to n = 10: {ASCENDING}"),
        (BAND.replace("held_out_hz = 3", "held_out_hz = 4"), f"to n = 10: {ASCENDING}"),
        (BAND.replace("held_out_hz = 3", "held_out_hz = 2"), f"to n = 10: {ASCENDING}"),
        ("low_hz = ", "Invalid value"),
    ],
    ids=[
        *("unknown", "missing", "type", "equal", "zero", "not a number"),
        *("held out is high", "held out is mid", "no TOML"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path: Path, band: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as failure:
        _read(tmp_path, band)
    assert str(failure.value).startswith(str(tmp_path / "rates.toml"))


def test_a_band_ends_with_its_largest_n() -> None:
    narrow, wide = rates.find("ephemeris", 10), rates.find("ephemeris", 11)
    assert narrow.max_n == 10
    assert wide.max_n == 100


def test_an_equation_without_rates_is_named() -> None:
    with pytest.raises(ValueError, match="no rates are declared for equation 'tides'"):
        rates.find("tides", 1)
