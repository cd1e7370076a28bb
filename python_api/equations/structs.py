"""What the equations' msgspec structs share."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class Misfit(NamedTuple):
    """A field that does not go with those before it, and why."""

    field: str
    detail: str


class RequestStruct(msgspec.Struct, forbid_unknown_fields=True):
    """A request, each of whose fields is within its own limits."""

    def misfit(self) -> Misfit | None:
        """The first field that does not go with the others; None if all go together."""
        return None


class ResponseStruct(msgspec.Struct, forbid_unknown_fields=True):
    """An answer."""


def of_other_length(
    first: str, values: Sequence[float], others: dict[str, Sequence[float]]
) -> Misfit | None:
    """The first of `others` that is not as long as `values`, those of the field `first`."""
    for name, other in others.items():
        if len(other) != len(values):
            return Misfit(name, f"{len(other)} values, but {first} has {len(values)}")
    return None
