"""What all tests share."""

import os
import shutil
import signal
from importlib.util import find_spec

import pytest

PEERS = "peers"

# A shell that puts a command in the background lets it ignore SIGINT, and all that it starts. The
# commands that tests interrupt have to notice.
signal.signal(signal.SIGINT, signal.default_int_handler)


def require(name: str, available: bool | None = None) -> None:
    """Skip the calling test for want of the external tool `name`.

    Without `available`, the tool is looked for on PATH. A tool named in the
    comma-separated STACKGAP_REQUIRE must be there: wanting it fails the test.
    """
    if available is None:
        available = shutil.which(name) is not None
    if not available:
        _want(name, required_as=name)


def require_library(library: str) -> None:
    """Skip the calling test for want of a library that only `make peers` installs.

    STACKGAP_REQUIRE names all of them as one: `peers`.
    """
    if find_spec(library) is None:
        _want(library, required_as=PEERS)


def _want(name: str, required_as: str) -> None:
    if required_as in os.environ.get("STACKGAP_REQUIRE", "").split(","):
        pytest.fail(f"STACKGAP_REQUIRE names {required_as}, but {name} is not available")
    pytest.skip(f"{name} is not available")
