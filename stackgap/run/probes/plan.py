"""What a probe is going to do."""

from collections.abc import Mapping, Sequence

from stackgap import rates
from stackgap.placement import placed
from stackgap.probe_records import CollateralSettings, Kind, ProbePlan, Settings, kind
from stackgap.records import ContainerLimits
from stackgap.run.plan import REFERENCE, drawn, refuse_containers, refuse_twice
from stackgap.stacks import Container, find

DEFAULT_STACKS: Mapping[Kind, Sequence[str]] = {
    "cold-start": (
        "fastapi-quiet-python",
        "fastapi-quiet-numpy",
        "fastapi-quiet-numba",
        "fastapi-quiet-rust",
        "fastapi-quiet-python-granian",
        "asgi-quiet-bytes-rust",
        "axum-stock",
    ),
    "collateral": (
        "fastapi-quiet-python",
        "fastapi-quiet-numpy",
        "fastapi-quiet-rust",
        "fastapi-quiet-python-def",
        "asgi-quiet-bytes-rust",
        "axum-stock",
        "axum-stock-inline",
    ),
    "capacity": (
        "fastapi-stock-python",
        "fastapi-quiet-python",
        "fastapi-quiet-rust",
        "asgi-quiet-bytes-rust",
        "asgi-quiet-bytes-rust-granian",
        "axum-stock",
    ),
    "density": (
        "fastapi-quiet-python",
        "fastapi-quiet-numpy",
        "fastapi-quiet-numba",
        "fastapi-quiet-rust",
        "asgi-quiet-bytes-rust",
        "axum-stock",
    ),
}
"""The stacks of a probe that names none."""


def make_plan(
    stacks: Sequence[str] | None,
    settings: Settings,
    *,
    equation: str,
    n: int,
    generations: int,
    seed: int,
    containers: ContainerLimits | None = None,
) -> ProbePlan:
    """The plan to probe the stacks of these names, or the probe's default; in containers if it is
    said what these may use, unless a name says another place.

    Raises MisuseError for an unknown name, PlanError when one is named twice.
    """
    inside: Container | None = "bridge" if containers else None
    names = [placed(name, inside) for name in stacks or DEFAULT_STACKS[kind(settings)]]
    refuse_containers([find(name) for name in names], containers)
    refuse_twice(names)
    return ProbePlan(
        equation=equation,
        n=n,
        stacks=names,
        reference=placed(REFERENCE, inside),
        generations=generations,
        seed=seed,
        settings=settings,
        containers=containers,
    )


def collateral_settings(equation: str, n: int) -> CollateralSettings:
    """The heavy load at its declared low rate; raises MisuseError where none is declared."""
    return CollateralSettings(heavy_hz=rates.find(equation, n).low_hz)


def order(plan: ProbePlan, generation: int) -> list[str]:
    """The order of a generation's stacks: random, the same for the same seed."""
    return drawn(plan.stacks, f"{plan.seed}/{generation}/probe")
