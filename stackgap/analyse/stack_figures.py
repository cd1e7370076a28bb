"""What a stack takes whatever the rate: memory, idle CPU, time to start."""

from collections.abc import Sequence

from stackgap.analyse import contrasts
from stackgap.analyse.select import Generation
from stackgap.analyse.summary import StackSummary
from stackgap.records import IdleCpu, Memory, ResidentStarted

_MIB = 2**20


def stack_summary(stack: str, counted: Sequence[Generation]) -> StackSummary:
    """Means over generations of what was read of replica 0 of `stack`."""
    residents = [
        record for each in counted for record in each.residents if _is_first(record, stack)
    ]
    idle_cpu = [record for each in counted for record in each.idle_cpu if _is_first(record, stack)]
    memory = [record for each in counted for record in each.memory if _is_first(record, stack)]
    idle = [record for record in memory if record.moment == "idle"]
    loaded = [record for record in memory if record.moment == "loaded"]
    return StackSummary(
        stack=stack,
        idle_anonymous_mib=contrasts.mean([record.anonymous_bytes / _MIB for record in idle]),
        idle_file_mib=contrasts.mean([record.file_bytes / _MIB for record in idle]),
        loaded_anonymous_mib=contrasts.mean([record.anonymous_bytes / _MIB for record in loaded]),
        loaded_file_mib=contrasts.mean([record.file_bytes / _MIB for record in loaded]),
        peak_resident_mib=contrasts.mean([record.peak_resident_bytes / _MIB for record in loaded]),
        idle_cpu_us_per_s=contrasts.mean(
            [record.cpu_ns / 1000 / record.window_s for record in idle_cpu]
        ),
        startup_s=contrasts.mean([record.startup_s for record in residents]),
        health=residents[0].health if residents else {},
    )


def _is_first(record: ResidentStarted | IdleCpu | Memory, stack: str) -> bool:
    return record.stack == stack and record.replica == 0
