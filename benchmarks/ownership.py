"""What images weigh and builds take, for the decision guide: `python -m benchmarks.ownership`.

Compiles the extension and Axum's program from nothing, in turn, each three times, with all crates
downloaded; reads the sizes of the images that `stackgap images build` made; and writes both to
`benchmarks/results/ownership/ownership.json`.
"""

import os
import subprocess
import sys
import tempfile
import time

import msgspec

from stackgap import build, images, owned, project
from stackgap.analyse.choices import AXUM_PACKAGE, EXTENSION_PACKAGE
from stackgap.measure.containers import connected
from stackgap.measure.provenance import cpu

_REPETITIONS = 3


def main() -> None:
    """Writes the record."""
    with connected() as client:
        image_bytes = {own.name: own.size_bytes for own in images.built(client) if own.current}
    if missing := set(images.NAMES) - set(image_bytes):
        sys.exit(f"not built, or of other sources: {', '.join(sorted(missing))}")
    build_s: dict[str, list[float]] = {EXTENSION_PACKAGE: [], AXUM_PACKAGE: []}
    for repetition in range(_REPETITIONS):
        for package, took_s in build_s.items():
            took_s.append(round(_from_nothing(package), 1))
            print(f"{repetition + 1} of {_REPETITIONS}: {package} in {took_s[-1]} s", flush=True)
    machine = cpu()
    found = owned.Measured(
        machine["model"], machine["cores"], build.compiler().strip(), image_bytes, build_s
    )
    owned.MEASURED.parent.mkdir(exist_ok=True)
    owned.MEASURED.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    print(f"wrote {owned.MEASURED.relative_to(project.ROOT)}")


def _from_nothing(package: str) -> float:
    """The seconds that compiling a package takes in an empty target folder."""
    with tempfile.TemporaryDirectory(prefix="stackgap-") as folder:
        command = [*build.CARGO_BUILD, "--package", package]
        begun = time.perf_counter()
        subprocess.run(
            command, cwd=project.ROOT, env=os.environ | {"CARGO_TARGET_DIR": folder}, check=True
        )
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
