"""The stacks between two ends, and the choices in which they differ: rows of the table of stacks.

`benchmarks/factors.toml` names the choices; which stacks combine them is found, not listed.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from stackgap import project
from stackgap.misuse import MisuseError
from stackgap.placement import contained
from stackgap.records import Factor, Factorial, Step
from stackgap.stacks import Container, Stack

# What a row says of itself, without changing what is served.
_DESCRIPTIVE = ("name", "profile", "main")


class Factors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `benchmarks/factors.toml`."""

    start: str
    factor: list[Factor]
    last: list[Step]
    held_out: list[str]


@cache
def factors() -> Factors:
    """The project's; MisuseError for a faulty file."""
    path = project.FACTORS_TOML
    try:
        return msgspec.convert(tomllib.loads(path.read_text()), Factors)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MisuseError(f"{path}: {error}") from error


def placed(chosen: Factors, container: Container | None) -> Factors:
    """The same between stacks in such containers; as it is for None."""
    return Factors(
        start=contained(chosen.start, container),
        factor=chosen.factor,
        last=[Step(step.name, contained(step.stack, container)) for step in chosen.last],
        held_out=[contained(name, container) for name in chosen.held_out],
    )


def members(stacks: Mapping[str, Stack], chosen: Factors) -> dict[str, list[str]]:
    """The names of those of `stacks` that differ from the start in factors only, and in which.

    Empty without the start. Raises MisuseError where two stacks differ in the same ones.
    """
    start = stacks.get(chosen.start)
    if start is None:
        return {}
    found: dict[str, list[str]] = {}
    for name, stack in stacks.items():
        changed = _changed(start, stack, chosen.factor)
        if changed is None or stack.contract != start.contract:
            continue
        if changed in found.values():
            twin = next(other for other, own in found.items() if own == changed)
            raise MisuseError(f"stacks {twin!r} and {name!r} differ in nothing but their names")
        found[name] = changed
    return found


def between(stacks: Sequence[Stack], chosen: Factors) -> Factorial | None:
    """How `stacks` divide the gap from the start to where the last step leads.

    Where not all factors are varied among them, the way from the last member to that end stays
    one step, named after all that it holds. None where they divide nothing: an end is missing, no
    factor is varied, or no stack has changed all that are.
    """
    by_name = {stack.name: stack for stack in stacks}
    found = members(by_name, chosen)
    changed = {name for own in found.values() for name in own}
    varied = [factor for factor in chosen.factor if factor.name in changed]
    complete = any(set(own) == changed for own in found.values())
    if not varied or not complete or chosen.last[-1].stack not in by_name:
        return None
    return Factorial(
        factors=varied,
        members=found,
        last=_last(chosen, varied, by_name),
        held_out=[name for name in chosen.held_out if name in found],
    )


def _changed(start: Stack, stack: Stack, factors: Sequence[Factor]) -> list[str] | None:
    """The names of the factors in which `stack` differs; None if it differs in anything else."""
    before, after = msgspec.structs.asdict(start), msgspec.structs.asdict(stack)
    level_after = {factor.field: factor.after for factor in factors}
    differing = [
        field for field in before if before[field] != after[field] and field not in _DESCRIPTIVE
    ]
    if any(field not in level_after or after[field] != level_after[field] for field in differing):
        return None
    return [factor.name for factor in factors if factor.field in differing]


def _last(chosen: Factors, varied: Sequence[Factor], measured: Mapping[str, Stack]) -> list[Step]:
    """The steps from the last member to the end, joined where what lies between is not measured."""
    pending = [factor.name for factor in chosen.factor if factor not in varied]
    end = chosen.last[-1]
    steps = []
    for step in chosen.last:
        pending.append(step.name)
        # A stack shows a step alone only where all before it have been shown.
        if step is end or (pending == [step.name] and step.stack in measured):
            steps.append(Step(" + ".join(pending), step.stack))
            pending = []
    return steps
