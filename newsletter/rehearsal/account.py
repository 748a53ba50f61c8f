"""What SES knows of an account: its rate, its quota of 24 hours, and whom it does not deliver to."""

import time
from collections import deque
from collections.abc import Callable

from newsletter.rehearsal.refusal import RefusedCall

DAY = 86_400.0


class SesAccount:
    """Counts recipients as SES does, in any second and in any 24 hours; None is no limit.

    `suppressed` are addresses with the reason (BOUNCE, COMPLAINT): mail to them is accepted, counted and not delivered.
    """

    def __init__(self, *, rate: float | None, quota: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.quota = quota
        self.suppressed: dict[str, str] = {}
        self._clock = clock
        self._second: deque[float] = deque()
        self._day: deque[tuple[float, int]] = deque()  # (minute, recipients): a million are 1,440 entries
        self._sent = 0

    @property
    def sent(self) -> int:
        """Recipients accepted within the last 24 hours."""
        edge = self._clock() - DAY
        while self._day and self._day[0][0] <= edge:
            self._sent -= self._day.popleft()[1]
        return self._sent

    def require_room(self, recipients: int) -> None:
        """Refuse a call that would go beyond the rate or the quota."""
        now = self._clock()
        while self._second and self._second[0] <= now - 1:
            self._second.popleft()
        if self.quota is not None and self.sent + recipients > self.quota:
            raise RefusedCall(400, "LimitExceededException", "Daily message quota exceeded.")
        if self.rate is not None and len(self._second) + recipients > max(1.0, self.rate):
            raise RefusedCall(429, "TooManyRequestsException", "Maximum sending rate exceeded.")

    def count(self, recipients: int) -> None:
        """Take accepted recipients into account."""
        now = self._clock()
        if self.rate is not None:
            self._second.extend([now] * recipients)
        minute = now - now % 60
        if self._day and self._day[-1][0] == minute:
            recipients_before = self._day.pop()[1]
            self._day.append((minute, recipients_before + recipients))
        else:
            self._day.append((minute, recipients))
        self._sent += recipients
