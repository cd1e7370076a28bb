"""What exercise 6 is held to."""

import asyncio
import inspect

import numpy as np

from stackgap.analyse import contrasts
from stackgap.workshop import kepler
from stackgap.workshop.opening import python_file
from stackgap.workshop.timing import Limit
from stackgap.workshop.wrong import Wrong

TITLE = "The event loop: what long requests do to short ones"
MINUTES = 20
QUESTION = (
    "How many times as long do short requests wait beside long ones at the start as in yours?"
)
AGAINST = "computing on the loop"
SLOW = "Where does the loop stand still? And is the long request itself still computed once?"
WAIT = "the wait of short requests"
LONG = "the long request"
LIMITS = [Limit(WAIT, "baseline", 0.5), Limit(LONG, "solution", 2.0)]

_ANOMALIES = np.linspace(-3, 3, 200_000)
_PAUSE_S = 0.001

opened = python_file


def contract(own):
    """A coroutine, and what is refused."""
    if not inspect.iscoroutinefunction(own.answer):
        raise Wrong("answer must be an `async def`")
    shown = np.array(kepler.SHOWN[1])
    answer = asyncio.run(own.answer(kepler.SHOWN[0], shown))
    if not isinstance(answer, np.ndarray) or answer.shape != shown.shape:
        raise Wrong("the answer must be an array as long as the anomalies")
    try:
        asyncio.run(own.answer(1.0, shown))
    except ValueError:
        return
    raise Wrong("an eccentricity of 1 must raise ValueError")


def correct(own, random):
    """The equation holds for several requests at once."""

    async def at_once():
        asked = [kepler.drawn(random) for _ in range(3)]
        answers = await asyncio.gather(
            *(own.answer(eccentricity, np.array(own_ones)) for eccentricity, own_ones in asked)
        )
        for (eccentricity, own_ones), answer in zip(asked, answers, strict=True):
            kepler.hold(eccentricity, own_ones, answer)

    asyncio.run(at_once())


def measure(own):
    """Seconds: how late what wants to run every ms is on average; and the long request."""

    async def beside():
        loop = asyncio.get_running_loop()
        begun = loop.time()
        long_request = asyncio.ensure_future(own.answer(0.3, _ANOMALIES))
        late_s = []
        while not long_request.done():
            due = loop.time() + _PAUSE_S
            await asyncio.sleep(_PAUSE_S)
            late_s.append(loop.time() - due)
        return sum(late_s) / len(late_s), loop.time() - begun

    def turn():
        waited_s, took_s = asyncio.run(beside())
        return {WAIT: waited_s, LONG: took_s}

    return turn


def decided(turns, _runs):
    """As it was timed."""
    return contrasts.inverse(turns.ratio(WAIT, "baseline"))
