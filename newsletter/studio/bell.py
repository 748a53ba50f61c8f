"""Telling everybody who waits that something is new; what it is they look up themselves."""

import asyncio


class Bell:
    """Rung when something is new, on the event loop's thread; `stop` ends all waiting for good."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.stopped = False

    def ring(self) -> None:
        """Wake everybody who waits."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def stop(self) -> None:
        """Wake everybody, and let nobody wait again."""
        self.stopped = True
        self.ring()

    def next(self) -> asyncio.Event:
        """Return what the next ring sets; taken before looking, so that no ring is missed."""
        if self.stopped:
            ended = asyncio.Event()
            ended.set()
            return ended
        return self._news
