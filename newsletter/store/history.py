"""What the database knows of issues, by name: their last passed checks, and the mailings that reached people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOCAL = frozenset({"outbox", "memory"})
"""Transports that leave everything on this machine: what went through them was a rehearsal."""

_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueHistory:
    """Passed checks by issue, and by issue its mailings that reach people, the oldest first."""

    passed: Mapping[str, Any] = field(default_factory=dict)
    mailings: Mapping[str, list[Any]] = field(default_factory=dict)


def has_database(url: str, root: Path) -> bool:
    """Say whether there is a database; a SQLite file that was never made is none."""
    return not url.startswith(_SQLITE) or (root / url.removeprefix(_SQLITE)).exists()


def read_history(url: str, root: Path) -> IssueHistory:
    """Read what is known of every issue; nothing when there is no database yet. Raises StoreError."""
    if not has_database(url, root):
        return IssueHistory()
    # imported here: a project without a database needs no SQLAlchemy, which takes longer than all its issues
    from newsletter.store.checks import Checks  # noqa: PLC0415
    from newsletter.store.database import open_database  # noqa: PLC0415
    from newsletter.store.mailings import Mailings  # noqa: PLC0415

    with open_database(url, root=root) as database:
        mailings: dict[str, list[Any]] = {}
        for mailing in Mailings(database).list():
            if mailing.transport not in LOCAL:
                mailings.setdefault(mailing.issue, []).append(mailing)
        return IssueHistory(passed=dict(Checks(database).passed()), mailings=mailings)
