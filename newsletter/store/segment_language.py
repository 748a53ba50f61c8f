"""The language of segments: an expression as in slots, read into a small checked tree. Pure.

What a reader has is named as in slots (`subscriber.attributes.country`, `subscriber.tags`), with `subscriber.joined`
besides, when the subscriber was first taken in. A field is compared with a fixed value, never with another field; an
attribute that a person does not have is none: equal to nothing but `none`, neither greater nor smaller.
"""

import datetime as dt
import re
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.parser import Parser

from newsletter.errors import UsageError
from newsletter.render.slots import slot_environment

TEXTS = ("email", "name")
SETS = ("tags", "lists")
FIELDS = (*TEXTS, *SETS, "joined", "attributes")
OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
MAX_LENGTH = 2_000
MAX_DEPTH = 40

_SEE = "See docs/subscribers.md for what a segment can say."
_KNOWN = (
    "A subscriber has: subscriber.email, subscriber.name, subscriber.attributes.KEY, subscriber.tags, "
    "subscriber.lists, subscriber.joined."
)

Value = str | int | float | bool | None | dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What is looked at: `email`, `name`, `joined`, or an attribute by its key."""

    name: str
    attribute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A field beside a fixed value: one of OPERATORS."""

    field: Field
    operator: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """A word among the tags or lists."""

    name: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """A text inside a text field or a text attribute, upper and lower case apart."""

    field: Field
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of these."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """At least one of these."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite."""

    part: "Expression"


Expression = Compare | Has | Contains | All | Some | Not


def parse_segment(source: str, *, now: dt.datetime) -> Expression:
    """Read an expression; `days_ago` counts back from `now`.

    Raises UsageError with the place, a character counted from 1, of what cannot be read or cannot be asked of the
    database.
    """
    if len(source) > MAX_LENGTH:
        raise UsageError(
            f"the expression has {len(source):,} characters", remedy=f"Say it in {MAX_LENGTH:,}, or give people a tag."
        )
    return _Reader(source, now).read()


