"""The compiled issue and the newsletter as JSON, so that a resumed mailing sends the bytes that were frozen."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from newsletter.models import CompiledIssue, Mailbox, Newsletter, Place, SlotPlace


def freeze(value: CompiledIssue | Newsletter) -> dict[str, Any]:
    """Return the value as JSON can hold it; `thaw_issue` and `thaw_newsletter` give it back equal."""
    frozen = dataclasses.asdict(value)
    if isinstance(frozen.get("date"), dt.date):
        frozen["date"] = frozen["date"].isoformat()
    return frozen


def thaw_issue(frozen: Mapping[str, Any]) -> CompiledIssue:
    """Return the compiled issue that was frozen."""
    slots = tuple(SlotPlace(**{**slot, "place": Place(**slot["place"])}) for slot in frozen["slots"])
    date = dt.date.fromisoformat(frozen["date"]) if frozen["date"] else None
    return CompiledIssue(**{**frozen, "slots": slots, "date": date})


def thaw_newsletter(frozen: Mapping[str, Any]) -> Newsletter:
    """Return the newsletter that was frozen."""
    reply_to = Mailbox(**frozen["reply_to"]) if frozen["reply_to"] else None
    return Newsletter(**{**frozen, "sender": Mailbox(**frozen["sender"]), "reply_to": reply_to})
