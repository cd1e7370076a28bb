"""The declared rates: bands of `benchmarks/rates.toml`."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from stackgap import project
from stackgap.misuse import MisuseError
from stackgap.records import RateName


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rates at which requests of up to `max_n` values are measured, ascending."""

    equation: str
    max_n: int
    low_hz: float
    mid_hz: float
    held_out_hz: float
    high_hz: float

    def rate_hz(self, name: RateName) -> float:
        """The rate of that name."""
        by_name: dict[RateName, float] = {
            "low": self.low_hz,
            "mid": self.mid_hz,
            "held_out": self.held_out_hz,
            "high": self.high_hz,
        }
        return by_name[name]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    band: list[Band]


def read_bands(path: Path) -> list[Band]:
    """The bands of a rates file; raises MisuseError naming the file and what is wrong."""
    try:
        bands = msgspec.convert(tomllib.loads(path.read_text()), _Table).band
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MisuseError(f"{path}: {error}") from error
    for band in bands:
        if not 0 < band.low_hz < band.mid_hz < band.held_out_hz < band.high_hz:
            raise MisuseError(
                f"{path}: {band.equation} to n = {band.max_n}: "
                "0 < low_hz < mid_hz < held_out_hz < high_hz"
            )
    return bands


@cache
def _bands() -> list[Band]:
    return read_bands(project.RATES_TOML)


def find(equation: str, n: int) -> Band:
    """The narrowest band that holds for `n`; MisuseError names the largest n there is."""
    sizes = _by_size(equation)
    for band in sizes:
        if n <= band.max_n:
            return band
    raise MisuseError(f"rates are declared for {equation} up to n = {sizes[-1].max_n}, not {n}")


def largest_n(equation: str) -> int:
    """The largest n that rates are declared for; MisuseError where none are."""
    return _by_size(equation)[-1].max_n


def _by_size(equation: str) -> list[Band]:
    bands = [band for band in _bands() if band.equation == equation]
    if not bands:
        raise MisuseError(f"no rates are declared for equation {equation!r}")
    return sorted(bands, key=lambda band: band.max_n)
