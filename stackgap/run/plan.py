"""What a run is going to do: which cells, how often, in which order."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from stackgap import factorial, rates
from stackgap.placement import contained
from stackgap.records import Cell, ContainerLimits, Plan, RateName
from stackgap.stacks import Container, Stack, in_container

_Thing = TypeVar("_Thing")
Rates = Literal["claim", "low", "high", "both", "sweep"]

REFERENCE = "axum-stock"
# The stacks of the original claim, as quick starts and at equal work: they need both rates.
_WEIGHED = ("fastapi-quiet-python", "axum-stock")
SEED_CARD_STACKS = ("fastapi-quickstart", "fastapi-quiet-python", "axum-quickstart", "axum-stock")
# What a run in containers has, that names no stacks: enough of each kind to tell apart what the
# container, its network and Docker's own processes add.
DOCKER_STACKS = (
    *(f"{name}@bridge" for name in SEED_CARD_STACKS),
    "asgi-quiet-bytes-rust@bridge",
    "fastapi-quickstart@docker-run",
    *(f"{name}@{kind}" for name in _WEIGHED for kind in ("host", "published")),
    *_WEIGHED,
    "asgi-quiet-bytes-rust",
)
# Those that are not in turn are paused: what they take is memory.
MAX_RESIDENTS = 40

# Many short slices rather than few long ones: a neighbour's disturbance then meets all alike.
LEAD_S = 0.04
WINDOW_S = 0.15
CONNECTIONS = 8
FEWEST_REQUESTS = 20
# As long at both rates, because what disturbs them comes by time and not by requests: a moment's
# speed lasts some 0.1 s, so that such a window has several.
WINDOW_OF_FULL_S = 0.3
# So many processes of the reference live side by side there.
REFERENCES_OF_FULL = 4


class PlanError(Exception):
    """No such run can be planned; the message says why."""


def make_plan(
    stacks: Sequence[Stack],
    *,
    equation: str,
    n: int,
    which_rates: Rates,
    generations: int,
    rounds: int,
    seed: int,
    reference: str = REFERENCE,
    engine: str = "process",
    most_generations: int | None = None,
    doubled: Sequence[str] = (),
    full: bool = False,
    containers: ContainerLimits | None = None,
) -> Plan:
    """The plan to compare `stacks` with `reference`, its A/A twin included.

    `doubled` have a twin too; then all twins are measured at every rate. With `most_generations`
    the run grows to so many at most, until its intervals are narrow. `full` is whether the stacks
    are those of `full_plan`.

    Raises PlanError when the reference is not among the stacks, one is named twice, or too many
    processes would have to live side by side; MisuseError when no rate is declared for `n`.
    """
    names = [stack.name for stack in stacks]
    container = next((stack.container for stack in stacks if stack.name == reference), None)
    if reference not in names:
        raise PlanError(f"the reference {reference!r} must be among the stacks: {', '.join(names)}")
    refuse_twice(names)
    refuse_containers(stacks, containers)
    band = rates.find(equation, n)
    claimed = [contained(name, own) for name in SEED_CARD_STACKS for own in (container, None)]
    cells = list(_cells(names, band, which_rates, claimed))
    cells += _twins([reference, *doubled], band, which_rates)
    if full:
        cells += _further(reference, band)
    plan = Plan(
        equation=equation,
        n=n,
        cells=cells,
        reference=reference,
        generations=generations,
        rounds=rounds,
        lead_s=LEAD_S,
        window_s=WINDOW_OF_FULL_S if full else WINDOW_S,
        connections=CONNECTIONS,
        seed=seed,
        engine=engine,
        factorial=factorial.between(stacks, factorial.placed(factorial.factors(), container)),
        most_generations=most_generations or generations,
        fewest_requests=FEWEST_REQUESTS,
        full=full,
        containers=containers,
    )
    if (servers := len(residents(plan))) > MAX_RESIDENTS:
        raise PlanError(f"{servers} servers, twins included; at most {MAX_RESIDENTS} fit in a run")
    return plan


def full_plan(
    known: Mapping[str, Stack],
    extra: Sequence[Stack],
    *,
    equation: str,
    n: int,
    generations: int,
    rounds: int,
    seed: int,
    most_generations: int,
    engine: str = "process",
    container: Container | None = None,
    containers: ContainerLimits | None = None,
) -> Plan:
    """The plan to divide the gap between the two ends of `factorial` into all its causes.

    Every one of the `known` stacks between the ends, the quick starts and `extra`, at both rates;
    both ends twice; all of them in containers of a kind, if one is given. Raises as `make_plan`.
    """
    chosen = factorial.placed(factorial.factors(), container)
    inside = [in_container(stack, container) for stack in known.values()]
    ends = (chosen.start, *(step.stack for step in chosen.last))
    claimed = [contained(name, container) for name in SEED_CARD_STACKS]
    members = factorial.members({stack.name: stack for stack in inside}, chosen)
    wanted = {*members, *ends, *claimed}
    return make_plan(
        [
            *(stack for stack in inside if stack.name in wanted),
            *(stack for stack in extra if stack.name not in wanted),
        ],
        equation=equation,
        n=n,
        which_rates="both",
        generations=generations,
        rounds=rounds,
        seed=seed,
        reference=ends[-1],
        engine=engine,
        most_generations=most_generations,
        doubled=[chosen.start],
        full=True,
        containers=containers,
    )


def _cells(
    names: Sequence[str], band: rates.Band, which: Rates, claimed: Sequence[str]
) -> Iterable[Cell]:
    for name in names:
        for rate_name in _rate_names(which, of_the_claim=name in claimed):
            yield Cell(name, rate_name, band.rate_hz(rate_name))


def _rate_names(which: Rates, *, of_the_claim: bool) -> Sequence[RateName]:
    match which:
        case "low" | "high":
            return (which,)
        case "both":
            return ("high", "low")
        case "claim":
            return ("high", "low") if of_the_claim else ("high",)
        case "sweep":
            return ("high", "held_out", "mid", "low")


def _twins(names: Sequence[str], band: rates.Band, which: Rates) -> Iterable[Cell]:
    """The reference alone shows at one rate what two of a kind differ by."""
    for name in names:
        if which != "low":
            yield Cell(name, "high", band.high_hz, replica=1)
        if which == "low" or len(names) > 1:
            yield Cell(name, "low", band.low_hz, replica=1)


def _further(name: str, band: rates.Band) -> Iterable[Cell]:
    """More processes of the reference: the luck of its processes is in every ratio."""
    for replica in range(2, REFERENCES_OF_FULL):
        yield Cell(name, "high", band.high_hz, replica)
        yield Cell(name, "low", band.low_hz, replica)


def refuse_twice(names: Sequence[str]) -> None:
    """Raises PlanError when a stack is named twice."""
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise PlanError(f"{twice[0]!r} is named twice")


def refuse_containers(stacks: Sequence[Stack], limits: ContainerLimits | None) -> None:
    """Raises PlanError where a stack is in a container, and nothing says what that may use."""
    contained = next((stack.name for stack in stacks if stack.container), None)
    if contained and limits is None:
        raise PlanError(f"{contained} is in a container: that needs --engine docker")


def shuffled(plan: Plan, cells: Sequence[Cell], generation: int, round_: int) -> list[Cell]:
    """The order of a round's cells: random, and the same for the same seed."""
    return drawn(cells, f"{plan.seed}/{generation}/{round_}")


def start_order(plan: Plan, generation: int) -> list[tuple[str, int]]:
    """The order in which a generation starts its servers: random, the same for the same seed."""
    return drawn(residents(plan), f"{plan.seed}/{generation}/start")


def drawn(things: Sequence[_Thing], seed: str) -> list[_Thing]:
    """The things in an order that the seed alone decides."""
    order = list(things)
    random.Random(seed).shuffle(order)
    return order


def residents(plan: Plan) -> list[tuple[str, int]]:
    """Name and replica of every server a generation needs, in the plan's order."""
    return list(dict.fromkeys((cell.stack, cell.replica) for cell in plan.cells))
