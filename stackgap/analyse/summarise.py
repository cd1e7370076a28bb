"""From a run's records to all that its reports print."""

from collections.abc import Sequence

from stackgap.analyse import containers, select
from stackgap.analyse.attribution import attributions
from stackgap.analyse.cells import cell_summary, measured
from stackgap.analyse.cost_model import cost_models
from stackgap.analyse.gates import gates
from stackgap.analyse.import_ladder import import_ladder
from stackgap.analyse.seed_card import seed_cards
from stackgap.analyse.stack_figures import stack_summary
from stackgap.analyse.summary import Summary
from stackgap.analyse.warnings import answers, failed_requests, warnings
from stackgap.records import AnyRecord, Cell, CellRefused, RunEnded, RunGivenUp, RunStarted


def summarise(records: Sequence[AnyRecord]) -> Summary:
    """What a run shows, however early it was cut off.

    Raises ValueError when the records do not begin with the start of a run.
    """
    if not records or not isinstance(records[0], RunStarted):
        raise ValueError("the records do not begin with the start of a run")
    started = records[0]
    plan = started.plan
    begun = select.generations(records)
    counted = [generation for generation in begun if generation.usable]
    refused = tuple(record for record in records if isinstance(record, CellRefused))
    cells = _without(plan.cells, refused)
    complete = any(isinstance(record, RunEnded) for record in records)
    run = measured(plan.reference, counted, gates(begun))
    names = dict.fromkeys(cell.stack for cell in plan.cells)
    stacks = {name: stack_summary(name, counted) for name in names}
    checked, wrong = answers(begun)
    return Summary(
        run_id=started.run_id,
        started_at=started.started_at,
        plan=plan,
        provenance=started.provenance,
        complete=complete,
        given_up=next(
            (record.reason for record in records if isinstance(record, RunGivenUp)), None
        ),
        cells=tuple(cell_summary(cell, run) for cell in cells if cell.replica == 0),
        stacks=tuple(stacks.values()),
        twin=next((cell_summary(cell, run) for cell in cells if cell.replica == 1), None),
        seed_cards=seed_cards(run, stacks),
        attributions=attributions(plan, run),
        import_ladder=import_ladder(counted),
        cost_models=cost_models(plan, run.costs),
        added=containers.added(plan, run.costs, select.other_costs(counted)),
        predicted=containers.predicted(plan, run.costs),
        container_memory=containers.memory(counted),
        refused=refused,
        gates=run.gates,
        failed_requests=failed_requests(begun),
        checked_answers=checked,
        wrong_answers=wrong,
        warnings=warnings(started, begun, complete=complete),
    )


def _without(cells: Sequence[Cell], refused: Sequence[CellRefused]) -> list[Cell]:
    left_out = {
        Cell(record.stack, record.rate_name, record.rate_hz, record.replica) for record in refused
    }
    return [cell for cell in cells if cell not in left_out]
