"""What every report says in words, each sentence made from the summary alone."""

import shlex
from collections.abc import Iterator, Sequence
from statistics import median

from stackgap import placement
from stackgap.analyse.interval import Interval, NotEnough
from stackgap.analyse.seed_card import CLAIM, PAIRS
from stackgap.analyse.summary import (
    Attribution,
    CellSummary,
    RateFor,
    SeedCard,
    SharesAtRate,
    Summary,
)
from stackgap.records import CellRefused, ContainerLimits, Plan
from stackgap.report import formatting as f
from stackgap.report.rows import label, ordered_cells

CLAIM_SENTENCE = (
    f"A FastAPI container took {f.percent(CLAIM.fastapi_core_share)} of a core and "
    f"{CLAIM.fastapi_memory_mb:g} MB, an Axum container {f.percent(CLAIM.axum_core_share)} and "
    f"{CLAIM.axum_memory_mb:g} MB; at which rate was not said."
)

_MOST_REASONS = 8
"""Why rounds were void, as often as that is worth reading; the records have every reason."""


def headline(summary: Summary) -> str:
    """What to take away: the verdicts on the claim's pairs at the highest rate, as quick starts
    and at equal work; without these the widest verdict there is."""
    of_the_claim = [_on_pair(card) for card in summary.seed_cards if card.at_equal_rates]
    if of_the_claim:
        return " ".join(of_the_claim)
    verdicts = [own for own in ordered_cells(summary) if own.verdict]
    chosen = max(verdicts, key=_ratio, default=None)
    if chosen is None or chosen.verdict is None:
        return "No verdict; nothing was held against the reference yet."
    return _about([label(chosen.cell)], summary.plan.reference, chosen.cell.rate_hz, chosen.verdict)


def in_short(summary: Summary) -> list[str]:
    """The headline, and where the gap goes if that is known."""
    divided = where_it_goes(summary)
    return [headline(summary), *([divided] if divided else [])]


def where_it_goes(summary: Summary) -> str | None:
    """The parts of the gap that are seen at the highest rate, largest first; None where the run
    gives no shares."""
    divided = [own for own in summary.attributions if isinstance(own, Attribution)]
    found = max(divided, key=lambda own: own.rate_hz, default=None)
    if found is None or found.orders == 1:
        return None
    seen = [
        (part.name, part.share)
        for part in found.parts
        if isinstance(part.share, Interval)
        and not part.share.includes(0)
        and not part.verdict.startswith("No verdict")
    ]
    if not seen:
        return None
    largest_first = sorted(seen, key=lambda own: -own[1].estimate)
    shares = ", ".join(f"{name} {f.text(share, f.SHARE)}" for name, share in largest_first)
    return (
        f"Of the {f.text(found.gap_us, f.MICROSECONDS)} that {found.first} takes more than "
        f"{found.last} for a request at {f.rate(found.rate_hz)}: {shares}."
    )


def _on_pair(card: SeedCard) -> str:
    highest = max(card.at_equal_rates, key=lambda shares: shares.rate_hz)
    return _about([card.fastapi.stack], card.axum.stack, highest.rate_hz, highest.verdict)


def what_was_run(plan: Plan) -> str:
    """Equation, size, generations and what ratios are taken to."""
    generations = f.count(plan.generations, "generation")
    if plan.most_generations > plan.generations:
        generations = f"{plan.generations} to {plan.most_generations} generations"
    return (
        f"{plan.equation}, {f.count(plan.n, 'value')} a request; "
        f"{generations} of {f.count(plan.rounds, 'round')}; "
        f"ratios to {plan.reference}; seed {plan.seed}; engine: {plan.engine}"
    )


def verdicts(summary: Summary) -> list[str]:
    """What may be said of each cell, in the order of the table; cells of which the same is said
    share a sentence."""
    subjects: dict[tuple[float, str], list[str]] = {}
    for own in ordered_cells(summary):
        if own.verdict:
            subjects.setdefault((own.cell.rate_hz, own.verdict), []).append(label(own.cell))
    reference = summary.plan.reference
    return [_about(of, reference, rate_hz, verdict) for (rate_hz, verdict), of in subjects.items()]


def seed_card(card: SeedCard) -> list[str]:
    """What one card says, a sentence each."""
    return [
        _rate_for(card.fastapi),
        _rate_for(card.axum),
        *_interpolation(card),
        _one_rate(card),
        *(_at_equal_rate(card, shares) for shares in card.at_equal_rates),
        f"Memory under load (anonymous): {card.fastapi.stack} "
        f"{f.text(card.fastapi_loaded_mib, f.MEBIBYTES)}, {card.axum.stack} "
        f"{f.text(card.axum_loaded_mib, f.MEBIBYTES)}; the claim's are "
        f"{_mebibytes(CLAIM.fastapi_memory_mb)} and {_mebibytes(CLAIM.axum_memory_mb)}.",
    ]


