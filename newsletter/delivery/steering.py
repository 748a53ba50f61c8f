"""What a person asks of a running mailing from another terminal, as its sender hears it."""

import time

from newsletter.delivery.rate import SlidingWindow
from newsletter.models import Wish
from newsletter.store.controls import Control, Controls
from newsletter.store.database import Database, utc_now
from newsletter.store.mailings import Mailings

LOOK_SECONDS = 0.5
"""How often the wishes are read: two of these are the second in which a wish has its effect."""


class Steering:
    """The wishes about one mailing, in the hands of the process that sends it.

    `own` is the rate of the settings, which a person's takes the place of; `allowed` is the provider's, which nobody's
    does.
    """

    def __init__(
        self,
        database: Database,
        mailing_id: int,
        limiter: SlidingWindow,
        *,
        own: float | None = None,
        allowed: float | None = None,
    ) -> None:
        self._controls = Controls(database)
        self._mailings = Mailings(database)
        self._mailing_id = mailing_id
        self._limiter = limiter
        self._own = own
        self._allowed = allowed
        self._looked: float | None = None
        self._held = False
        self.control = Control()

    def look(self) -> Wish:
        """Return the wish, read anew when the last look is old enough; a new rate is kept from here on.

        Raises StoreError.
        """
        now = time.monotonic()
        if self._looked is None or now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self.control = self._controls.get(self._mailing_id)
            self._limiter.allow(lowest(self.control.rate or self._own, self._allowed))
            if self._held and self.control.wish is Wish.GO_ON:
                self._held = False
                self._mailings.start(self._mailing_id, utc_now())
        return self.control.wish

    def hold(self) -> bool:
        """Say in the database that the mailing is paused, once nothing is in flight; return whether that is new."""
        if self._held:
            return False
        self._held = True
        self._mailings.pause(self._mailing_id, self.control.words)
        return True


def lowest(*rates: float | None) -> float | None:
    """Return the lowest of the limits; None when there is none."""
    return min((rate for rate in rates if rate is not None), default=None)
