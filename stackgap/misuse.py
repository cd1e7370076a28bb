"""The one error for what a caller asked or a file said that cannot be."""


class MisuseError(ValueError):
    """Its message names what is wrong and where; the command prints it and exits 2."""
