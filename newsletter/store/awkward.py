"""The subscribers whose data is most likely to break a template."""

from sqlalchemy import func, or_, select, true

from newsletter.models import Subscriber
from newsletter.store.database import Database
from newsletter.store.schema import subscribers
from newsletter.store.subscribers import list_names_column, subscriber_of

OF_EACH_KIND = 4
_ODD = '<>&"[]{}'


def awkward_subscribers(database: Database) -> tuple[Subscriber, ...]:
    """Return up to twenty subscribers: long names, short ones, none, long addresses, names with mark-up in them."""
    name, email, number = subscribers.c.name, subscribers.c.email, subscribers.c.id
    kinds = (
        (true(), func.length(name).desc()),
        (name == "", number.asc()),
        (or_(*(name.contains(character, autoescape=True) for character in _ODD)), number.asc()),
        (true(), func.length(email).desc()),
        (name != "", func.length(name).asc()),
    )
    found: dict[str, Subscriber] = {}
    with database.read() as connection:
        for which, order in kinds:
            query = select(subscribers, list_names_column()).where(which).order_by(order, number).limit(OF_EACH_KIND)
            found |= {row.email: subscriber_of(row) for row in connection.execute(query)}
    return tuple(found.values())
