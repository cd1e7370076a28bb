"""What exercise 8 is held to."""

import time
from functools import cache
from random import Random

from stackgap import project
from stackgap.analyse.choices import SHAPES
from stackgap.analyse.guide import ENOUGH, Case, answer
from stackgap.cli.guide import reference_runs
from stackgap.workshop import arrays
from stackgap.workshop.opening import python_file
from stackgap.workshop.timing import Limit
from stackgap.workshop.wrong import Wrong

TITLE = "Decide: cases of your own against measured records"
MINUTES = 20
QUESTION = "How many times as much CPU as your choices leave do the cases take by staying?"
AGAINST = "always staying"
SLOW = "Which cases does docs/decision-guide.md decide otherwise? And is anything read twice?"
LEFT = "CPU that the choices leave"
LIMITS = [Limit(LEFT, "solution", 1.25), Limit("time to decide", "solution", 2.0)]

_WAITS_MS = (0.0, 5.0, 100.0)
_CASES = 40
# One choice for all cases is right in four of five: a few cases would not tell.
_CASES_AT_ONCE = 5

opened = python_file


def contract(own):
    """A known choice, and what is refused."""
    first = _runs()[0].summary.plan
    chosen = own.decide(first.equation, first.n, max(_runs()[0].rates_hz), 0.0)
    if chosen not in own.CHOICES:
        raise Wrong(f"decide must give one of CHOICES; it gave {chosen!r}")
    measured = {run.summary.plan.equation for run in _runs()}
    for unknown in ("cubic", *sorted(set(SHAPES.values()) - measured)):
        try:
            own.decide(unknown, 100, 500.0, 0.0)
        except ValueError:
            continue
        raise Wrong(f"{unknown} is not measured: decide must raise ValueError")


def correct(own, random):
    """Choices that give most of what any gives; to stay where it does not matter."""
    for _ in range(_CASES_AT_ONCE):
        _sensible(own, _drawn(random))


def _sensible(own, case):
    found = answer(case, _runs())
    chosen = own.decide(case.equation, case.n, case.rate_hz, case.io_ms)
    asked = f"{case.equation}, n = {case.n}, {case.rate_hz:.4g} req/s, {case.io_ms:g} ms of waiting"
    if found.advised is None:
        if chosen not in ("stay", "change settings"):
            raise Wrong(f"{asked}: you choose {chosen!r}. What does that save, and of how much?")
        return
    option = next((each for each in found.options if each.choice.name == chosen), None)
    if option is None:
        raise Wrong(f"{asked}: {chosen!r} was not measured there")
    most = max(each.saved_cores.estimate for each in found.options if each.saved_cores)
    if option.saved_cores is None or option.saved_cores.estimate < ENOUGH * most * (1 - 1e-9):
        raise Wrong(f"{asked}: {chosen!r} leaves most of what could be saved")


def measure(own):
    """CPU that the choices leave, in cores, and seconds for a decision."""
    random = Random(8)
    cases = [_drawn(random) for _ in range(_CASES)]
    found = [answer(case, _runs()) for case in cases]
    # Records may be read once, before turns are timed: that takes longer than all decisions.
    own.decide(cases[0].equation, cases[0].n, cases[0].rate_hz, cases[0].io_ms)

    def turn():
        begun = time.perf_counter()
        chosen = [own.decide(each.equation, each.n, each.rate_hz, each.io_ms) for each in cases]
        took_s = (time.perf_counter() - begun) / _CASES
        left = sum(map(_cores, found, chosen))
        return {LEFT: left, LIMITS[1].quantity: took_s}

    return turn


def decided(turns, _runs_folder):
    """As the records have it."""
    return arrays.times_as_fast(turns, LEFT)


def _cores(found, chosen):
    stay, *_ = found.options
    option = next((each for each in found.options if each.choice.name == chosen), stay)
    return option.cores.estimate


def _drawn(random):
    run = random.choice(_runs())
    low_hz, high_hz = run.rates_hz
    rate_hz = random.choice((low_hz, high_hz, high_hz * random.randint(2, 5)))
    return Case(run.summary.plan.equation, run.n, rate_hz, random.choice(_WAITS_MS))


@cache
def _runs():
    return reference_runs(project.RESULTS)
