"""Checks of containers: do they cost what the same processes do, and are all accounts known?"""

from collections.abc import Sequence

from stackgap.analyse.containers import PREDICTS_WITHIN
from stackgap.analyse.interval import Interval
from stackgap.analyse.summarise import summarise
from stackgap.analyse.summary import Summary
from stackgap.records import Cell
from stackgap.run.selftest import windows
from stackgap.run.selftest.bench import (
    AXUM,
    FASTAPI,
    PRECISE_ROUNDS,
    ROUNDS,
    Bench,
    Check,
    Outcome,
    Scale,
    high_rate_hz,
    shown,
)
from stackgap.stacks import find

_SAME_WITHIN = 0.03
# Two processes of one program differ by up to 5 %: that takes many of them.
_GENERATIONS = 16
_NETWORKS = ("host", "bridge", "published")
_OF_ALL_KINDS = (
    FASTAPI,
    "fastapi-quiet-rust",
    "asgi-quiet-rust",
    "asgi-quiet-bytes-rust",
    AXUM,
    "axum-tuned",
)


def checks(scale: Scale) -> list[Check]:
    """The checks of containers."""
    return [
        Check(
            "a container on the machine's network costs what the process does within "
            f"{_SAME_WITHIN:.0%}",
            scale.windows,
            scale.windows,
            lambda bench, _: _same(bench),
        ),
        Check(
            "what a container adds to half of the stacks of a kind predicts the others within "
            f"{PREDICTS_WITHIN:.0%}",
            scale.windows,
            scale.windows,
            lambda bench, _: _predicts(bench),
        ),
        Check(
            "server, docker-proxy, dockerd and the rest add up to the busy time of their core "
            f"within {windows.AGREEMENT:.0%}",
            scale.windows,
            scale.windows,
            lambda bench, _: windows.busy(
                bench, [f"{name}@{kind}" for name in (AXUM, FASTAPI) for kind in _NETWORKS]
            ),
        ),
    ]


def _same(bench: Bench) -> Outcome:
    added = _measured(bench, "same", (AXUM, FASTAPI), "host", PRECISE_ROUNDS).added
    return Outcome(
        len(added) == 2
        and all(
            isinstance(own.ratio, Interval) and abs(own.ratio.estimate - 1) <= _SAME_WITHIN
            for own in added
        ),
        "; ".join(f"{own.stack}: {shown(own.ratio)} of the process" for own in added),
    )


def _predicts(bench: Bench) -> Outcome:
    predicted = _measured(bench, "predicts", _OF_ALL_KINDS, "bridge", ROUNDS).predicted
    return Outcome(
        bool(predicted)
        and all(
            isinstance(own.predicted_over_measured, Interval)
            and abs(own.predicted_over_measured.estimate - 1) <= PREDICTS_WITHIN
            for own in predicted
        ),
        "; ".join(
            f"{own.stack}: {shown(own.predicted_over_measured)} of what it takes"
            for own in predicted
        ),
    )


def _measured(
    bench: Bench, name: str, stacks: Sequence[str], container: str, rounds: int
) -> Summary:
    """The stacks as processes and in containers of that kind, in the same generations."""
    both = [find(f"{own}{suffix}") for own in stacks for suffix in ("", f"@{container}")]
    cells = [Cell(stack.name, "high", high_rate_hz()) for stack in both]
    return summarise(bench.run(name, both, cells, generations=_GENERATIONS, rounds=rounds))
