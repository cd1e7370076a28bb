"""The four stages of a check: contract, correct, faster, decide. Each needs the one before."""

import re
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple

from stackgap.analyse import contrasts
from stackgap.analyse.interval import Estimate, Interval
from stackgap.report import formatting as f
from stackgap.workshop.exercises import Exercise
from stackgap.workshop.timing import Limit, Ratio, Turns, judged
from stackgap.workshop.wrong import Missing, Wrong

STAGES = ("contract", "correct", "faster", "decide")
State = Literal["passed", "failed", "inconclusive", "missing"]

_PREDICTION = re.compile(
    r"^\s*(?://|#)?\s*PREDICTION\s*=\s*\(\s*([\d.]+)\s*,\s*([\d.]+)\s*\)", re.MULTILINE
)
WIDEST_PREDICTION = 4.0
"""A range whose ends are further apart than this says nothing."""
_HIDDEN_INPUTS = 20


class Outcome(NamedTuple):
    """How a stage ended, and what to look at next."""

    stage: str
    state: State
    says: str
    prediction: tuple[float, float] | None = None


def check(exercise: Exercise, path: Path, random: Random, runs: Path) -> Iterator[Outcome]:
    """The stages of `exercise` for the file at `path`, up to the first that is not passed."""
    with ExitStack() as stack:
        own, outcome = _contract(exercise, path, stack)
        yield outcome
        if own is None:
            return
        outcome = _correct(exercise, own, random)
        yield outcome
        if outcome.state != "passed":
            return
        predicted = prediction(path.read_text())
        turns, outcome = _faster(exercise, own, random, stack, told=_says_something(predicted))
        yield outcome
        if turns is not None:
            yield _decide(exercise, predicted, turns, runs)


def _contract(exercise: Exercise, path: Path, stack: ExitStack) -> tuple[Any, Outcome]:
    try:
        own = stack.enter_context(exercise.check.opened(path))
        exercise.check.contract(own)
    except Missing as missing:
        return None, Outcome("contract", "missing", str(missing))
    except Wrong as wrong:
        return None, Outcome("contract", "failed", str(wrong))
    except Exception as error:
        return None, Outcome("contract", "failed", _raised(error, path))
    return own, Outcome("contract", "passed", "It takes and gives what it should.")


def _correct(exercise: Exercise, own: Any, random: Random) -> Outcome:
    try:
        for _ in range(_HIDDEN_INPUTS):
            exercise.check.correct(own, random)
    except Wrong as wrong:
        return Outcome("correct", "failed", str(wrong))
    except Missing as missing:
        return Outcome("correct", "missing", str(missing))
    except Exception as error:
        return Outcome("correct", "failed", _raised(error, None))
    return Outcome("correct", "passed", f"Right for {_HIDDEN_INPUTS} inputs drawn just now.")


def _faster(
    exercise: Exercise, own: Any, random: Random, stack: ExitStack, *, told: bool
) -> tuple[Turns | None, Outcome]:
    """How fast it is, is `told` only to those who have predicted it."""
    check = exercise.check
    baseline = getattr(check, "BASELINE", exercise.stub)
    contenders = {
        "baseline": stack.enter_context(check.opened(baseline)),
        "solution": stack.enter_context(check.opened(exercise.solution)),
        "own": own,
    }
    turns = Turns({name: check.measure(each) for name, each in contenders.items()}, random)
    limits: list[Limit] = check.LIMITS
    found = judged(turns, limits)
    for each in found:
        if each.state == "broken":
            return None, Outcome("faster", "failed", f"{_said(each)}. {check.SLOW}")
    if any(each.state == "open" for each in found):
        open_ones = "; ".join(_said(each) for each in found if each.state == "open")
        return None, Outcome(
            "faster",
            "inconclusive",
            f"{open_ones}: this machine was too noisy to tell. Run it again.",
        )
    if not told:
        return turns, Outcome("faster", "passed", "Fast enough; how fast comes after a prediction.")
    times = contrasts.inverse(turns.ratio(limits[0].quantity, "baseline"))
    said = f"{limits[0].quantity}: {check.AGAINST} takes {f.text(times, f.RATIO)} as much."
    return turns, Outcome("faster", "passed", said)


def _decide(
    exercise: Exercise,
    predicted: tuple[float, float] | None,
    turns: Turns,
    runs: Path,
) -> Outcome:
    check = exercise.check
    if predicted is None:
        return Outcome(
            "decide",
            "failed",
            f"{check.QUESTION} No line PREDICTION = (low, high) with two numbers is in your file: "
            "write down the range in which you expect it.",
        )
    low, high = predicted
    if not _says_something(predicted):
        return Outcome(
            "decide",
            "failed",
            f"({low:g}, {high:g}) is no prediction: 0 < low < high, and high at most "
            f"{WIDEST_PREDICTION:g} times low.",
        )
    try:
        measured = check.decided(turns, runs)
    except Missing as missing:
        return Outcome("decide", "missing", str(missing))
    return _scored(predicted, measured, check.QUESTION)


def _says_something(predicted: tuple[float, float] | None) -> bool:
    """Whether it is a range that could turn out wrong."""
    if predicted is None:
        return False
    low, high = predicted
    return 0 < low < high <= WIDEST_PREDICTION * low


def prediction(text: str) -> tuple[float, float] | None:
    """The range that a file predicts, in Python or behind a comment's marks; None without one."""
    found = _PREDICTION.search(text)
    return (float(found[1]), float(found[2])) if found else None


def _scored(predicted: tuple[float, float], measured: Estimate, question: str) -> Outcome:
    if not isinstance(measured, Interval):
        return Outcome("decide", "inconclusive", f"{question} No interval yet. Run it again.")
    low, high = predicted
    found = f.text(measured, f.RATIO).replace("×", "")
    said = f"{question} You said {low:g} to {high:g}; measured here: {found}."
    if low <= measured.high and measured.low <= high:
        return Outcome("decide", "passed", said, predicted)
    return Outcome(
        "decide", "failed", f"{said} What did you expect to cost more, or less?", predicted
    )


def _said(ratio: Ratio) -> str:
    other = {"solution": "the reference solution", "baseline": "the start"}[ratio.limit.over]
    return (
        f"{ratio.limit.quantity}: {f.text(ratio.estimate, f.RATIO)} of {other}'s, at most "
        f"{ratio.limit.at_most:g}× is asked for"
    )


def _raised(error: Exception, path: Path | None) -> str:
    """The error, and where in the participant's file it was raised."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if path is not None and frame.filename == str(path)
    ]
    where = f" in line {lines[-1]}" if lines else ""
    return f"It raised {type(error).__name__}{where}: {error}"
