"""How long a mailing will take, by the rate and the quota that hold now."""

from dataclasses import dataclass

from newsletter.delivery.plan import Plan
from newsletter.delivery.rate import STRETCH
from newsletter.delivery.steering import lowest
from newsletter.models import DeliveryState
from newsletter.transports.base import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`left` people are to be mailed at `rate` a second, which takes `seconds`; both None without a limit.

    `room` is what the quota leaves for now, None without one; `waiting` of the people are beyond it.
    """

    left: int
    rate: float | None
    seconds: float | None
    room: int | None

    @property
    def waiting(self) -> int:
        """People for whom the quota has no room yet."""
        return 0 if self.room is None else max(0, self.left - self.room)


def forecast(plan: Plan, limits: Limits, *, own_rate: float | None) -> Forecast:
    """Compare a plan with what the provider allows and with the rate of the settings."""
    left = plan.mailing.counts.get(DeliveryState.PENDING, 0) if plan.mailing else plan.count.recipients
    rate = lowest(own_rate, limits.rate)
    room = None if limits.quota is None else max(0, limits.quota - limits.used)
    return Forecast(left=left, rate=rate, seconds=left / rate * STRETCH if rate else None, room=room)
