"""Summaries built by hand, with numbers that no two places share."""

from dataclasses import replace
from typing import Any

from msgspec import structs

from stackgap.analyse.interval import Estimate, Interval, NotEnough
from stackgap.analyse.summary import (
    Attribution,
    CellSummary,
    Closure,
    CostModel,
    Gates,
    HeldOut,
    ImportSummary,
    Interaction,
    Line,
    NotAttributed,
    NotModelled,
    Part,
    RateFor,
    SeedCard,
    SharesAtRate,
    StackSummary,
    Summary,
)
from stackgap.records import Cell, CellRefused, Plan

REFERENCE = "axum-stock"
# CPU µs per request at 1,000 and at 200 requests per second, and MiB: anonymous, file-backed.
_COSTS = {
    "fastapi-quickstart": (241.4, 338.6, 38.1, 22.4),
    "fastapi-stock-python": (301.7, None, 39.4, 22.9),
    "fastapi-stock-numpy": (312.2, None, 51.3, 34.6),
    "fastapi-stock-numba": (287.9, None, 171.2, 88.3),
    "fastapi-stock-rust": (255.3, None, 38.9, 23.7),
    "fastapi-quiet-python": (228.6, 291.1, 39.2, 22.8),
    "fastapi-quiet-rust": (182.4, None, 38.7, 23.6),
    "axum-quickstart": (41.3, 66.8, 1.9, 3.1),
    REFERENCE: (46.2, 71.9, 2.4, 3.3),
}
_GENERATIONS = 6

PROVENANCE: dict[str, Any] = {
    "platform": "Linux-6.1.0-x86_64-with-glibc2.36",
    "cpu": {"model": "Example CPU @ 2.50GHz", "cores": 2, "flags": ["avx2"], "virtual": True},
    "cores": {"server": 0, "generator": 1},
    "memory_total_bytes": 8 * 2**30,
    "kernel": "6.1.0",
    "governor": "not readable here",
    "python": {"version": "3.11.2", "implementation": "CPython", "pgo": True, "lto": False},
    "packages": {"fastapi": "0.165.0", "numba": None},
    "rust": {"rustc": "rustc 1.95.0", "build_hash": "0123abcd"},
    "environment": {},
    "git": {"commit": "89abcdef", "dirty": True},
}


def estimate(centre: float, spread: float = 0.02) -> Interval:
    """An interval that reaches `spread` of its middle to either side."""
    reach = abs(centre) * spread
    return Interval(centre, centre - reach, centre + reach, 0.95, _GENERATIONS)


def plan(names: tuple[str, ...] = tuple(_COSTS)) -> Plan:
    """A plan as the command makes it: all at the high rate, the claim's stacks at the low too."""
    cells = []
    for name in names:
        cells.append(Cell(name, "high", 1000.0))
        if _COSTS[name][1] is not None:
            cells.append(Cell(name, "low", 200.0))
    cells.append(Cell(REFERENCE, "high", 1000.0, replica=1))
    return Plan(
        equation="ephemeris",
        n=100,
        cells=cells,
        reference=REFERENCE,
        generations=_GENERATIONS,
        rounds=6,
        lead_s=0.05,
        window_s=0.25,
        connections=8,
        seed=20260417,
        engine="process",
    )


def cell_summary(cell: Cell) -> CellSummary:
    """What a cell of `plan` shows."""
    at_high = cell.rate_name == "high"
    cost = _COSTS[cell.stack][0 if at_high else 1]
    reference = _COSTS[REFERENCE][0 if at_high else 1]
    assert cost is not None
    assert reference is not None
    is_reference = cell.stack == REFERENCE and not cell.replica
    ratio = cost / reference
    verdict = _finding(cell.stack, REFERENCE, cell.rate_hz, ratio)
    return CellSummary(
        cell=cell,
        cpu_us_per_request=estimate(cost),
        core_share=estimate(cost * cell.rate_hz * 1e-6),
        ratio=None if is_reference else estimate(ratio),
        ratio_by_mean=None if is_reference else estimate(ratio * 0.98, 0.04),
        ratio_hodges_lehmann=None if is_reference else estimate(ratio * 1.001, 0.03),
        difference_us=None if is_reference else estimate(cost - reference + 0.5),
        verdict=None if is_reference or cell.replica else verdict,
        p50_us=cost * 1.4,
        p99_us=cost * 4.7,
        answered=4321,
    )


