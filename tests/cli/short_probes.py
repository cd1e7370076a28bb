"""The command whose probes are short, on a machine whose disturbances void nothing.

Failed requests, wrong answers and dead servers void what they always do.
"""

from functools import partial
from unittest.mock import patch

from stackgap import probe_records
from stackgap.cli import app, probe
from stackgap.run.probes import capacity, collateral, plan

if __name__ == "__main__":
    with (
        patch.object(probe, "ColdStartSettings", partial(probe_records.ColdStartSettings, 40)),
        patch.object(
            probe,
            "CapacitySettings",
            partial(probe_records.CapacitySettings, precision=1.0, window_s=0.1, fewest_requests=5),
        ),
        patch.object(
            plan,
            "CollateralSettings",
            partial(probe_records.CollateralSettings, lead_s=0.1, window_s=0.3),
        ),
        patch.object(capacity, "lateness_voids", lambda *_: []),
        patch.object(collateral, "lateness_voids", lambda *_: []),
        patch.object(capacity, "others_voids", lambda *_: []),
        patch.object(collateral, "others_voids", lambda *_: []),
    ):
        app(prog_name="stackgap")
