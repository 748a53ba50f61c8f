"""What goes wrong on purpose: at the n-th call, or by chance, the same every time for the same seed."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from newsletter.errors import UsageError


class Fault(StrEnum):
    """A way in which one call of SendEmail ends badly."""

    THROTTLE = "throttle"  # 429, maximum sending rate exceeded; not accepted
    QUOTA = "quota"  # the daily quota is used up; not accepted
    PAUSED = "paused"  # sending is switched off for the account; not accepted
    SUSPENDED = "suspended"  # the account is suspended; not accepted
    UNVERIFIED = "unverified"  # the sender is not verified; not accepted
    MAIL_FROM = "mail-from"  # the MAIL FROM domain is not set up; not accepted
    NOT_FOUND = "not-found"  # the configuration set does not exist; not accepted
    FORBIDDEN = "forbidden"  # the credentials lack the right; not accepted
    EXPIRED = "expired"  # the credentials have expired; not accepted
    CLOCK = "clock"  # the sender's clock is wrong; not accepted
    REJECTED = "rejected"  # the content is refused; not accepted
    BAD_ADDRESS = "bad-address"  # the recipient is refused; not accepted
    ERROR = "error"  # 500 before accepting
    ERROR_AFTER = "error-after"  # accepted, then 500
    UNAVAILABLE = "unavailable"  # 503 before accepting
    HANG_BEFORE = "hang-before"  # no answer, then the connection closes; not accepted
    HANG_AFTER = "hang-after"  # accepted, no answer, then the connection closes
    RESET_BEFORE = "reset-before"  # the connection is reset; not accepted
    RESET_AFTER = "reset-after"  # accepted, then the connection is reset
    TRUNCATED = "truncated"  # accepted, and the answer breaks off
    NO_ID = "no-id"  # accepted, and the answer has no message id
    FOREIGN = "foreign"  # a page of somebody else's, status 200; not accepted
    SLOW = "slow"  # accepted, and answered late


ACCEPTS = frozenset({Fault.ERROR_AFTER, Fault.HANG_AFTER, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.NO_ID, Fault.SLOW})
"""The message is taken over all the same."""

AMBIGUOUS = frozenset(
    {
        *(Fault.ERROR, Fault.ERROR_AFTER, Fault.UNAVAILABLE, Fault.HANG_BEFORE, Fault.HANG_AFTER),
        *(Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.NO_ID, Fault.FOREIGN),
    }
)
"""From its answer nobody can tell whether the message was accepted."""

MIXTURE = (
    *(Fault.THROTTLE, Fault.ERROR, Fault.ERROR_AFTER, Fault.HANG_BEFORE, Fault.HANG_AFTER),
    *(Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.NO_ID, Fault.SLOW),
)
"""What a bare percentage stands for, in equal parts."""

_SHARE = re.compile(r"(?:([a-z-]+)=)?(\d+(?:\.\d+)?)%")
_CALL = re.compile(r"([a-z-]+)@(\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSpec:
    """Which faults come: by chance, as a share of all calls, and at calls counted from 1 (first and last)."""

    shares: Mapping[Fault, float]
    calls: tuple[tuple[int, int, Fault], ...] = ()


def parse_faults(text: str) -> FaultSpec:
    """Read `2%`, `throttle=1%`, `reset-after@7` and `quota@100-120`, separated by commas; an empty text is none.

    Raises UsageError for a fault that there is not, or shares above 100 %.
    """
    shares: Counter[Fault] = Counter()
    calls: list[tuple[int, int, Fault]] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        if match := _SHARE.fullmatch(part):
            share = float(match[2]) / 100
            kinds = (_fault(match[1]),) if match[1] else MIXTURE
            for kind in kinds:
                shares[kind] += share / len(kinds)  # type: ignore[assignment]
        elif match := _CALL.fullmatch(part):
            calls.append((int(match[2]), int(match[3] or match[2]), _fault(match[1])))
        else:
            raise UsageError(
                f"{part!r} names no fault", remedy="Write 2%, throttle=1%, reset-after@7 or quota@100-120, with commas."
            )
    if sum(shares.values()) > 1 + 1e-9:
        raise UsageError("the faults come to more than 100 %", remedy="Lower their shares.")
    return FaultSpec(shares=shares, calls=tuple(calls))


def _fault(name: str) -> Fault:
    if name not in set(Fault):
        raise UsageError(f"there is no fault {name!r}", remedy=f"Known: {', '.join(Fault)}.")
    return Fault(name)


class FaultDice:
    """Says for each call in turn whether it goes wrong, and how; `injected` counts what it said."""

    def __init__(self, spec: FaultSpec, *, seed: int) -> None:
        self.injected: Counter[Fault] = Counter()
        self._spec = spec
        self._chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._calls = 0

    def throw(self) -> Fault | None:
        """Return what goes wrong with the next call; None when nothing does."""
        self._calls += 1
        fault = next((kind for first, last, kind in self._spec.calls if first <= self._calls <= last), None)
        if self._spec.shares:
            number = self._chance.random()
            for kind, share in self._spec.shares.items():
                if number < share:
                    fault = fault or kind
                    break
                number -= share
        if fault:
            self.injected[fault] += 1
        return fault
