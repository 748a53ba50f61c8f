"""What `article pull` remembers of each feed: the server's validators and which entries it saw.

Only to spare work: without it every entry is looked at again and found to be a duplicate.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_SEEN = 1000
"""Ids kept of a feed, the newest; feeds carry some 20 to 200 entries."""


@dataclass(slots=True, kw_only=True)
class FeedMemory:
    """One feed: ETag and Last-Modified (RFC 9110 §8.8) of the last answer, ids of the entries seen, oldest first."""

    etag: str = ""
    modified: str = ""
    seen: list[str] = field(default_factory=list)

    def remember(self, ids: Iterable[str]) -> None:
        """Add ids; those that a feed still carries are the last to be forgotten."""
        new = dict.fromkeys(ids)
        self.seen = [*(one for one in self.seen if one not in new), *new][-MAX_SEEN:]


def read_memory(data: bytes) -> dict[str, FeedMemory]:
    """Read the memory of all feeds by address; what is damaged is forgotten."""
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    feeds = values.get("feeds") if isinstance(values, dict) else None
    if not isinstance(feeds, dict):
        return {}
    return {url: _feed(value) for url, value in feeds.items() if isinstance(value, dict)}


def format_memory(feeds: dict[str, FeedMemory]) -> bytes:
    """Write the memory of all feeds."""
    values = {
        url: {"etag": feed.etag, "modified": feed.modified, "seen": feed.seen} for url, feed in sorted(feeds.items())
    }
    return (json.dumps({"feeds": values}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _feed(value: dict[str, Any]) -> FeedMemory:
    seen = value.get("seen")
    return FeedMemory(
        etag=str(value.get("etag") or ""),
        modified=str(value.get("modified") or ""),
        seen=[one for one in seen if isinstance(one, str)] if isinstance(seen, list) else [],
    )