def checks(summary: Summary) -> list[str]:
    """How far the run can be trusted: twin, gates, what was left out, failures, answers."""
    return [
        _twin(summary.twin),
        *_gates(summary),
        *_left_out(summary),
        _failed(summary),
        _checked(summary),
    ]


def refusals(refused: Sequence[CellRefused]) -> list[str]:
    """The cells left out, and why."""
    return [
        f"{own.stack}{' (twin)' if own.replica else ''} at "
        f"{f.rate(own.rate_hz)} is left out: it takes "
        f"{f.value(own.core_share, f.SHARE)} of its core, and over {f.percent(own.limit)} "
        "queueing would be measured instead of work."
        for own in refused
    ]


def warnings(summary: Summary) -> list[str]:
    """The summary's own, and how to go on with a run that was cut off."""
    if summary.complete:
        return list(summary.warnings)
    if summary.given_up:
        return [*summary.warnings, f"The run was given up: {summary.given_up}."]
    resume = f"To go on with this run: stackgap run --resume --run-id {summary.run_id}"
    return [*summary.warnings, resume]


def how_to_read(summary: Summary) -> list[str]:
    """What to do with the table, for someone who sees it for the first time."""
    return [
        "Compare rows that differ in one thing: quiet has the access log off; the last word of a "
        "name is what computes; axum has no Python. What separates two such rows is what that one "
        "thing costs; intervals are of ratios to the reference, not of such differences.",
        "CPU µs per request × requests per second / 10,000 = per cent of one core, at the rates "
        "measured and not beyond them.",
        f"× {summary.plan.reference} is the cost over that stack's, its twin included, in the same "
        "generation (fresh processes of every stack); [a, b] is the 95 % interval over "
        "generations.",
        "Memory is what the server alone uses, idle and then under load; file-backed is what "
        "libraries map and other processes may share.",
    ]


def command(plan: Plan) -> str:
    """The command that makes the same run, seed included."""
    stacks = dict.fromkeys(cell.stack for cell in plan.cells)
    arguments = ["stackgap", "run", "--equation", plan.equation, "--n", str(plan.n)]
    if plan.full:
        arguments.append("--full")
    known = _of_full(plan) if plan.full else set()
    for stack in (stack for stack in stacks if stack not in known):
        arguments += ["--stack", in_command(stack, plan.containers)]
    if not plan.full:
        arguments += ["--reference", plan.reference, "--rates", _which_rates(plan)]
    arguments += ["--generations", str(plan.generations)]
    if plan.most_generations > plan.generations:
        arguments += ["--most-generations", str(plan.most_generations)]
    arguments += ["--rounds", str(plan.rounds)]
    arguments += ["--seed", str(plan.seed)]
    if plan.containers:
        arguments += ["--engine", "docker", *limits(plan.containers)]
    if "block" in plan.engine:
        arguments += ["--generator", "block"]
    return shlex.join(arguments)


def _of_full(plan: Plan) -> set[str]:
    """The stacks that a full run has without being told."""
    found = {stack for pair in PAIRS for stack in (pair.fastapi, pair.axum)}
    _, place = placement.split(plan.reference)
    found = {placement.contained(stack, place) for stack in found}
    if plan.factorial:
        found |= {*plan.factorial.members, *(step.stack for step in plan.factorial.last)}
    return found


def in_command(stack: str, containers: ContainerLimits | None) -> str:
    """A stack's name in a command, which says where it runs if there are containers."""
    return placement.placed(stack, placement.PROCESS if containers else None)


def limits(containers: ContainerLimits) -> list[str]:
    """The options that give containers these limits."""
    cpus = ["--cpus", f"{containers.cpus:g}"] if containers.cpus else []
    return ["--memory", str(containers.memory_bytes), *cpus]


def _ratio(own: CellSummary) -> float:
    if own.ratio is None or own.ratio.estimate is None:
        return 0.0
    return own.ratio.estimate


def _about(stacks: Sequence[str], reference: str, rate_hz: float, verdict: str) -> str:
    """A verdict that says what it is about; a finding does by itself."""
    if verdict.startswith("At "):
        return verdict
    rate = f.rate(rate_hz)
    pairs = f"{', '.join(stacks)} against {reference}"
    return f"At {rate}, {pairs}: {verdict[0].lower()}{verdict[1:]}"