def stack_summary(name: str) -> StackSummary:
    """What a stack of `plan` shows at any rate."""
    _, _, anonymous, file = _COSTS[name]
    return StackSummary(
        stack=name,
        idle_anonymous_mib=estimate(anonymous * 0.9),
        idle_file_mib=estimate(file * 0.95),
        loaded_anonymous_mib=estimate(anonymous),
        loaded_file_mib=estimate(file),
        peak_resident_mib=estimate(anonymous + file + 1),
        idle_cpu_us_per_s=estimate(anonymous * 31),
        startup_s=estimate(anonymous / 40),
        health={"backend": "python"},
    )


def _at_equal_rate(fastapi: str, axum: str, index: int, rate_hz: float) -> SharesAtRate:
    of_fastapi, of_axum = _COSTS[fastapi][index], _COSTS[axum][index]
    assert of_fastapi is not None
    assert of_axum is not None
    ratio = of_fastapi / of_axum
    return SharesAtRate(
        rate_hz,
        estimate(of_fastapi * rate_hz * 1e-6),
        estimate(of_axum * rate_hz * 1e-6),
        estimate(ratio),
        _finding(fastapi, axum, rate_hz, ratio),
    )


def _finding(stack: str, reference: str, rate_hz: float, ratio: float) -> str:
    return (
        f"At {rate_hz:,.0f} req/s on this machine {stack} uses {ratio * 0.98:.2f} to "
        f"{ratio * 1.02:.2f} times the CPU per request of {reference}."
    )


def _seed_card(title: str, fastapi: str, axum: str) -> SeedCard:
    shares = tuple(
        _at_equal_rate(fastapi, axum, index, rate_hz)
        for index, rate_hz in ((0, 1000.0), (1, 200.0))
    )
    return SeedCard(
        title=title,
        fastapi=RateFor(fastapi, 0.13, estimate(512.0), None, (501.8, 522.2)),
        axum=RateFor(axum, 0.03, estimate(604.0), None, (591.9, 616.1)),
        one_rate=False,
        at_equal_rates=shares,
        fastapi_loaded_mib=estimate(_COSTS[fastapi][2]),
        axum_loaded_mib=estimate(_COSTS[axum][2]),
    )


PARTS_US = {
    "Access log": (53.2, 55.7, 49.9),
    "Kernel": (61.4, 66.3, 58.1),
    "Validation and JSON": (28.6, 31.2, 22.4),
    "Framework": (71.8, 76.9, 64.5),
    "Python process to Rust process": (40.5, None, None),
}


def attribution(rate_hz: float, colder: float) -> Attribution:
    """Parts as a run with four factors has them, each `colder` times as much as at 1,000 req/s."""
    gap_us = colder * sum(saved_us for saved_us, _, _ in PARTS_US.values())
    last_us = colder * _COSTS[REFERENCE][0]
    return Attribution(
        rate_hz=rate_hz,
        first="fastapi-stock-python",
        last=REFERENCE,
        orders=24,
        generations=_GENERATIONS,
        first_us=estimate(gap_us + last_us),
        last_us=estimate(last_us),
        gap_us=estimate(gap_us),
        parts=tuple(_part(name, gap_us, colder) for name in PARTS_US),
        interactions=(
            Interaction(("Kernel", "Validation and JSON"), estimate(8.37 * colder)),
            Interaction(("Kernel", "Framework"), estimate(-3.19 * colder)),
            Interaction(("Access log", "Kernel"), replace(estimate(0.74), low=-1.2)),
        ),
        closures=(
            Closure(
                None, replace(estimate(1.83), low=-2.6), replace(estimate(0.0072), low=-0.01), True
            ),
            Closure("asgi-quiet-python", estimate(31.6), estimate(0.124), False),
        ),
    )


def _part(name: str, gap_us: float, colder: float) -> Part:
    saved_us, first_in_us, last_in_us = PARTS_US[name]
    order_us = None if first_in_us is None or last_in_us is None else first_in_us - last_in_us

    def at_this_rate(us: float | None) -> Estimate | None:
        return None if us is None else estimate(us * colder)

    return Part(
        name=name,
        saved_us=estimate(saved_us * colder),
        share=estimate(saved_us * colder / gap_us),
        first_in_us=at_this_rate(first_in_us),
        last_in_us=at_this_rate(last_in_us),
        order_us=at_this_rate(order_us),
        surcharge_us=None if colder == 1 else estimate(saved_us * (colder - 1)),
        verdict=f"{name} accounts for some % of the gap.",
    )


