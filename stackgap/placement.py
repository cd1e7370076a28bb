"""Where a stack runs, as its name says: NAME as a process, NAME@CONTAINER in such a container."""

PROCESS = "process"
"""NAME@process is NAME, where one without a place would be in a container."""


def split(name: str) -> tuple[str, str]:
    """The stack's own name, and where it runs; empty where the name does not say."""
    own, _, place = name.partition("@")
    return own, place


def contained(name: str, place: str | None) -> str:
    """What the stack `name` is called there; its own name for None."""
    return f"{name}@{place}" if place else name


def placed(name: str, place: str | None) -> str:
    """As `contained`, but a name that says where it runs stays what it is."""
    _, own = split(name)
    return name if own else contained(name, place)
