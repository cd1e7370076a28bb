"""What all tests share."""

import os
import shutil

import pytest


def require(name: str, available: bool | None = None) -> None:
    """Skip the calling test for want of the external tool `name`.

    Without `available`, the tool is looked for on PATH. A tool named in the
    comma-separated STACKGAP_REQUIRE must be there: wanting it fails the test.
    """
    if available is None:
        available = shutil.which(name) is not None
    if available:
        return
    if name in os.environ.get("STACKGAP_REQUIRE", "").split(","):
        pytest.fail(f"STACKGAP_REQUIRE names {name}, which is not available")
    pytest.skip(f"{name} is not available")
