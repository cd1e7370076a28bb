"""What a run cannot say, and what it answers to objections."""

from dataclasses import replace

from msgspec import structs

from stackgap.analyse.summary import Attribution
from stackgap.records import ContainerLimits
from stackgap.report import objections, scope
from tests.report import summaries


def _cannot(text: str, said: list[str]) -> bool:
    return any(text in line for line in said)


def test_a_run_without_intervals_says_so_first() -> None:
    assert scope.cannot_say(summaries.cut_off())[0].startswith("No interval and no verdict: 3")
    assert not _cannot("No interval", scope.cannot_say(summaries.full()))


def test_a_run_of_one_order_points_to_the_full_one() -> None:
    divided = summaries.full()
    assert not _cannot("--full", scope.cannot_say(divided))
    one_order = tuple(
        replace(own, orders=1) for own in divided.attributions if isinstance(own, Attribution)
    )
    assert _cannot("--full", scope.cannot_say(replace(divided, attributions=one_order)))


def test_the_rates_measured_bound_what_is_said() -> None:
    assert _cannot("under 200 req/s or over 1,000 req/s", scope.cannot_say(summaries.full()))


def test_only_a_run_of_processes_says_that_containers_are_missing() -> None:
    own = summaries.full()
    assert _cannot("--engine docker", scope.cannot_say(own))
    inside = replace(own, plan=structs.replace(own.plan, containers=ContainerLimits(2**29)))
    assert not _cannot("--engine docker", scope.cannot_say(inside))


def test_an_objection_is_answered_by_the_rows_that_were_measured() -> None:
    answers = {own.said: own.answer for own in objections.objections(summaries.full())}
    kernel = answers["Only the hot function belongs into Rust, not the service."]
    assert "fastapi-quiet-rust" in kernel
    assert "at 1,000 req/s" in kernel
    assert "× as much" in kernel


def test_an_objection_that_no_row_answers_names_the_command_that_would() -> None:
    answers = {own.said: own.answer for own in objections.objections(summaries.empty())}
    said = "With msgspec instead of pydantic it would look different."
    assert answers[said] == (
        "Not in this run: `stackgap run --stack fastapi-quiet-msgspec-python "
        "--stack fastapi-quiet-python` measures it."
    )


def test_every_stack_an_objection_names_exists() -> None:
    from stackgap.stacks import stacks

    named = {name for pair in objections._PAIRS for name in (pair.stack, pair.other)}
    assert named <= set(stacks())