def _rate_for(found: RateFor) -> str:
    share = f.percent(found.core_share)
    if found.rate_hz is not None:
        rate = f.text(found.rate_hz, f.REQUESTS_PER_SECOND)
        return f"{found.stack} takes {share} of a core at {rate}."
    if found.outside is not None:
        return f"{found.stack} takes {share} of a core {found.outside}: nothing is extrapolated."
    return f"At which rate {found.stack} takes {share} of a core is not known."


def _interpolation(card: SeedCard) -> Iterator[str]:
    rates = sorted(shares.rate_hz for shares in card.at_equal_rates)
    if len(rates) > 1 and (card.fastapi.rate_hz or card.axum.rate_hz):
        yield (
            "Rates are read off a straight line between those measured, "
            f"{' and '.join(f.rate(rate) for rate in rates)}; "
            "its error is not in the intervals."
        )


def _one_rate(card: SeedCard) -> str:
    if card.one_rate is None:
        return "Whether the claim's two figures can belong to one rate cannot be told from this."
    if card.one_rate:
        return "The intervals overlap: the claim's two figures can belong to one rate."
    return "These are apart: on this machine the claim's two figures do not belong to one rate."


def _at_equal_rate(card: SeedCard, shares: SharesAtRate) -> str:
    return (
        f"At {f.rate(shares.rate_hz)} each: "
        f"{card.fastapi.stack} {f.text(shares.fastapi, f.SHARE)}, "
        f"{card.axum.stack} {f.text(shares.axum, f.SHARE)} of a core, idle CPU included; "
        f"ratio {f.text(shares.ratio, f.RATIO)}."
    )


def _mebibytes(megabytes: float) -> str:
    return f.value(megabytes * 1e6 / 2**20, f.MEBIBYTES)


def _twin(twin: CellSummary | None) -> str:
    if twin is None or twin.ratio is None:
        return "A/A twin: not measured."
    ratio = f.text(twin.ratio, f.RATIO)
    against = f"A/A twin: {twin.cell.stack} against itself in other processes is {ratio}"
    if isinstance(twin.ratio, NotEnough) or twin.ratio.includes(1):
        return f"{against}; 1 is expected."
    return (
        f"{against}; 1 is expected and outside the interval, as chance alone makes it once in 20 "
        "runs. Trust no smaller difference in this run."
    )


def _gates(summary: Summary) -> Iterator[str]:
    gates = summary.gates
    yield (
        f"Gates: {gates.rounds_void} of {f.count(gates.rounds, 'round')} and "
        f"{gates.generations_void} of {f.count(gates.generations, 'generation')} void."
    )
    if gates.slices_retaken:
        yield (
            f"Taken again, as sends were late or answers did not come in time: "
            f"{gates.slices_retaken:,} slices beside {gates.slices:,} that were kept."
        )
    reasons = list(gates.reasons.items())
    for reason, times in reasons[:_MOST_REASONS]:
        yield f"Void, {f.count(times, 'time')}: {reason}"
    if rarer := reasons[_MOST_REASONS:]:
        times = sum(times for _, times in rarer)
        yield f"Void, {f.count(times, 'time')}: {f.count(len(rarer), 'other reason')}"


def _left_out(summary: Summary) -> Iterator[str]:
    changes = [
        own.ratio_by_mean.estimate / own.ratio.estimate - 1
        for own in summary.cells
        if own.ratio and own.ratio.estimate and own.ratio_by_mean and own.ratio_by_mean.estimate
    ]
    if changes:
        lowest, middle, highest = (
            f.change(found) for found in (min(changes), median(changes), max(changes))
        )
        yield (
            f"Sensitivity: as plain means, with nothing left out, ratios to "
            f"{summary.plan.reference} change by {lowest} to {highest}, {middle} in the median."
        )


def _failed(summary: Summary) -> str:
    if not summary.failed_requests:
        return "Requests: none failed."
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in summary.failed_requests.items())
    return f"Requests: {sum(summary.failed_requests.values()):,} failed ({kinds})."


def _checked(summary: Summary) -> str:
    checked = f.count(summary.checked_answers, "answer")
    return f"{checked} checked against the reference numbers, {summary.wrong_answers:,} wrong."


def _which_rates(plan: Plan) -> str:
    measured = {(cell.stack, cell.rate_name) for cell in plan.cells if not cell.replica}
    stacks = {stack for stack, _ in measured}
    names = {name for _, name in measured}
    if len(names) == 1:
        return names.pop()
    if "mid" in names:
        return "sweep"
    return "both" if len(measured) == 2 * len(stacks) else "claim"
