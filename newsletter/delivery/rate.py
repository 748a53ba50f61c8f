"""An exact sliding window over the monotonic clock, shared by all workers.

A token bucket with the rate as its capacity lets through up to twice the rate in one second; a window never does.
It is stretched by 2 %, so that jitter on the way does not show the receiver more than the rate in any second.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable

STRETCH = 1.02
RECOVERY_SECONDS = 10.0
"""How long a slowed rate is kept before each step back up."""
RECOVERY_FACTOR = 1.1


class SlidingWindow:
    """At most `rate` messages in any second; None is no limit.

    The coordinator reserves before it claims, so that a claimed row never waits; a worker uses its reservation at the
    moment of the call, so that the calls themselves keep the rate.
    """

    def __init__(self, rate: float | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._limit = rate
        self._clock = clock
        self._changed = clock()
        self._stamps: deque[float] = deque()
        self._reserved = 0
        self._lock = threading.Lock()

    def reserve(self, wanted: int) -> int:
        """Set aside up to `wanted` permits and return how many; each is to be used or released."""
        with self._lock:
            self._recover()
            self._forget()
            granted = wanted
            if self.rate is not None:
                count, _ = _window(self.rate)
                granted = max(0, min(wanted, count - len(self._stamps) - self._reserved))
            self._reserved += granted
            return granted

    def use(self) -> None:
        """Turn a reservation into a message that leaves now."""
        with self._lock:
            self._reserved -= 1
            self._stamps.append(self._clock())

    def release(self, count: int = 1) -> None:
        """Give back reservations for which no message left."""
        with self._lock:
            self._reserved -= count

    def allow(self, rate: float | None) -> None:
        """Take another limit, at once; the same one again changes nothing, so that a slowed rate stays slow."""
        with self._lock:
            if rate != self._limit:
                self._limit = self.rate = rate
                self._changed = self._clock()

    def delay(self) -> float:
        """Return the seconds until the next permit may be free; 0 when one is."""
        with self._lock:
            self._forget()
            if self.rate is None:
                return 0.0
            count, seconds = _window(self.rate)
            if len(self._stamps) + self._reserved < count or not self._stamps:
                return 0.0
            return max(0.0, self._stamps[0] + seconds - self._clock())

    def slow_down(self) -> float:
        """Halve the rate, as the provider asked, and return it.

        Without one, what left in the last second is halved, but nothing below 10: a second may only have begun.
        """
        with self._lock:
            self._forget()
            current = self.rate if self.rate is not None else float(max(10, len(self._stamps)))
            self.rate = current / 2
            self._changed = self._clock()
            return self.rate

    def _recover(self) -> None:
        now = self._clock()
        if self.rate is None or self.rate == self._limit or now - self._changed < RECOVERY_SECONDS:
            return
        self.rate *= RECOVERY_FACTOR
        if self._limit is not None:
            self.rate = min(self.rate, self._limit)
        self._changed = now

    def _forget(self) -> None:
        """Drop what is out of the window; half-open, so that the window holds exactly its length."""
        seconds = 1.0 if self.rate is None else _window(self.rate)[1]
        edge = self._clock() - seconds
        while self._stamps and self._stamps[0] <= edge:
            self._stamps.popleft()


def _window(rate: float) -> tuple[int, float]:
    """Return how many messages may leave in how many seconds.

    Whole messages a whole second: 2.9 in a shorter window would let 4 through in some seconds. A rate below one is one
    message in a longer window.
    """
    return (math.floor(rate), STRETCH) if rate >= 1 else (1, STRETCH / rate)