def _import_ladder() -> tuple[ImportSummary, ...]:
    sizes_mib = {"bare interpreter": (2.7, 5.3), "uvicorn": (15.8, 11.1), "Numba": (55.9, 58.2)}
    before_mib = 0.0
    ladder = []
    for step, (anonymous_mib, file_mib) in sizes_mib.items():
        added_mib = anonymous_mib - before_mib
        ladder.append(
            ImportSummary(step, estimate(anonymous_mib), estimate(added_mib), estimate(file_mib))
        )
        before_mib = anonymous_mib
    return tuple(ladder)


def cost_models() -> tuple[CostModel | NotModelled, ...]:
    """Of a line that holds, one that does not, one of which it cannot be told, and none."""
    return (
        cost_model("fastapi-quiet-python", 8.34, 217.3, HeldOut(670.0, estimate(1.013), True)),
        cost_model("axum-quickstart", 2.17, 38.6, HeldOut(670.0, estimate(1.129), False)),
        cost_model(REFERENCE, 3.19, 41.7, HeldOut(670.0, estimate(0.987, 0.07), None)),
        NotModelled("fastapi-stock-slow", 1000.0),
    )


def cost_model(
    stack: str, constant_ms_per_s: float, per_request_us: float, held_out: HeldOut | None
) -> CostModel:
    """Of a sweep from 200 to 1,000 requests per second, a little luck in each generation."""
    lines = tuple(
        Line(luck * constant_ms_per_s * 1e-3, luck * per_request_us * 1e-6)
        for luck in (0.98, 0.99, 1.0, 1.0, 1.01, 1.02)
    )
    return CostModel(
        stack=stack,
        rates_hz=(200.0, 450.0, 1000.0),
        lines=lines,
        constant_ms_per_s=estimate(constant_ms_per_s),
        per_request_us=estimate(per_request_us),
        held_out=held_out,
    )


def full() -> Summary:
    """A run that came to its end, with something of everything a report can show."""
    planned = plan()
    cells = [cell for cell in planned.cells if not cell.replica]
    return Summary(
        run_id="20260417-101112-ephemeris-n100",
        started_at="2026-04-17T10:11:12Z",
        plan=planned,
        provenance=PROVENANCE,
        complete=True,
        given_up=None,
        cells=tuple(cell_summary(cell) for cell in cells),
        stacks=tuple(stack_summary(name) for name in _COSTS),
        twin=replace(cell_summary(planned.cells[-1]), ratio=estimate(1.004)),
        seed_cards=(
            _seed_card("As quick starts", "fastapi-quickstart", "axum-quickstart"),
            _seed_card("At equal work", "fastapi-quiet-python", REFERENCE),
        ),
        attributions=(attribution(1000.0, 1.0), attribution(200.0, 1.31)),
        import_ladder=_import_ladder(),
        cost_models=cost_models(),
        added=(),
        predicted=(),
        container_memory=(),
        refused=(CellRefused("fastapi-stock-slow", 0, "high", 1000.0, 0.713, 0.6),),
        gates=Gates(6, 0, 36, 1, 360, 3, {"the canary took … of its usual time": 1}),
        failed_requests={},
        checked_answers=1872,
        wrong_answers=0,
        warnings=("CPython was built without link-time optimisation.",),
    )


def _three(known: Estimate | None) -> NotEnough | None:
    """An estimate as three generations have it."""
    return None if known is None else NotEnough(known.estimate, 3)


def _attribution_cut_off(own: Attribution | NotAttributed) -> Attribution | NotAttributed:
    if isinstance(own, NotAttributed):
        return own
    parts = tuple(
        replace(
            part,
            saved_us=NotEnough(part.saved_us.estimate, 3),
            share=_three(part.share),
            first_in_us=_three(part.first_in_us),
            last_in_us=_three(part.last_in_us),
            order_us=_three(part.order_us),
            surcharge_us=_three(part.surcharge_us),
            verdict="No verdict; a verdict needs 6 generations, this run has 3.",
        )
        for part in own.parts
    )
    return replace(
        own,
        generations=3,
        first_us=NotEnough(own.first_us.estimate, 3),
        last_us=NotEnough(own.last_us.estimate, 3),
        gap_us=NotEnough(own.gap_us.estimate, 3),
        parts=parts,
        interactions=(Interaction(("Kernel", "Framework"), NotEnough(-3.19, 3)),),
        closures=(Closure(None, NotEnough(1.83, 3), NotEnough(0.0072, 3), None),),
    )


