"""An estimate with its interval, or the statement that there are too few generations for one."""

from dataclasses import dataclass

MIN_GENERATIONS = 6


@dataclass(frozen=True)
class Interval:
    """An estimate from `generations` values and the ends that cover it with confidence `level`."""

    estimate: float
    low: float
    high: float
    level: float
    generations: int

    @property
    def half_width(self) -> float:
        """Half the distance between the ends."""
        return (self.high - self.low) / 2

    def includes(self, value: float) -> bool:
        """Whether `value` lies between the ends, ends included."""
        return self.low <= value <= self.high

    def scaled(self, factor: float) -> "Interval":
        """The same in another unit; `factor` is positive."""
        return Interval(
            self.estimate * factor,
            self.low * factor,
            self.high * factor,
            self.level,
            self.generations,
        )

    def shifted(self, by: float) -> "Interval":
        """The same with what is known exactly added to it."""
        return Interval(
            self.estimate + by, self.low + by, self.high + by, self.level, self.generations
        )


@dataclass(frozen=True)
class NotEnough:
    """Fewer than MIN_GENERATIONS values: their centre, or None without any, and no interval."""

    estimate: float | None
    generations: int

    def scaled(self, factor: float) -> "NotEnough":
        """The same in another unit."""
        estimate = None if self.estimate is None else self.estimate * factor
        return NotEnough(estimate, self.generations)

    def shifted(self, by: float) -> "NotEnough":
        """The same with what is known exactly added to it."""
        estimate = None if self.estimate is None else self.estimate + by
        return NotEnough(estimate, self.generations)


Estimate = Interval | NotEnough
