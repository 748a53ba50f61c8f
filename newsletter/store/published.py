"""What of the mailings everybody may read: issues that went to people, as they were frozen."""

from sqlalchemy import select

from newsletter.models import CompiledIssue, Newsletter
from newsletter.store.database import Database
from newsletter.store.frozen import thaw_issue, thaw_newsletter
from newsletter.store.schema import mailings


def published_issue(database: Database, issue: str) -> tuple[CompiledIssue, Newsletter] | None:
    """Return an issue as the last mailing that began to reach people sent it; None for a draft and a rehearsal."""
    query = (
        select(mailings.c.compiled, mailings.c.newsletter)
        .where(mailings.c.issue == issue, mailings.c.reaches_people, mailings.c.started_at.is_not(None))
        .order_by(mailings.c.id.desc())
        .limit(1)
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    return (thaw_issue(row.compiled), thaw_newsletter(row.newsletter)) if row is not None else None
