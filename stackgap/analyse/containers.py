"""What a container adds to what its stack takes as a process of the same generation."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from stackgap.analyse import contrasts
from stackgap.analyse.select import Costs, Generation
from stackgap.analyse.summary import Added, ContainerMemory, Predicted
from stackgap.placement import split
from stackgap.records import Cell, ContainerStats, Plan

PREDICTS_WITHIN = 0.05
"""How far what a container adds to some stacks may be off for the others."""

_MIB = 2**20

Saved = Mapping[int, float]
"""One value a generation."""


def added(plan: Plan, costs: Costs, others: Mapping[str, Costs]) -> tuple[Added, ...]:
    """What each container adds, where its stack was measured as a process too.

    `others` are the costs on accounts of others, as `select.other_costs` has them.
    """
    return tuple(
        Added(
            stack=process.stack,
            container=_container(cell),
            rate_hz=cell.rate_hz,
            process_us=contrasts.mean(list(costs.get(process, {}).values())).scaled(1e-3),
            contained_us=contrasts.mean(list(costs.get(cell, {}).values())).scaled(1e-3),
            added_us=contrasts.difference(costs.get(cell, {}), costs.get(process, {})).scaled(1e-3),
            ratio=contrasts.ratio(costs.get(cell, {}), costs.get(process, {})),
            others_us={
                account: contrasts.mean(list(own[cell].values())).scaled(1e-3)
                for account, own in others.items()
                if cell in own
            },
        )
        for cell, process in _pairs(plan)
    )


def predicted(plan: Plan, costs: Costs) -> tuple[Predicted, ...]:
    """Is what a container adds the same for all servers in Python, and for all of Axum's? The mean
    that it adds to every other of them, in each generation, on top of what the rest take as
    processes: over what they take."""
    found = []
    for (container, rate_hz, _), pairs in _by_kind(_pairs(plan)).items():
        # By cost: each half then has cheap ones and dear ones.
        ranked = sorted(pairs, key=lambda pair: fmean(costs.get(pair[1], {}).values() or [0.0]))
        learnt, asked = ranked[::2], ranked[1::2]
        adds = _mean_added(learnt, costs)
        for cell, process in asked:
            own = costs.get(process, {})
            guess = {number: own[number] + adds[number] for number in own.keys() & adds.keys()}
            found.append(
                Predicted(
                    container=container,
                    rate_hz=rate_hz,
                    learnt_from=tuple(pair[1].stack for pair in learnt),
                    stack=process.stack,
                    predicted_over_measured=contrasts.ratio(guess, costs.get(cell, {})),
                )
            )
    return tuple(found)


def memory(counted: Sequence[Generation]) -> tuple[ContainerMemory, ...]:
    """What Docker says each container holds, by stack."""
    said = [record for each in counted for record in each.containers if not record.replica]
    return tuple(
        _memory([record for record in said if record.stack == stack], stack)
        for stack in dict.fromkeys(record.stack for record in said)
    )


def _memory(said: Sequence[ContainerStats], stack: str) -> ContainerMemory:
    idle = [record for record in said if record.moment == "idle"]
    loaded = [record for record in said if record.moment == "loaded"]
    return ContainerMemory(
        stack=stack,
        idle_shown_mib=contrasts.mean([record.shown_bytes / _MIB for record in idle]),
        loaded_shown_mib=contrasts.mean([record.shown_bytes / _MIB for record in loaded]),
        loaded_anonymous_mib=contrasts.mean([record.anonymous_bytes / _MIB for record in loaded]),
        loaded_file_mib=contrasts.mean([record.file_bytes / _MIB for record in loaded]),
        throttled_ms=contrasts.mean([record.throttled_ns / 1e6 for record in loaded]),
    )


def _pairs(plan: Plan) -> list[tuple[Cell, Cell]]:
    """Each cell of a container, with that of the same stack as a process."""
    cells = [cell for cell in plan.cells if not cell.replica]
    processes = {(cell.stack, cell.rate_hz): cell for cell in cells if not _container(cell)}
    return [
        (cell, processes[key])
        for cell in cells
        if _container(cell) and (key := (split(cell.stack)[0], cell.rate_hz)) in processes
    ]


def _container(cell: Cell) -> str:
    return split(cell.stack)[1]


def _by_kind(
    pairs: Iterable[tuple[Cell, Cell]],
) -> dict[tuple[str, float, bool], list[tuple[Cell, Cell]]]:
    """By container, rate, and whether Axum serves: it sends an answer in one piece, uvicorn its
    head and its body apart, and a network costs by pieces."""
    found: dict[tuple[str, float, bool], list[tuple[Cell, Cell]]] = {}
    for cell, process in pairs:
        kind = (_container(cell), cell.rate_hz, process.stack.startswith("axum"))
        found.setdefault(kind, []).append((cell, process))
    return found


def _mean_added(pairs: Sequence[tuple[Cell, Cell]], costs: Costs) -> Saved:
    """Of the generations that have all of the pairs."""
    differences = [_difference(costs.get(cell, {}), costs.get(own, {})) for cell, own in pairs]
    if not differences:
        return {}
    common = set.intersection(*(set(own) for own in differences))
    return {number: fmean(own[number] for own in differences) for number in sorted(common)}


def _difference(a: Saved, b: Saved) -> Saved:
    return {number: a[number] - b[number] for number in a.keys() & b.keys()}
