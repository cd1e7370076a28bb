"""What exercise 4 is held to."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stackgap.workshop import arrays, kepler, opening
from stackgap.workshop.timing import Limit
from stackgap.workshop.wrong import Wrong

TITLE = "A first kernel in Rust: types, errors, and the lock"
MINUTES = 25
QUESTION = "How many times as fast as the loop in Python is it for 1,000 anomalies?"
AGAINST = "the loop in Python"
SLOW = "Is anything computed, copied or called more often than once for each anomaly?"
LIMITS = [Limit("1,000 anomalies", "solution", 2.0)]
BASELINE = Path(__file__).with_name("loop.py")

_ANOMALIES = [0.006 * each - 3 for each in range(1000)]
_CALLS = 40
# These take long enough that a thread which may run does so.
_MANY = _ANOMALIES * 200
_GIVES_WAY_S = 1e-5


def opened(path):
    """The extension of a Rust file; the loop it is held against is Python."""
    return opening.extension(path) if path.suffix == ".rs" else opening.python_file(path)


def contract(own):
    """Lists in and out; Python's exceptions for what cannot be."""
    eccentricity, shown = kepler.SHOWN
    answer = own.kepler(eccentricity, list(shown))
    if not isinstance(answer, list) or not all(isinstance(each, float) for each in answer):
        raise Wrong("the answer must be a list of floats")
    if own.kepler(eccentricity, []) != []:
        raise Wrong("no anomalies have no answers: an empty list")
    for wrong in (-0.1, 1.0, float("nan")):
        kepler.refuses(own.kepler, wrong, [1.0], ValueError)
    for wrong in (float("nan"), float("-inf")):
        kepler.refuses(own.kepler, 0.1, [0.0, wrong], ValueError)
    kepler.refuses(own.kepler, 0.1, ["1"], TypeError)


def correct(own, random):
    """The equation holds for inputs drawn now, and others of Python's threads run meanwhile."""
    eccentricity, anomalies = kepler.drawn(random)
    kepler.hold(eccentricity, anomalies, own.kepler(eccentricity, anomalies))
    if not _others_run(lambda: own.kepler(eccentricity, _MANY)):
        raise Wrong("while it computes no other thread of Python's runs: the lock is held")


def _others_run(compute):
    """Whether this thread ran while another computed, the first and the last tenth left out."""

    def timed():
        begun = time.perf_counter()
        compute()
        return begun, time.perf_counter()

    ticks = []
    usual_s = sys.getswitchinterval()
    # Else much of the computing is over before this thread, which never waits, gives way to it.
    sys.setswitchinterval(_GIVES_WAY_S)
    try:
        with ThreadPoolExecutor(1) as other:
            computing = other.submit(timed)
            while not computing.done():
                ticks.append(time.perf_counter())
    finally:
        sys.setswitchinterval(usual_s)
    begun, ended = computing.result()
    tenth = (ended - begun) / 10
    return any(begun + tenth < tick < ended - tenth for tick in ticks)


def measure(own):
    """Seconds a call."""

    def turn():
        begun = time.perf_counter()
        for _ in range(_CALLS):
            own.kepler(0.3, _ANOMALIES)
        return {LIMITS[0].quantity: (time.perf_counter() - begun) / _CALLS}

    return turn


def decided(turns, _runs):
    """As it was timed."""
    return arrays.times_as_fast(turns, LIMITS[0].quantity)
