"""The hook that counts a server's garbage collections."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import garbage


def _said(code: str, **environment: str) -> str:
    hooked = os.environ | {"PYTHONPATH": str(garbage.HOOK)} | environment
    return subprocess.check_output([sys.executable, "-c", code], env=hooked, text=True)


def test_every_collection_is_counted_by_its_generation(tmp_path: Path) -> None:
    told = tmp_path / "garbage.json"
    code = "import gc; gc.disable(); gc.collect(0); gc.collect(0); gc.collect(2)"
    _said(code, STACKGAP_GARBAGE=str(told))
    found = json.loads(told.read_text())
    assert found["counts"][0] >= 2
    assert found["counts"][2] >= 1
    assert found["cpu_ns"][2] > 0


def test_a_process_that_is_not_asked_to_count_is_left_alone(tmp_path: Path) -> None:
    code = "import gc; print(len(gc.callbacks))"
    assert _said(code) == "0\n"
    assert _said(code, STACKGAP_GARBAGE=str(tmp_path / "garbage.json")) == "1\n"
