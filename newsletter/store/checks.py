"""When an issue was checked without an error, and for exactly which content."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from newsletter.store.database import Database
from newsletter.store.schema import checks


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedCheck:
    """A check without an error: the compiled issue's SHA-256, the print of the files it came from, and when."""

    issue: str
    sha256: str
    fingerprint: str
    checked_at: dt.datetime


class Checks:
    """The last passed check of each issue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, check: PassedCheck) -> None:
        """Keep a passed check instead of the issue's earlier one."""
        with self._database.write() as connection:
            connection.execute(delete(checks).where(checks.c.issue == check.issue))
            connection.execute(
                insert(checks).values(
                    issue=check.issue,
                    sha256=check.sha256,
                    fingerprint=check.fingerprint,
                    checked_at=check.checked_at,
                )
            )

    def forget(self, issue: str) -> None:
        """Keep no passed check of an issue any more; nothing happens when there is none."""
        with self._database.write() as connection:
            connection.execute(delete(checks).where(checks.c.issue == issue))

    def passed(self) -> Mapping[str, PassedCheck]:
        """Return the last passed check of each issue that has one."""
        with self._database.read() as connection:
            rows = connection.execute(select(checks)).all()
        return {
            row.issue: PassedCheck(
                issue=row.issue, sha256=row.sha256, fingerprint=row.fingerprint, checked_at=row.checked_at
            )
            for row in rows
        }
