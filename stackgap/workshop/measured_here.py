"""What was measured on this machine, to hold predictions against."""

from pathlib import Path

from stackgap.analyse.interval import Estimate, Interval
from stackgap.analyse.summarise import summarise
from stackgap.run import store
from stackgap.workshop.wrong import Missing

COMMAND = "stackgap run --rounds 4 --rates high --stack fastapi-quiet-python --stack axum-stock"


def ratio(runs: Path, stack: str, reference: str) -> Estimate:
    """CPU per request of `stack` over that of `reference`, in the latest run that has both and an
    interval; Missing says how to measure one."""
    for folder in reversed(store.all_runs(runs)):
        summary = summarise(store.load(folder))
        if summary.plan.reference != reference:
            continue
        for own in summary.cells:
            if own.cell.stack == stack and isinstance(own.ratio, Interval):
                return own.ratio
    raise Missing(f"{stack} and {reference} were not measured here yet: `make workshop` does")
