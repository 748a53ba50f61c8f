"""A segment's tree -> a condition over `subscribers`, and what the same tree means in Python; a test holds them equal.

Every value is bound, none is written into the statement. Every part is true or false, never NULL, so that `not` is
exact.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, and_, case, cast, false, func, literal, not_, or_, select, true

from newsletter.models import Subscriber
from newsletter.store.schema import UtcDateTime, lists, memberships, subscribers
from newsletter.store.segment_language import All, Compare, Contains, Expression, Field, Has, Not, Some, Value

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LONGEST_NUMBER = 15
"""Characters of a text that counts as a number: up to here every program reads the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A subscriber with the time of their joining, for `matches`."""

    subscriber: Subscriber
    joined: dt.datetime


def condition(expression: Expression) -> ColumnElement[bool]:  # noqa: PLR0911 - one for each kind of node
    """Return the SQL of a segment, for the WHERE of a query over `subscribers`."""
    match expression:
        case All(parts=parts):
            return and_(true(), *(condition(part) for part in parts))
        case Some(parts=parts):
            return or_(false(), *(condition(part) for part in parts))
        case Not(part=part):
            return not_(condition(part))
        case Has(name="tags", word=word):
            value = func.json_each(subscribers.c.tags).table_valued("value").c.value
            return select(literal(1)).where(value == word).correlate(subscribers).exists()
        case Has(word=word):
            on = memberships.join(lists)
            here = (memberships.c.subscriber_id == subscribers.c.id, memberships.c.left_at.is_(None))
            return select(literal(1)).select_from(on).where(*here, lists.c.name == word).correlate(subscribers).exists()
        case Contains(field=field, part=text):
            inside = func.instr(_text(field), text) > 0
            return and_(_kind(field) == "text", inside) if field.attribute else inside
        case Compare(field=field, operator=operator, value=value):
            return _compare(field, operator, value)


def matches(expression: Expression, person: Person) -> bool:
    """Say whether a person is in the segment, as the database would."""
    match expression:
        case All(parts=parts):
            return all(matches(part, person) for part in parts)
        case Some(parts=parts):
            return any(matches(part, person) for part in parts)
        case Not(part=part):
            return not matches(part, person)
        case Has(name=name, word=word):
            return word in (person.subscriber.tags if name == "tags" else person.subscriber.lists)
        case Contains(field=field, part=part):
            value = _value_of(field, person)
            return isinstance(value, str) and part in value
        case Compare(field=field, operator=operator, value=value):
            return _holds(_like(_value_of(field, person), value), operator, value)


def _compare(field: Field, operator: str, value: Value) -> ColumnElement[bool]:
    if field.name == "joined":
        return _sign(subscribers.c.created_at, operator, literal(value, UtcDateTime))
    if not field.attribute:
        return _sign(_text(field), operator, literal(value))
    kind = _kind(field)
    if value is None:
        same = func.coalesce(kind, "null") == "null"
    elif isinstance(value, bool):
        same = func.coalesce(kind, "null") == ("true" if value else "false")
    elif isinstance(value, str):
        return _among(kind == "text", _text(field), operator, literal(value))
    else:
        return _compare_number(field, operator, value)
    return same if operator == "==" else not_(same)


def _compare_number(field: Field, operator: str, value: Any) -> ColumnElement[bool]:
    text = _text(field)
    bare = case((func.substr(text, 1, 1) == "-", func.substr(text, 2)), else_=text)
    written = and_(
        func.length(text) <= LONGEST_NUMBER,
        bare.bool_op("GLOB")("[0-9]*"),
        bare.bool_op("GLOB")("*[0-9]"),
        not_(bare.bool_op("GLOB")("*[^0-9.]*")),
        not_(bare.bool_op("GLOB")("*.*.*")),
    )
    is_number = or_(_kind(field).in_(["integer", "real"]), and_(_kind(field) == "text", written))
    return _among(is_number, cast(text, Float), operator, literal(float(value), Float))


def _among(fits: ColumnElement[bool], left: Any, operator: str, right: Any) -> ColumnElement[bool]:
    """Compare where the kinds fit; elsewhere only `!=` holds."""
    return func.coalesce(case((fits, _sign(left, operator, right)), else_=literal(operator == "!=")), False) == true()


def _sign(left: Any, operator: str, right: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[operator]
    return found


def _path(field: Field) -> Any:
    return literal(f'$."{field.attribute}"')


def _kind(field: Field) -> Any:
    return func.coalesce(func.json_type(subscribers.c.attributes, _path(field)), "null")


def _text(field: Field) -> Any:
    if not field.attribute:
        return subscribers.c[field.name]
    return cast(func.json_extract(subscribers.c.attributes, _path(field)), Text)


def _value_of(field: Field, person: Person) -> Any:
    if field.name == "joined":
        return person.joined
    if field.attribute:
        return person.subscriber.attributes.get(field.attribute)
    return getattr(person.subscriber, field.name)


def _like(found: Any, value: Value) -> Any:
    """Return what was found as the kind of thing it is compared with; None when it is another kind."""
    if isinstance(value, bool) or value is None:
        return found
    if isinstance(value, int | float):
        if isinstance(found, str) and len(found) <= LONGEST_NUMBER and _NUMBER.fullmatch(found):
            return float(found)
        return float(found) if type(found) in {int, float} else None
    return found if type(found) is type(value) else None


def _holds(found: Any, operator: str, value: Value) -> bool:
    if value is None or isinstance(value, bool):
        return (found is value) == (operator == "==")
    if found is None:
        return operator == "!="
    return bool(
        {
            "==": found == value,
            "!=": found != value,
            "<": found < value,
            "<=": found <= value,
            ">": found > value,
            ">=": found >= value,
        }[operator]
    )
