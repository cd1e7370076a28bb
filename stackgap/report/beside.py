"""What stands on a run's page that is not of the run: probes and sizes measured the same way."""

from dataclasses import dataclass

from stackgap.analyse.crossovers import Sizes
from stackgap.analyse.probes import ProbeRun


@dataclass(frozen=True)
class Beside:
    """`records` is the name of the file beside the page that it was made from."""

    records: str = "records.jsonl"
    probes: tuple[ProbeRun, ...] = ()
    sizes: Sizes | None = None
