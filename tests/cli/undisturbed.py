"""The command on a machine whose disturbances void nothing: it has more to do than these tests.

Failed requests, wrong answers and dead servers void what they always do.
"""

from unittest.mock import patch

from stackgap.cli import app
from stackgap.measure import gates

if __name__ == "__main__":
    with patch.multiple(gates, slice_voids=lambda *_: [], machine_voids=lambda *_: []):
        app(prog_name="stackgap")
