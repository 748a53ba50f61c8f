"""Adding and changing single people by hand, tagging them, finding them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, literal, or_, select, update

from newsletter.errors import UsageError
from newsletter.message.address import canonical_email, email_key, header_text
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.store.database import Database
from newsletter.store.importing import NewSubscriber
from newsletter.store.schema import subscribers
from newsletter.store.subscribers import Subscribers, list_names_column, subscriber_of
from newsletter.store.taking import ImportOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to change about a person: None leaves the name; an attribute of None goes, others are set."""

    name: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


def add_person(  # noqa: PLR0913 - what is said about the person, all named
    people: Subscribers, email: str, change: Change, *, list_name: str, consent_source: str, now: dt.datetime
) -> ImportOutcome:
    """Put one person on a list, which must be there; return what became of it, as an import would.

    A person who left or is suppressed is kept out. Raises UsageError for an unknown list.
    """
    if list_name not in {each.name for each in people.lists()}:
        raise UsageError(f"there is no list `{list_name}`", remedy=f"Make it: newsletter list new {list_name}.")
    row = NewSubscriber(
        line=1,
        email=canonical_email(email),
        name=header_text(change.name or "", "the name"),
        attributes={key: value for key, value in change.attributes.items() if value is not None},
        tags=change.add_tags,
    )
    return people.take([row], list_name=list_name, consent_source=consent_source, now=now, write=True)[0]


def edit_person(database: Database, email: str, change: Change) -> bool:
    """Change what is kept about one person; return whether anything is different now.

    Raises UsageError when the address is nobody's.
    """
    key = email_key(canonical_email(email))
    with database.write() as connection:
        row = connection.execute(select(subscribers).where(subscribers.c.email_key == key)).first()
        if row is None:
            raise UsageError(f"nobody here has the address {email}", remedy="See newsletter subscriber find.")
        name = row.name if change.name is None else header_text(change.name, "the name")
        attributes = {**row.attributes, **change.attributes}
        attributes = {key: value for key, value in attributes.items() if value is not None}
        tags = [tag for tag in dict.fromkeys([*row.tags, *change.add_tags]) if tag not in change.remove_tags]
        if (name, attributes, tags) == (row.name, row.attributes, row.tags):
            return False
        values = {"name": name, "attributes": attributes, "tags": tags}
        connection.execute(update(subscribers).where(subscribers.c.id == row.id).values(**values))
    return True


def find_people(
    database: Database, words: Sequence[str], *, most: int
) -> Iterator[tuple[Subscriber, SubscriberStatus]]:
    """Yield up to `most` people, by address, who have every word in their address, name, tags or attributes.

    Upper and lower case are the same in ASCII, as SQLite's LIKE has it.
    """
    query = select(subscribers, list_names_column()).order_by(subscribers.c.email_key).limit(most)
    for word in words:
        columns = (subscribers.c.email, subscribers.c.name)
        value = func.json_tree(subscribers.c.attributes).table_valued("atom").c.atom
        tag = func.json_each(subscribers.c.tags).table_valued("value").c.value
        query = query.where(
            or_(
                *(column.contains(word, autoescape=True) for column in columns),
                select(literal(1)).where(value.contains(word, autoescape=True)).correlate(subscribers).exists(),
                select(literal(1)).where(tag.contains(word, autoescape=True)).correlate(subscribers).exists(),
            )
        )
    with database.read() as connection:
        for row in connection.execute(query):
            yield subscriber_of(row), SubscriberStatus(row.status)
