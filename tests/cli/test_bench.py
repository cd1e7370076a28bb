"""`stackgap bench` times what is asked for, and says what cannot be."""

import json
from pathlib import Path

import pytest

from python_api.equations import BACKENDS
from stackgap import project
from stackgap.cli import bench
from stackgap.report import equations_page
from tests.analyse import timings
from tests.cli.command import (
    assert_all_end,
    assert_explained,
    descendants,
    invoked,
    started,
    wait_until,
)


def test_chosen_rows_are_timed_in_as_many_passes_as_asked_for(tmp_path: Path) -> None:
    written = tmp_path / "report.json"
    done = invoked(
        *("bench", "--equation", "ephemeris", "--size", "10", "--passes", "2"),
        *("--json", str(written)),
    )
    assert done.returncode == 0, done.stderr
    assert "ephemeris on native arrays" in done.stdout
    timed = json.loads(written.read_text())["benchmarks"]
    for row in timed:
        assert row["params"]["equation"] == "ephemeris"
        assert row["extra_info"]["n"] == row["params"]["n"] == 10
        assert len(row["extra_info"]["pass_medians_s"]) == 2
        assert len(row["stats"]["data"]) == row["stats"]["rounds"]
    on_lists = [row for row in timed if row["name"].startswith("test_on_lists")]
    assert [row["extra_info"]["variant"] for row in on_lists] == list(BACKENDS)
    for row in on_lists:
        info = row["extra_info"]
        assert (info["work"], info["work_unit"]) == (10, "position")
        assert info["ns_per_element"] > 0
        assert {"versions", "cpu_features", "build_hash"} <= info.keys()


def test_an_interrupted_command_leaves_nothing_running() -> None:
    with started("bench", "--equation", "ephemeris", "--size", "10") as process:
        wait_until(lambda: len(descendants(process)) > 1, process)
        processes = descendants(process)
        process.terminate()
        process.wait()
        assert_all_end(processes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--equation", "tides"), "unknown equation 'tides'; known: ephemeris"),
        (("--size", "12"), "nothing is timed at size 12, but at: 1, 10, 100"),
        (("--page", "--size", "10"), "leave out --equation and --size"),
    ],
)
def test_what_cannot_be_timed_is_told(arguments: tuple[str, ...], message: str) -> None:
    done = invoked("bench", *arguments)
    assert_explained(done, code=2)
    assert message in done.stderr


def test_a_page_is_redrawn_from_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kernels" / "kernels.json"
    kept.parent.mkdir()
    kept.write_bytes(equations_page.encode(timings.everything()))
    monkeypatch.setattr(project, "KERNELS_JSON", kept)
    monkeypatch.setattr(project, "DOCS", tmp_path)
    done = invoked("bench", "--redraw")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / equations_page.PAGE).read_text() == equations_page.render(
        timings.everything()
    )
    assert kept.read_bytes() == equations_page.encode(timings.everything())


def test_sizes_are_those_of_the_equations_contract() -> None:
    assert list(bench._sizes("ephemeris")) == [1, 10, 100, 1_000, 10_000, 100_000]
