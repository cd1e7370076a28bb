"""Whether a server on this machine is healthy: `python -m python_api.healthy PORT`.

What the images' health check runs: exit code 0, or 1 with the reason.
"""

import sys
from http.client import HTTPConnection, HTTPException

_ANSWERS_WITHIN_S = 2.0


def main() -> None:
    """Asks GET /health."""
    connection = HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=_ANSWERS_WITHIN_S)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, HTTPException) as failure:
        sys.exit(f"/health does not answer: {failure!r}")
    if status != 200:
        sys.exit(f"/health answers {status}")


if __name__ == "__main__":
    main()
