"""Trials of rates on each stack, until the highest that holds is found."""

from collections.abc import Callable
from typing import Protocol

from stackgap.analyse.capacity import answers_in_time, keeps_up
from stackgap.measure.engine import Engine, Load, Resident, SliceReading
from stackgap.measure.gates import failure_faults, lateness_voids, others_voids, wrong_faults
from stackgap.probe_records import CapacitySettings, Trial
from stackgap.run.probes.driver import Visit, served
from stackgap.run.probes.search import highest_held

# A disturbance makes a server slower, never faster: one trial that fails does not settle it.
_FAILURES = 2
_ATTEMPTS = 4
# What the generator calls a request whose answer, or whose turn, did not come in time.
_OVERLOAD = frozenset({"timeout", "unsent"})

Criterion = Callable[[Trial, CapacitySettings], bool]


class Slices(Protocol):
    """What puts load on a server; see `measure.neighbours.WatchedSlices`."""

    def slice(self, resident: Resident, load: Load) -> tuple[SliceReading, float]:
        """A slice, and the part of the servers' core that others took meanwhile."""
        ...


class CapacityProbe:
    """See `driver.Probe`."""

    def __init__(self, engine: Engine, slices: Slices, settings: CapacitySettings) -> None:
        self._engine = engine
        self._slices = slices
        self._settings = settings

    def measure(self, visit: Visit) -> list[str]:
        """What a server gets through in a closed loop, then both searches from half of that."""
        with served(self._engine, visit.stack) as (resident, faults):
            if faults:
                return faults
            trials = _Trials(self._slices, resident, visit, self._settings)
            start_hz = trials.closed_hz() / 2
            for criterion in (keeps_up, answers_in_time):
                trials.search(criterion, start_hz)
        return trials.faults


class _Trials:
    """The trials made of one server; each rate's serve both searches."""

    def __init__(
        self, slices: Slices, resident: Resident, visit: Visit, settings: CapacitySettings
    ) -> None:
        self._slices = slices
        self._resident = resident
        self._visit = visit
        self._settings = settings
        self._at: dict[float, list[Trial]] = {}
        self.faults: list[str] = []

    def closed_hz(self) -> float:
        """Requests a second in a closed loop, over a window that holds enough of them."""
        least_s = self._settings.window_s
        rough_hz = self._closed_hz(least_s)
        window_s = self._window_s(rough_hz)
        return self._closed_hz(window_s) if window_s > least_s else rough_hz

    def search(self, criterion: Criterion, start_hz: float) -> None:
        """Makes the trials that find the highest rate to hold."""
        own = self._settings
        highest_held(
            lambda rate_hz: self._holds(rate_hz, criterion),
            start_hz,
            least_hz=own.least_hz,
            most_hz=own.most_hz,
            precision=own.precision,
        )

    def _holds(self, rate_hz: float, criterion: Criterion) -> bool:
        made = self._at.setdefault(rate_hz, [])
        while not any(criterion(trial, self._settings) for trial in made):
            failures = sum(not trial.voided for trial in made)
            if self.faults or failures == _FAILURES:
                return False
            if len(made) == _ATTEMPTS:
                self._blame_disturbance(rate_hz, made)
                return False
            made.append(self._trial(rate_hz, self._window_s(rate_hz)))
        return True

    def _blame_disturbance(self, rate_hz: float, made: list[Trial]) -> None:
        """Where others kept the server from its core, or the generator from a rate that it can
        send, nothing is learnt. At a higher one it has come to its own limit."""
        crowded = any(others_voids(trial.stack, trial.others_share) for trial in made)
        if crowded or rate_hz <= self._settings.generator_hz:
            reason = next(reason for trial in made for reason in trial.voided)
            self.faults.append(f"{reason} at {rate_hz:,.0f} req/s, again and again")

    def _closed_hz(self, window_s: float) -> float:
        trial = self._trial(None, window_s)
        return trial.window_ok / trial.window_s

    def _trial(self, rate_hz: float | None, window_s: float) -> Trial:
        stack = self._visit.stack.name
        how = "in a closed loop" if rate_hz is None else f"at {rate_hz:,.0f} req/s"
        self._visit.say(f"{stack} {how}")
        own = self._settings
        seed = self._visit.random.getrandbits(32)
        # The rate of a closed load means nothing, but that every answer may be a sample.
        load = Load(rate_hz or 1.0, own.lead_s, window_s, own.connections, seed, rate_hz is None)
        trial = self._record(rate_hz, *self._slices.slice(self._resident, load))
        self._visit.emit(trial)
        self.faults += _faults(trial)
        return trial

    def _record(self, rate_hz: float | None, reading: SliceReading, others: float) -> Trial:
        visit = self._visit
        return Trial(
            generation=visit.generation,
            position=visit.position,
            stack=visit.stack.name,
            closed=rate_hz is None,
            rate_hz=rate_hz or 0.0,
            window_s=reading.window_s,
            scheduled=reading.scheduled,
            ok=reading.ok,
            failed=reading.failed,
            window_ok=reading.window_ok,
            cpu_ns=reading.cpu_ns,
            latency_ns_histogram=reading.latency_ns_histogram,
            lateness_p99_ns=reading.lateness_p99_ns,
            others_share=others,
            checked_answers=reading.checked_answers,
            wrong_answers=reading.wrong_answers,
            voided=[
                *lateness_voids(visit.stack.name, reading.lateness_p99_ns),
                *others_voids(visit.stack.name, others),
            ],
        )

    def _window_s(self, rate_hz: float) -> float:
        own = self._settings
        enough_s = own.fewest_requests / max(rate_hz, own.least_hz)
        return min(max(own.window_s, enough_s), own.longest_window_s)


def _faults(trial: Trial) -> list[str]:
    """What of a trial voids the generation: too much load is none, it is looked for."""
    failed = {kind: count for kind, count in trial.failed.items() if kind not in _OVERLOAD}
    return failure_faults(trial.stack, failed) + wrong_faults(
        trial.stack, trial.checked_answers, trial.wrong_answers
    )
