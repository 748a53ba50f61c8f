"""What a person asks of a mailing while it is sent: one row a mailing, which its sender reads twice a second."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from newsletter.errors import UsageError
from newsletter.models import MailingState, Wish
from newsletter.store.database import Database, utc_now
from newsletter.store.schema import controls, mailings


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The last wish, who said it and why; `rate` in messages a second is None when nobody set one."""

    wish: Wish = Wish.GO_ON
    rate: float | None = None
    who: str = ""
    reason: str = ""
    asked_at: dt.datetime | None = None

    @property
    def words(self) -> str:
        """Say it as the reason of a pause or a cancellation: `paused by ines: a typo`; "" when there is none."""
        if self.wish is Wish.GO_ON:
            return ""
        done = "paused" if self.wish is Wish.PAUSE else "cancelled"
        return f"{done} by {self.who}" + (f": {self.reason}" if self.reason else "")


class Controls:
    """The wishes about mailings in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, mailing_id: int) -> Control:
        """Return what was asked of a mailing."""
        with self._database.read() as connection:
            row = connection.execute(select(controls).where(controls.c.mailing_id == mailing_id)).first()
        if row is None:
            return Control()
        return Control(wish=Wish(row.wish), rate=row.rate, who=row.who, reason=row.reason, asked_at=row.asked_at)

    def ask(self, mailing_id: int, wish: Wish, *, who: str, reason: str, now: dt.datetime) -> None:
        """Write down a wish; the sender of the mailing hears it within half a second.

        Raises UsageError for a mailing that is not there or is over, or that is to be cancelled already.
        """
        self._write(mailing_id, {"wish": wish, "who": who, "reason": reason, "asked_at": now})

    def set_rate(self, mailing_id: int, rate: float | None, *, who: str) -> None:
        """Write down another rate, None for what the settings and the provider allow; raises as `ask` does."""
        self._write(
            mailing_id, {"rate": rate}, new={"wish": Wish.GO_ON, "who": who, "reason": "", "asked_at": utc_now()}
        )

    def _write(self, mailing_id: int, values: dict[str, Any], new: dict[str, Any] | None = None) -> None:
        with self._database.write() as connection:
            state = connection.scalar(select(mailings.c.state).where(mailings.c.id == mailing_id))
            if state is None:
                raise UsageError(f"there is no mailing {mailing_id}", remedy="See newsletter mailing list.")
            if state in {MailingState.FINISHED, MailingState.CANCELLED}:
                raise UsageError(
                    f"mailing {mailing_id} is {state}: nothing about it can be changed any more",
                    remedy=f"See newsletter mailing show {mailing_id}.",
                )
            wish = connection.scalar(select(controls.c.wish).where(controls.c.mailing_id == mailing_id))
            if wish == Wish.CANCEL and values.get("wish") != Wish.CANCEL:
                raise UsageError(
                    f"mailing {mailing_id} is being cancelled", remedy=f"See newsletter mailing show {mailing_id}."
                )
            statement = upsert(controls).values(mailing_id=mailing_id, **values, **(new or {}))
            connection.execute(statement.on_conflict_do_update(index_elements=["mailing_id"], set_=values))
