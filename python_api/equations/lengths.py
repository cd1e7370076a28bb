"""Arrays of a request that must be of one length, for the pydantic models."""

from pydantic import AfterValidator, ValidationInfo


def as_long_as(first: str) -> AfterValidator:
    """Refuses a list of another length than that of the field `first`, which stands before it."""

    def check(values: list[float], info: ValidationInfo) -> list[float]:
        # Not there when it is at fault itself: then that is what is told.
        others = info.data.get(first)
        if others is not None and len(values) != len(others):
            raise ValueError(f"{len(values)} values, but {first} has {len(others)}")
        return values

    return AfterValidator(check)