def _cost_model_cut_off(own: CostModel | NotModelled) -> CostModel | NotModelled:
    if isinstance(own, NotModelled):
        return own
    assert own.held_out is not None
    ratio = NotEnough(own.held_out.predicted_over_measured.estimate, 3)
    return replace(
        own,
        lines=own.lines[:3],
        constant_ms_per_s=NotEnough(own.constant_ms_per_s.estimate, 3),
        per_request_us=NotEnough(own.per_request_us.estimate, 3),
        held_out=replace(own.held_out, predicted_over_measured=ratio, holds=None),
    )


def cut_off() -> Summary:
    """A run stopped after three generations: estimates, no interval anywhere."""
    whole = full()
    no_verdict = "No verdict; a verdict needs 6 generations, this run has 3."

    cells = tuple(
        replace(
            own,
            cpu_us_per_request=NotEnough(own.cpu_us_per_request.estimate, 3),
            core_share=NotEnough(own.core_share.estimate, 3),
            ratio=_three(own.ratio),
            ratio_by_mean=_three(own.ratio_by_mean),
            ratio_hodges_lehmann=_three(own.ratio_hodges_lehmann),
            difference_us=_three(own.difference_us),
            verdict=own.verdict and no_verdict,
        )
        for own in whole.cells
    )
    cards = tuple(
        replace(
            card,
            fastapi=replace(card.fastapi, rate_hz=None),
            one_rate=None,
            at_equal_rates=tuple(
                replace(shares, ratio=NotEnough(shares.ratio.estimate, 3), verdict=no_verdict)
                for shares in card.at_equal_rates
            ),
        )
        for card in whole.seed_cards
    )
    return replace(
        whole,
        complete=False,
        given_up=None,
        cells=cells,
        seed_cards=cards,
        attributions=tuple(_attribution_cut_off(own) for own in whole.attributions),
        cost_models=tuple(_cost_model_cut_off(own) for own in whole.cost_models),
        gates=Gates(3, 0, 18, 0, 180, 0, {}),
        warnings=("The run did not come to its end: 3 of 6 generations count.",),
    )


def counted_nothing() -> Summary:
    """A run stopped in its first generation: every cell is there, and nothing counted."""
    none = NotEnough(None, 0)
    whole = full()
    cells = tuple(
        CellSummary(own.cell, none, none, none, none, none, none, None, None, None, 0)
        for own in whole.cells
    )
    stacks = tuple(
        StackSummary(own.stack, none, none, none, none, none, none, none, {})
        for own in whole.stacks
    )
    return replace(
        whole,
        complete=False,
        given_up=None,
        cells=cells,
        stacks=stacks,
        twin=None,
        seed_cards=(),
        attributions=(NotAttributed(1000.0, "nothing was measured of axum-stock"),),
        import_ladder=(),
        cost_models=(NotModelled(REFERENCE, 1000.0),),
        gates=Gates(0, 0, 0, 0, 0, 0, {}),
        checked_answers=0,
    )


def empty() -> Summary:
    """A run of which nothing but its first line was written."""
    return replace(
        counted_nothing(),
        cells=(),
        stacks=(),
        attributions=(),
        cost_models=(),
        provenance={},
        refused=(),
        warnings=(),
    )


def named(name: str) -> Summary:
    """A run of which every text that someone else chose is `name`."""
    cell = Cell(name, "high", 1000.0)
    whole = full()
    return replace(
        whole,
        plan=structs.replace(whole.plan, cells=[cell], reference=name, equation=name),
        cells=(replace(whole.cells[0], cell=cell, verdict=name),),
        stacks=(replace(whole.stacks[0], stack=name),),
        twin=None,
        seed_cards=(replace(whole.seed_cards[0], title=name),),
        attributions=(_attribution_named(name),),
        cost_models=(cost_model(name, 8.34, 217.3, None),),
        failed_requests={name: 1},
        gates=Gates(6, 0, 36, 1, 360, 0, {name: 1}),
        provenance={"platform": name, "environment": {name: name}},
        warnings=(name,),
    )


def _attribution_named(name: str) -> Attribution:
    own = attribution(1000.0, 1.0)
    part = replace(own.parts[0], name=name, verdict=name)
    return replace(own, first=name, last=name, parts=(part,))
