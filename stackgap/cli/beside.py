"""What a run's page shows beside the run: what else was measured of its equation here."""

from contextlib import suppress
from pathlib import Path

from stackgap.analyse import conditions
from stackgap.analyse.crossovers import Sizes, compared
from stackgap.analyse.probes import ProbeRun, sort_out
from stackgap.analyse.summary import Summary
from stackgap.cli.measuring import start_of
from stackgap.misuse import MisuseError
from stackgap.probe_records import kind
from stackgap.report.beside import Beside
from stackgap.run import store
from stackgap.run.store import StoreError


def found_beside(folder: Path, summary: Summary) -> Beside:
    """The latest probe of each kind, and the latest sizes, in the same RUNS that were measured of
    the run's equation on the same machine by the same builds. What is damaged is left out: it has
    reports of its own, which say so."""
    return Beside(
        records=store.record_file(folder).name,
        probes=_probes(folder.parent, summary),
        sizes=_sizes(folder.parent, summary),
    )


def _probes(runs: Path, summary: Summary) -> tuple[ProbeRun, ...]:
    latest: dict[str, ProbeRun] = {}
    for folder in store.probes(runs):
        with suppress(MisuseError, StoreError):
            probe = sort_out(store.load_probe(folder))
            fits = probe.plan.equation == summary.plan.equation and conditions.same_machine(
                probe.provenance, summary.provenance
            )
            if fits and probe.trust.counted:
                latest.setdefault(kind(probe.plan.settings), probe)
    return tuple(latest[name] for name in sorted(latest))


def _sizes(runs: Path, summary: Summary) -> Sizes | None:
    with suppress(MisuseError, StoreError):
        folders = store.series(runs, None)
        recorded = [store.load(folder) for folder in folders]
        first = start_of(recorded[0])
        if first.plan.equation == summary.plan.equation and conditions.same_machine(
            first.provenance, summary.provenance
        ):
            return compared(recorded)
    return None
