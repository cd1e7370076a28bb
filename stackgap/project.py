"""Where the checkout and what cargo built in it are found."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACKS_TOML = ROOT / "benchmarks" / "stacks.toml"
FACTORS_TOML = ROOT / "benchmarks" / "factors.toml"
RATES_TOML = ROOT / "benchmarks" / "rates.toml"
RUNS = ROOT / "runs"
DOCS = ROOT / "docs"
# The reference runs, each in a folder, and the figures that docs/equations.md shows.
RESULTS = ROOT / "benchmarks" / "results"
KERNELS_JSON = RESULTS / "kernels" / "kernels.json"
# Memory posing as a folder, where there is one.
TMPFS = Path("/dev/shm")


def target_directory() -> Path:
    """Cargo's target folder: `CARGO_TARGET_DIR` if set, else `target` in the checkout."""
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target")


def binary(name: str) -> Path:
    """The release binary `name`.

    Raises FileNotFoundError, saying how to build it, when it is not there.
    """
    path = target_directory() / "release" / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not built: run `make build`")
    return path