class _Reader:
    """One reading: Jinja's nodes know their line only, so every token is put on a line of its own."""

    def __init__(self, source: str, now: dt.datetime) -> None:
        self._source = source
        self._now = now
        self._columns: list[int] = [0]

    def read(self) -> Expression:
        try:
            parser = Parser(slot_environment(html=False), f"[[ {self._tokens()} ]]")
            body = parser.parse().body
        except (TemplateSyntaxError, RecursionError) as exc:
            line = exc.lineno if isinstance(exc, TemplateSyntaxError) else 1
            what = exc.message if isinstance(exc, TemplateSyntaxError) else "it is nested too deeply"
            raise self._error(f"the expression cannot be read: {what}", line) from exc
        output = body[0] if body else None
        if len(body) != 1 or not isinstance(output, nodes.Output) or len(output.nodes) != 1:
            raise self._error("the expression cannot be read: it must be one expression", 1)
        return self._expression(output.nodes[0], 0)

    def _tokens(self) -> str:
        written = ""
        position = 0
        for _, kind, text in slot_environment(html=False).lex(f"[[{self._source}]]"):
            if kind not in {"variable_begin", "variable_end", "whitespace"}:
                # a text over several lines is refused below, so a token is a line
                written += "\n" + text
                self._columns.append(position - 2)
            position += len(text)
        if "\n" in self._source or "]]" in self._source:
            raise UsageError("an expression is one line without `]]`", remedy="Write it on one line.")
        return written

    def _error(self, what: str, where: nodes.Node | int, remedy: str = _SEE) -> UsageError:
        line = where if isinstance(where, int) else _first_line(where)
        column = self._columns[min(max(line - 1, 1), len(self._columns) - 1)] if len(self._columns) > 1 else 0
        near = self._source[column : column + 40]
        return UsageError(f"{what}, at character {column + 1}: {near}", remedy=remedy)

    def _expression(self, node: nodes.Node, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise self._error("it is nested too deeply", node)
        if isinstance(node, nodes.And | nodes.Or):
            parts = (self._expression(node.left, depth + 1), self._expression(node.right, depth + 1))
            return All(parts=parts) if isinstance(node, nodes.And) else Some(parts=parts)
        if isinstance(node, nodes.Not):
            return Not(part=self._expression(node.node, depth + 1))
        if isinstance(node, nodes.Compare):
            return self._compare(node)
        raise self._error("this is no comparison", node, "Compare: == != < > <= >=, in, not in; join by and, or, not.")

    def _compare(self, node: nodes.Compare) -> Expression:
        left, parts = node.expr, []
        for operand in node.ops:
            parts.append(self._pair(left, operand.op, operand.expr))
            left = operand.expr
        return parts[0] if len(parts) == 1 else All(parts=tuple(parts))

    def _pair(self, left: nodes.Node, operator: str, right: nodes.Node) -> Expression:
        if operator in {"in", "notin"}:
            found = self._membership(left, right)
            return found if operator == "in" else Not(part=found)
        sign = OPERATORS[operator]
        field, value = self._field(left), right
        if field is None:
            field, value, sign = self._field(right), left, _MIRROR[sign]
        if field is None:
            raise self._error("neither side is something a subscriber has", left, _KNOWN)
        return self._checked(field, sign, self._value(value), left)

    def _checked(self, field: Field, sign: str, value: Value, where: nodes.Node) -> Compare:
        ordered = sign not in {"==", "!="}
        right_type = {
            "joined": isinstance(value, dt.datetime),
            "attributes": not isinstance(value, dt.datetime),
        }.get(field.name, isinstance(value, str))
        if field.name in SETS:
            raise self._error(f"`subscriber.{field.name}` is a set", where, f'Ask: "word" in subscriber.{field.name}.')
        if not right_type:
            raise self._error(
                f"`subscriber.{field.name}` cannot be compared with this",
                where,
                'Texts with texts; subscriber.joined with days_ago(90) or date("2026-01-31").',
            )
        if ordered and (value is None or isinstance(value, bool)):
            raise self._error("this value has no order", where, "Use == or !=.")
        return Compare(field=field, operator=sign, value=value)

    def _membership(self, left: nodes.Node, right: nodes.Node) -> Expression:
        if isinstance(right, nodes.List | nodes.Tuple):
            field = self._field(left)
            if field is None or not right.items:
                raise self._error("neither side is something a subscriber has", left, _KNOWN)
            values = [self._value(item) for item in right.items]
            return Some(parts=tuple(self._checked(field, "==", value, left) for value in values))
        field = self._field(right)
        if field is None:
            raise self._error("`in` needs a field or a list of values behind it", right, _KNOWN)
        word = self._value(left)
        if not isinstance(word, str) or field.name == "joined":
            raise self._error("`in` looks for a text", left, 'Write "pro" in subscriber.tags.')
        if field.name in SETS:
            return Has(name=field.name, word=word)
        return Contains(field=field, part=word)

    def _field(self, node: nodes.Node) -> Field | None:
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            inner, name = node.node, node.arg.value
        elif isinstance(node, nodes.Getattr):
            inner, name = node.node, node.attr
        else:
            return None
        if isinstance(inner, nodes.Name) and inner.name == "subscriber":
            if name not in FIELDS or name == "attributes":
                raise self._error(f"`subscriber.{name}` is nothing a segment can ask for", node, _KNOWN)
            return Field(name=str(name))
        if self._is_attributes(inner) and isinstance(name, str):
            if not re.fullmatch(r'[^"\\\x00-\x1f]+', name):
                raise self._error("an attribute's name has no quotation mark or backslash", node)
            return Field(name="attributes", attribute=name)
        return None

    def _is_attributes(self, node: nodes.Node) -> bool:
        return (
            isinstance(node, nodes.Getattr)
            and node.attr == "attributes"
            and isinstance(node.node, nodes.Name)
            and node.node.name == "subscriber"
        )

    def _value(self, node: nodes.Node) -> Value:
        if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const) and type(node.node.value) in {int, float}:
            return -float(node.node.value)
        if isinstance(node, nodes.Const) and isinstance(node.value, str | int | float | None):
            if isinstance(node.value, str) and "\x00" in node.value:
                raise self._error("a text has no NUL", node)
            return node.value if isinstance(node.value, str | bool) or node.value is None else float(node.value)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            return self._call(node, node.node.name)
        raise self._error(
            "this is no fixed value", node, 'A value is "a text", a number, true, false, none, days_ago(90).'
        )

    def _call(self, node: nodes.Call, name: str) -> dt.datetime:
        only = node.args[0] if len(node.args) == 1 and not node.kwargs else None
        value = only.value if isinstance(only, nodes.Const) else None
        try:
            if name == "days_ago" and type(value) is int and 0 <= value <= 36_500:
                return self._now - dt.timedelta(days=value)
            if name == "date" and isinstance(value, str):
                return dt.datetime.combine(dt.date.fromisoformat(value), dt.time(), tzinfo=dt.UTC)
        except ValueError:
            pass
        raise self._error(f"`{name}` cannot be used so", node, 'Write days_ago(90) or date("2026-01-31").') from None


def _first_line(node: nodes.Node) -> int:
    """Return the line of an expression's first token: a call, for one, has that of its bracket."""
    return min(node.lineno, *(inner.lineno for inner in node.find_all(nodes.Node)), node.lineno)
