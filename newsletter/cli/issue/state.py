"""What the ledger knows of each issue: content and deliveries meet only here."""

from typing import Any

LOCAL = frozenset({"outbox", "memory"})
"""Transports that leave everything on this machine: what went through them was a rehearsal."""


def mailings_of(project: Any) -> dict[str, list[Any]]:
    """Return the mailings that reach people, by issue; none when nothing was ever sent and there is no database."""
    url = project.settings.store.url
    if url.startswith("sqlite:///") and not (project.root / url.removeprefix("sqlite:///")).exists():
        return {}
    # imported here: a project without a database needs no SQLAlchemy, which takes longer than all its issues
    from newsletter.store.database import open_database
    from newsletter.store.mailings import Mailings

    with open_database(project.settings.store.url, root=project.root) as database:
        found: dict[str, list[Any]] = {}
        for mailing in Mailings(database).list():
            if mailing.transport not in LOCAL:
                found.setdefault(mailing.issue, []).append(mailing)
    return found


def state_of(mailings: list[Any]) -> str:
    """Say where an issue is: draft, or ready, sending or paused while a mailing is unfinished, or sent."""
    open_ones = [str(mailing.state) for mailing in mailings if mailing.state != "finished"]
    if open_ones:
        return open_ones[0]
    return "sent" if mailings else "draft"
