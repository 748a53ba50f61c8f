"""Sending a planned mailing: freeze or resume, lock, recover, run, and say where it is afterwards."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.config import DeliverySettings
from newsletter.delivery.engine import Engine, Handover, Reporter, RunEnd
from newsletter.delivery.lock import mailing_lock
from newsletter.delivery.merge import Merge
from newsletter.delivery.plan import Plan
from newsletter.delivery.rate import SlidingWindow
from newsletter.delivery.stop import StopSignal
from newsletter.message.tokens import TokenKeys
from newsletter.models import DeliveryState, MailingState, MailingSummary
from newsletter.store.database import Database, utc_now
from newsletter.store.ledger import Ledger
from newsletter.store.mailings import Mailings
from newsletter.store.overrulings import Overruling
from newsletter.transports.base import Transport

ALL_SENT = 0
NOT_ALL_SENT = 3
STOPPED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A mailing after a run: why it ended, and how many rows of a process that died became unknown at its start."""

    mailing: MailingSummary
    end: RunEnd
    recovered: int


def exit_code(mailing: MailingSummary) -> int:
    """Return 0 when everybody has it, 3 when it is finished but for failed or unknown rows, 4 when it stopped."""
    if mailing.state is not MailingState.FINISHED:
        return STOPPED
    bad = mailing.counts.get(DeliveryState.FAILED, 0) + mailing.counts.get(DeliveryState.UNKNOWN, 0)
    return NOT_ALL_SENT if bad else ALL_SENT


def freeze(database: Database, plan: Plan, overruled: Sequence[Overruling] = ()) -> MailingSummary:
    """Write down who gets what, and what was overruled; the mailing of a plan that goes on is returned as it is."""
    if plan.mailing is not None:
        return plan.mailing
    return Mailings(database).freeze(plan.audience, plan.compiled, plan.newsletter, utc_now(), overruled)[0]


def send_mailing(  # noqa: PLR0913 - the parts of a run, all named
    mailing: MailingSummary,
    *,
    database: Database,
    keys: TokenKeys,
    transport: Transport,
    settings: DeliverySettings,
    reporter: Reporter,
    stop: StopSignal,
) -> Sent:
    """Send what is pending of a frozen mailing, with the bytes that were frozen.

    Raises SenderBusyError when another process holds it, StoreError when the ledger cannot be written.
    """
    mailings = Mailings(database)
    ledger = Ledger(database, mailing.id, worker=f"{socket.gethostname()}:{os.getpid()}")
    with mailing_lock(Path(database.file), mailing.id):
        recovered = ledger.recover(utc_now())
        mailings.start(mailing.id, utc_now())
        compiled, newsletter = mailings.content(mailing.id)
        merge = Merge(compiled, newsletter, keys, mailing_id=str(mailing.id))
        build = merge.build_base64 if transport.takes_base64 else merge.build
        handover = Handover(
            transport=transport,
            build=lambda claim: build(claim.subscriber, claim.subscription),
            sender=newsletter.sender.email,
            tags={"mailing": str(mailing.id), "issue": mailing.issue},
        )
        end = Engine(
            ledger=ledger,
            handover=handover,
            concurrency=settings.concurrency,
            limiter=SlidingWindow(lowest(settings.rate, transport.max_rate())),
            reporter=reporter,
            stop=stop,
        ).run()
        # a pause or a stop that came with the last delivery has left nothing to go on with
        if not mailings.finish(mailing.id, utc_now()):
            mailings.pause(mailing.id, end.reason)
    return Sent(mailing=mailings.get(mailing.id), end=end, recovered=recovered)


def lowest(*rates: float | None) -> float | None:
    """Return the lowest of the limits; None when there is none."""
    return min((rate for rate in rates if rate is not None), default=None)
