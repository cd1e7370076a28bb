"""What a check finds wrong with a participant's file."""


class Wrong(Exception):
    """The message names what was seen and what to look at next, never the solution."""


class Missing(Exception):
    """Something that `make workshop` gets or measures is not there; the message says what."""
