"""Numbers as text: units, three significant digits, and intervals or why there is none."""

from dataclasses import dataclass
from math import floor, log10

from stackgap.analyse.interval import MIN_GENERATIONS, Estimate, Interval

ABSENT = "–"


@dataclass(frozen=True)
class Quantity:
    """How a kind of number is printed: times `factor`, with `unit`, to at most `most_decimals`."""

    unit: str
    factor: float
    most_decimals: int


CONTAINERS = Quantity(" containers", 1, 0)
MICROSECONDS = Quantity(" µs", 1, 1)
MILLISECONDS = Quantity(" ms", 1, 2)
MICROSECONDS_PER_SECOND = Quantity(" µs/s", 1, 0)
MILLISECONDS_PER_SECOND = Quantity(" ms/s", 1, 2)
MEBIBYTES = Quantity(" MiB", 1, 1)
RATIO = Quantity("×", 1, 2)
REQUESTS = Quantity(" requests", 1, 1)
REQUESTS_PER_SECOND = Quantity(" req/s", 1, 1)
SECONDS = Quantity(" s", 1, 2)
SHARE = Quantity(" %", 100, 2)


def text(estimate: Estimate | None, quantity: Quantity) -> str:
    """An estimate with unit and interval: "182 µs [178, 186]".

    With too few generations "182 µs (no interval: 3 of 6 generations)"; ABSENT without a value.
    """
    return _joined(estimate, quantity, quantity.unit, _why_none(estimate))


def bare(estimate: Estimate | None, quantity: Quantity) -> str:
    """The same for a column whose heading has the unit: "182 [178, 186]", "182 (no interval)"."""
    return _joined(estimate, quantity, "", " (no interval)")


def point(estimate: Estimate | None, quantity: Quantity) -> str:
    """The estimate alone, without unit or interval: "182"."""
    return bare_value(None if estimate is None else estimate.estimate, quantity)


def value(number: float, quantity: Quantity) -> str:
    """A number that is no estimate, with its unit: "1,000 req/s"."""
    return bare_value(number, quantity) + quantity.unit


def bare_value(number: float | None, quantity: Quantity) -> str:
    """A number that is no estimate, without its unit; ABSENT for None."""
    if number is None:
        return ABSENT
    scaled = number * quantity.factor
    return f"{scaled:,.{_decimals(scaled, quantity)}f}"


def rate(rate_hz: float) -> str:
    """A declared rate, as it is declared: "1,000 req/s", "1.7 req/s"."""
    return bare_rate(rate_hz) + REQUESTS_PER_SECOND.unit


def bare_rate(rate_hz: float) -> str:
    """The same without its unit."""
    return f"{rate_hz:,.10g}"


def significant(number: float, digits: int = 3) -> str:
    """A number that is no estimate, to so many significant digits: "0.0123", "12.3", "12,300"."""
    if number == 0:
        return "0"
    decimals = digits - 1 - floor(log10(abs(number)))
    return f"{round(number, decimals):,.{max(decimals, 0)}f}"


def percent(share: float) -> str:
    """A share that was declared, not measured: "13 %"."""
    return f"{share * 100:g} %"


def change(share: float) -> str:
    """By how much something changes, as a part of it: "-2.4 %"."""
    return f"{100 * share:+.1f} %"


def whole_percent(share: float) -> str:
    """A share that was measured, without decimals: "13 %"."""
    return f"{share:.0%}".replace("%", " %")


def level(estimate: Estimate | None) -> str:
    """The confidence an interval has: "96.9 %"; ABSENT without an interval."""
    return f"{estimate.level:.1%}".replace("%", " %") if isinstance(estimate, Interval) else ABSENT


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number of things: "1 round", "36 rounds"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def _joined(estimate: Estimate | None, quantity: Quantity, unit: str, why_none: str) -> str:
    if estimate is None or estimate.estimate is None:
        return ABSENT
    centre = bare_value(estimate.estimate, quantity) + unit
    if not isinstance(estimate, Interval):
        return centre + why_none
    decimals = _decimals(estimate.estimate * quantity.factor, quantity)
    low, high = (f"{end * quantity.factor:,.{decimals}f}" for end in (estimate.low, estimate.high))
    return f"{centre} [{low}, {high}]"


def _why_none(estimate: Estimate | None) -> str:
    generations = 0 if estimate is None else estimate.generations
    return f" (no interval: {generations} of {MIN_GENERATIONS} generations)"


def _decimals(scaled: float, quantity: Quantity) -> int:
    """Enough for three significant digits, none beyond what the quantity is known to."""
    if scaled == 0:
        return 0
    return min(max(2 - floor(log10(abs(scaled))), 0), quantity.most_decimals)
