"""Pause, go on and cancel from another terminal: by the sender, if one runs, or at once, if none does."""

import time
from dataclasses import dataclass
from pathlib import Path

from newsletter.delivery.lock import mailing_lock
from newsletter.errors import SenderBusyError
from newsletter.models import MailingState, MailingSummary, Wish
from newsletter.store.controls import Control, Controls
from newsletter.store.database import Database, utc_now
from newsletter.store.ledger import Ledger
from newsletter.store.mailings import Mailings

PATIENCE_SECONDS = 5.0
"""How long a wish is waited for: what is in flight has to be finished first."""
_OVER = {MailingState.FINISHED, MailingState.CANCELLED}
_DONE = {
    Wish.PAUSE: _OVER | {MailingState.PAUSED},
    Wish.CANCEL: _OVER,
    Wish.GO_ON: _OVER | {MailingState.SENDING},
}
"""The states in which a sender has done what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A mailing after a wish: whether a process is sending it, and whether the wish has had its effect."""

    mailing: MailingSummary
    sender: bool
    done: bool


def ask(database: Database, mailing_id: int, wish: Wish, *, who: str, reason: str) -> Asked:
    """Write a wish down and wait a few seconds until the sender has done it; without a sender, do it here.

    Raises UsageError for a mailing that is not there, is over or is being cancelled.
    """
    mailings = Mailings(database)
    Controls(database).ask(mailing_id, wish, who=who, reason=reason, now=utc_now())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with mailing_lock(Path(database.file), mailing_id):
                _do(database, mailing_id)
            return Asked(mailing=mailings.get(mailing_id), sender=False, done=True)
        except SenderBusyError:
            done = mailings.state(mailing_id) in _DONE[wish]
        if done or time.monotonic() > deadline:
            return Asked(mailing=mailings.get(mailing_id), sender=True, done=done)


def close_run(database: Database, mailing_id: int, control: Control, reason: str) -> None:
    """Say where a mailing is after a run, or instead of one: finished, cancelled, or paused; its lock is held."""
    mailings = Mailings(database)
    # a wish or a stop that came with the last delivery has left nothing to go on with
    if mailings.finish(mailing_id, utc_now()):
        return
    if control.wish is not Wish.CANCEL or not mailings.cancel(mailing_id, control.words, utc_now()):
        mailings.pause(mailing_id, reason)


def _do(database: Database, mailing_id: int) -> None:
    control = Controls(database).get(mailing_id)
    if control.wish is Wish.GO_ON:
        return
    Ledger(database, mailing_id, worker="").recover(utc_now())
    close_run(database, mailing_id, control, control.words)
