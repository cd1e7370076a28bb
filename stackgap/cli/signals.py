"""Signals the command answers to."""

import signal
from types import FrameType


def interrupt_on_terminate() -> None:
    """From now on SIGTERM ends the command in order, as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
