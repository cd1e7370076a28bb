"""Conditions that void a round or a generation: pure functions from readings to reasons."""

from statistics import median

from stackgap.measure.engine import MachineReading, SliceReading

MAX_LATENESS_P99_NS = 1_000_000
MIN_ACHIEVED = 0.99
MAX_STEAL_SHARE = 0.02
MAX_CANARY_DEVIATION = 0.05
MAX_CORE_SHARE = 0.60


def slice_voids(stack: str, reading: SliceReading) -> list[str]:
    """Why a slice voids its round: the generator was late, or the rate was not reached."""
    reasons = []
    if reading.lateness_p99_ns > MAX_LATENESS_P99_NS:
        reasons.append(f"{stack}: sends p99 {reading.lateness_p99_ns / 1e6:.1f} ms late")
    if reading.ok + sum(reading.failed.values()) < MIN_ACHIEVED * reading.scheduled:
        reasons.append(f"{stack}: {reading.ok} of {reading.scheduled} requests answered")
    return reasons


def slice_faults(stack: str, reading: SliceReading) -> list[str]:
    """Why a slice voids its generation: failed requests or wrong numbers."""
    reasons = [
        f"{stack}: {count} requests failed: {kind}" for kind, count in reading.failed.items()
    ]
    if reading.wrong_answers:
        reasons.append(
            f"{stack}: {reading.wrong_answers} of {reading.checked_answers} answers are wrong"
        )
    return reasons


def machine_voids(
    before: MachineReading, after: MachineReading, round_s: float, canaries_ns: list[int]
) -> list[str]:
    """Why the machine voids a round: `canaries_ns` are those of the generation so far."""
    reasons = []
    stolen = (after.steal_ns - before.steal_ns) / 1e9
    if stolen > MAX_STEAL_SHARE * round_s:
        reasons.append(f"the hypervisor stole {stolen:.2f} of {round_s:.2f} s")
    throttled = (after.throttled_ns - before.throttled_ns) / 1e9
    if throttled > 0:
        reasons.append(f"the control group was throttled for {throttled:.2f} s")
    usual = median(canaries_ns)
    deviation = before.canary_ns / usual - 1
    if abs(deviation) > MAX_CANARY_DEVIATION:
        reasons.append(f"the canary took {deviation:+.0%} of its usual time")
    return reasons


def core_share(reading: SliceReading) -> float:
    """The part of one core a server took in a slice's window."""
    return reading.cpu_ns / (reading.window_s * 1e9)
