"""Ctrl-C and SIGTERM: the first stops claiming and finishes what is in flight, the second leaves at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class StopSignal:
    """What was asked of a running mailing; `wake` is called from the signal handler and must be reentrant."""

    def __init__(self) -> None:
        self.requested = False
        self.at_once = False
        self.wake: Callable[[], None] = lambda: None

    def request(self) -> None:
        """Stop claiming; asked twice, leave without waiting for what is in flight."""
        self.at_once = self.requested
        self.requested = True
        self.wake()


@contextmanager
def listen(stop: StopSignal) -> Iterator[None]:
    """Let SIGINT and SIGTERM ask for a stop while the block runs; main thread only."""

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop.request()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
