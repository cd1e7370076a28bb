"""Conditions that void a round or a generation: pure functions from readings to reasons."""

from collections.abc import Mapping, Sequence
from statistics import median

from stackgap.measure.engine import MachineReading, SliceReading

MAX_LATENESS_P99_NS = 1_000_000
MIN_ACHIEVED = 0.99
# As many may be under way at the end of a window; at its beginning they were another's.
EDGE_REQUESTS = 8
# Stolen time comes in stretches of some milliseconds: even if they are of 5 ms only, so much of it
# meets a fifth of all pieces of 15 ms, and a quarter is left out as the dearest.
MAX_STEAL_SHARE = 0.05
# The servers' and the generator's: of both it is counted.
_CORES = 2
# What wakes an idle core is on nobody's account, and counts as if others had taken it.
MAX_OTHERS_SHARE = 0.10
# Virtual machines change their speed all the time: what is unusual is measured against what is
# usual there.
MIN_CANARY_DEVIATION = 0.05
MAX_CANARY_SPREADS = 3.0
MAX_CORE_SHARE = 0.60


def slice_voids(stack: str, rate_hz: float, reading: SliceReading) -> list[str]:
    """Why a slice voids its round: the generator was late, or the rate was not reached."""
    reasons = lateness_voids(stack, reading.lateness_p99_ns)
    due = rate_hz * reading.window_s
    if reading.window_ok < MIN_ACHIEVED * due - EDGE_REQUESTS:
        reasons.append(f"{stack}: {reading.window_ok} of {due:.0f} requests answered in time")
    return reasons


def lateness_voids(stack: str, lateness_p99_ns: int) -> list[str]:
    """Why what a generator says of `stack` is void: it was late itself."""
    if lateness_p99_ns > MAX_LATENESS_P99_NS:
        return [f"{stack}: sends p99 {lateness_p99_ns / 1e6:.1f} ms late"]
    return []


def others_voids(stack: str, others_share: float) -> list[str]:
    """Why what is said of `stack` is void: others kept it from its core."""
    if others_share > MAX_OTHERS_SHARE:
        return [f"{stack}: others took {others_share:.0%} of the servers' core"]
    return []


def slice_faults(stack: str, reading: SliceReading) -> list[str]:
    """Why a slice voids its generation: failed requests or wrong numbers."""
    return answer_faults(
        stack, reading.failed, checked=reading.checked_answers, wrong=reading.wrong_answers
    )


def answer_faults(stack: str, failed: Mapping[str, int], *, checked: int, wrong: int) -> list[str]:
    """Why what was answered voids its generation: failures, wrong numbers, none checked."""
    unchecked = [] if checked else [f"{stack}: no answer was checked"]
    return failure_faults(stack, failed) + unchecked + wrong_faults(stack, checked, wrong)


def failure_faults(stack: str, failed: Mapping[str, int]) -> list[str]:
    """Why failed requests, counted by kind, void their generation."""
    return [f"{stack}: {count} requests failed: {kind}" for kind, count in failed.items()]


def wrong_faults(stack: str, checked: int, wrong: int) -> list[str]:
    """Why wrong numbers void their generation."""
    return [f"{stack}: {wrong} of {checked} answers are wrong"] if wrong else []


def machine_voids(
    before: MachineReading, after: MachineReading, round_s: float, canaries_ns: Sequence[int]
) -> list[str]:
    """Why the machine voids a round: `canaries_ns` are those of the run so far."""
    reasons = []
    stolen, cores_s = (after.steal_ns - before.steal_ns) / 1e9, _CORES * round_s
    if stolen > MAX_STEAL_SHARE * cores_s:
        reasons.append(f"the hypervisor stole {stolen:.2f} of the cores' {cores_s:.2f} s")
    throttled = (after.throttled_ns - before.throttled_ns) / 1e9
    if throttled > 0:
        reasons.append(f"the control group was throttled for {throttled:.2f} s")
    usual_ns = median(canaries_ns)
    deviation = before.canary_ns / usual_ns - 1
    if abs(deviation) > max(MIN_CANARY_DEVIATION, MAX_CANARY_SPREADS * spread(canaries_ns)):
        reasons.append(f"the canary took {deviation:+.0%} of its usual time")
    return reasons


def spread(canaries_ns: Sequence[int]) -> float:
    """How far canaries usually are from their median, as a part of it.

    The median absolute deviation, scaled to the standard deviation of a normal distribution:
    the odd disturbed canary does not move it.
    """
    usual_ns = median(canaries_ns)
    return 1.4826 * median(abs(canary_ns / usual_ns - 1) for canary_ns in canaries_ns)


def round_share_voids(rounds: int, rounds_void: int) -> list[str]:
    """Why its rounds void a generation: what is left of it would rest on too little."""
    if 2 * rounds_void > rounds:
        return [f"{rounds_void} of {rounds} rounds are void"]
    return []


def core_share(reading: SliceReading) -> float:
    """The part of one core a server took in a slice's window."""
    return reading.cpu_ns / (reading.window_s * 1e9)
