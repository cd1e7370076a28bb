"""Probes on the terminal and as Markdown."""

import re
from collections.abc import Callable

import pytest
from rich.console import Console

from stackgap.analyse.probes import ProbeRun, sort_out
from stackgap.probe_records import (
    CapacitySettings,
    ColdStartSettings,
    CollateralSettings,
    DensitySettings,
)
from stackgap.report import probe_sentences, probes
from tests.analyse.probe_records import (
    AXUM,
    FASTAPI,
    STACKS,
    cold_start,
    density_steps,
    first_container,
    light_load,
    probe,
    records,
    trial,
)


def _cold_start(**options: object) -> ProbeRun:
    return probe(
        ColdStartSettings(),
        lambda number, stack: [cold_start(number, stack, 0.5 if stack == FASTAPI else 0.01)],
        **options,
    )


def _collateral(**options: object) -> ProbeRun:
    return probe(
        CollateralSettings(heavy_hz=5),
        lambda number, stack: [
            light_load(number, stack, True, 40.0),
            light_load(number, stack, False, 2.0),
        ],
        **options,
    )


def _capacity(**options: object) -> ProbeRun:
    return probe(
        CapacitySettings(p99_ms=2.5),
        lambda number, stack: [
            trial(stack, 1100, closed=True, generation=number),
            trial(stack, 1000, generation=number),
            # Nothing tells what Axum could have done.
            trial(stack, 2000, answered=0.5, generation=number, late=stack == AXUM),
        ],
        **options,
    )


def _density(**options: object) -> ProbeRun:
    return probe(
        DensitySettings(containers=5, cold_cache=True),
        lambda number, stack: [first_container(number, stack), *density_steps(number, stack)],
        **options,
    )


EVERY = pytest.mark.parametrize("made", [_cold_start, _collateral, _capacity, _density])


def _terminal(run: ProbeRun, width: int = 100) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(probes.terminal(run))
    return captured.get()


def _cells(run: ProbeRun, stack: str) -> list[str]:
    """Of all tables, one after another; the stack stands once."""
    lines = [line for line in probes.markdown(run).splitlines() if line.startswith(f"| {stack}")]
    rows = [
        [cell.strip().replace("\\", "") for cell in line.strip("|").split("|")] for line in lines
    ]
    return [stack, *(cell for row in rows for cell in row[1:])]


@EVERY
@pytest.mark.parametrize("width", [80, 250])
def test_a_terminal_shows_every_stack_and_figure(made: Callable[..., ProbeRun], width: int) -> None:
    run = made()
    shown = _terminal(run, width)
    assert max(map(len, shown.splitlines())) <= width
    for stack in STACKS:
        for cell in _cells(run, stack):
            assert cell in shown


@EVERY
def test_markdown_names_the_command_that_repeats_it(made: Callable[..., ProbeRun]) -> None:
    run = made()
    command = probe_sentences.command(run.plan)
    assert command in probes.markdown(run)
    assert "--seed 7" in command
    assert "--stack axum-stock" in command


def test_a_start_is_shown_with_its_ratio() -> None:
    cells = _cells(_cold_start(), FASTAPI)
    assert cells[:3] == [FASTAPI, "500 [500, 500]", "50.0 [50.0, 50.0]"]
    assert _cells(_cold_start(), AXUM)[2] == "1 (reference)"


def test_a_load_is_shown_alone_and_beside() -> None:
    cells = _cells(_collateral(), AXUM)
    assert cells[1:3] == ["2.00", "40.0"]
    assert cells[-2:] == ["38.0 [38.0, 38.0]", "20.0 [20.0, 20.0]"]


def test_a_rate_that_nothing_bounds_is_at_least_that() -> None:
    assert _cells(_capacity(), AXUM)[1] == "≥ 1,000 [1,000, 1,000]"
    assert _cells(_capacity(), FASTAPI)[1] == "1,000 [1,000, 1,000]"
    assert "p99 to 2.5 ms" in probes.markdown(_capacity())
    assert "--p99-ms 2.5" in probes.markdown(_capacity())


def test_a_first_container_is_shown_with_what_holds_its_memory() -> None:
    cells = _cells(_density(), AXUM)
    assert cells[-7:-3] == ["10.0", "4.0", "2.0", "1.0"]
    assert cells[-3:-1] == ["17.0 [17.0, 17.0]", "12.0 [12.0, 12.0]"]
    assert cells[-1] == "axum_api 3.0, libc 1.0"
    assert "--cold-cache" in probes.markdown(_density())
    assert "No file was in memory before the first" in probes.markdown(_density())


@EVERY
def test_too_few_generations_have_no_interval(made: Callable[..., ProbeRun]) -> None:
    shown = probes.markdown(made(generations=2))
    assert "(no interval)" in shown
    assert "Intervals need 6 generations; in this probe 2 count." in shown


@EVERY
def test_a_probe_of_which_nothing_counts_is_shown_without_figures(
    made: Callable[..., ProbeRun],
) -> None:
    run = made(generations=1, void=[0])
    for stack in STACKS:
        assert set(_cells(run, stack)[1:]) <= {"–", "1 (reference)"}
    assert "Void: a fault" in _terminal(run)


def test_a_probe_that_was_cut_off_says_so() -> None:
    whole = records(ColdStartSettings(), lambda number, stack: [cold_start(number, stack, 0.5)])
    shown = " ".join(_terminal(sort_out(whole[:-1])).split())
    assert "The probe did not come to its end" in shown
    assert not re.search("did not come to its end", _terminal(sort_out(whole)))
