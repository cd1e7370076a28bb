"""What a run cannot say, so that nobody reads it out of it."""

from collections.abc import Iterator

from stackgap.analyse.interval import MIN_GENERATIONS
from stackgap.analyse.summary import Attribution, Summary
from stackgap.report import formatting as f


def cannot_say(summary: Summary) -> list[str]:
    """A sentence for each thing, and the command that would measure it."""
    return list(_cannot(summary))


def _cannot(summary: Summary) -> Iterator[str]:
    plan = summary.plan
    counted = summary.gates.generations - summary.gates.generations_void
    if counted < MIN_GENERATIONS:
        yield (
            "No interval and no verdict: "
            f"{f.count(counted, 'generation')} of {MIN_GENERATIONS} count."
        )
    divided = [own for own in summary.attributions if isinstance(own, Attribution)]
    if not any(own.orders > 1 for own in divided):
        yield (
            "How the gap divides among validation and JSON, framework and server: "
            "`stackgap run --full` measures the stacks in between."
        )
    rates = sorted({cell.rate_hz for cell in plan.cells})
    if len(rates) > 1:
        yield (
            f"What anything costs under {f.rate(rates[0])} or over {f.rate(rates[-1])}: costs "
            "change with the rate."
        )
    else:
        yield f"What anything costs at another rate than {f.rate(rates[0])}: it would change."
    yield (
        f"What another size or equation would show: this is {plan.equation} with "
        f"{f.count(plan.n, 'value')} a request. `stackgap sizes` measures several."
    )
    if plan.containers is None:
        yield "What a container adds: `stackgap run --engine docker` measures that."
    yield (
        "What a service does that waits for a database, a network that is not loopback, TLS, or "
        "servers on several cores."
    )
