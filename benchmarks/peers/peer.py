"""What a peer is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Peer:
    """A way to compute an equation; `prepare` imports `library` and gives the function."""

    library: str
    prepare: Callable[[], Callable[..., Any]]
