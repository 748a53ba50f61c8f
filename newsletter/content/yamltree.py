"""YAML front matter as a tree that knows where everything stands.

Built from the events of ruamel.yaml, not from its constructor: scalars stay the text the editor typed (`No`, `2026`,
`1e3`), every key and item has its line, and anchors, aliases and tags (the parts of YAML that can explode) are
refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from newsletter.content.text import check_text
from newsletter.errors import ContentError
from newsletter.models import Place

MAX_DEPTH = 12

Mark = tuple[int, int]
"""Line and column in the YAML text, both from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A scalar as typed; `style` is empty for a plain one, else the quotation mark or block indicator."""

    value: str
    style: str
    start: Mark
    end: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list; `flow` when written in brackets."""

    items: tuple["Node", ...]
    flow: bool
    start: Mark
    end: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping; `keys` holds the scalar of every key, for its position."""

    values: dict[str, "Node"]
    keys: dict[str, Scalar] = field(default_factory=dict)
    flow: bool
    start: Mark
    end: Mark


Node = Scalar | Sequence | Mapping


def parse_tree(text: str, *, file: str, first_line: int) -> Mapping:
    """Parse YAML text that must be a mapping; `first_line` is where it begins in `file`.

    Raises ContentError with the exact line for everything that is no YAML, or more YAML than front matter needs.
    """
    reader = _Reader(file, first_line, text.split("\n"))
    try:
        return reader.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as exc:
        raise _explain(exc, text, file, first_line) from exc
    except YAMLError as exc:
        raise ContentError(
            f"the front matter is no YAML: {exc}", place=Place(file=file, line=first_line), remedy="Mend it."
        ) from exc


class _Reader:
    """Turns events into nodes; one use."""

    def __init__(self, file: str, first_line: int, lines: list[str]) -> None:
        self._lines = lines
        self._file = file
        self._first_line = first_line

    def document(self, events: Iterator[Event]) -> Mapping:
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                raise self._error(event, "the front matter ends here and begins again", "Keep one `---` at its end.")
            if isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent)):
                root = self._node(event, events, 0)
        if root is None:
            return Mapping(values={}, flow=False, start=(0, 0), end=(0, 0))
        if not isinstance(root, Mapping):
            raise ContentError(
                "the front matter is no list of keys and values",
                place=Place(file=self._file, line=self._first_line + root.start[0]),
                remedy="Write lines like `title: A headline`.",
            )
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._error(
                event, "anchors and aliases (& and *) have no meaning here", "Quote the value, or write it out."
            )
        if getattr(event, "tag", None):
            raise self._error(event, "YAML tags (!) have no meaning here", "Quote the value.")
        if depth > MAX_DEPTH:
            raise self._error(event, f"the front matter is nested deeper than {MAX_DEPTH} levels", "Write it flatter.")
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, events, depth)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, events, depth)
        assert isinstance(event, ScalarEvent)
        return self._scalar(event)

    def _scalar(self, event: ScalarEvent) -> Scalar:
        start, end, style = _start(event), _end(event), event.style or ""
        # an escape like "\\x07" brings in what the text of the file did not show
        check_text(event.value, Place(file=self._file, line=self._first_line + start[0]))
        if style in {"|", ">"}:
            # its mark is where the next token begins: leave out the blank lines before that
            last = end[0] - 1
            while last > start[0] and not self._lines[last].strip():
                last -= 1
            end = (last, len(self._lines[last]))
        return Scalar(value=event.value, style=style, start=start, end=end)

    def _sequence(self, opened: SequenceStartEvent, events: Iterator[Event], depth: int) -> Sequence:
        items: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                flow = bool(opened.flow_style)
                end = _end(event) if flow else items[-1].end
                return Sequence(items=tuple(items), flow=flow, start=_start(opened), end=end)
            items.append(self._node(event, events, depth + 1))
        raise AssertionError("a parser ends every sequence it starts")

    def _mapping(self, opened: MappingStartEvent, events: Iterator[Event], depth: int) -> Mapping:
        values: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        end = _end(opened)
        for event in events:
            if isinstance(event, MappingEndEvent):
                flow = bool(opened.flow_style)
                return Mapping(
                    values=values, keys=keys, flow=flow, start=_start(opened), end=_end(event) if flow else end
                )
            key = self._node(event, events, depth + 1)
            if not isinstance(key, Scalar):
                raise self._error(event, "a key must be a single word", "Write lines like `title: A headline`.")
            if key.value in keys:
                first = self._first_line + keys[key.value].start[0]
                raise self._error(
                    event, f"`{key.value}` stands here a second time, first in line {first}", "Keep one of them."
                )
            keys[key.value] = key
            value = values[key.value] = self._node(next(events), events, depth + 1)
            # an empty value's mark is at the next token: for its extent the key counts
            end = key.end if isinstance(value, Scalar) and value.start == value.end else value.end
        raise AssertionError("a parser ends every mapping it starts")

    def _error(self, event: Event, what: str, remedy: str) -> ContentError:
        line, column = _start(event)
        return ContentError(
            what, place=Place(file=self._file, line=self._first_line + line, column=column + 1), remedy=remedy
        )


def _start(event: Event) -> Mark:
    return (event.start_mark.line, event.start_mark.column)


def _end(event: Event) -> Mark:
    return (event.end_mark.line, event.end_mark.column)


_PROBLEMS = (
    (r"'\\t'", "a tab cannot indent or begin a value in YAML", "Replace the tab by spaces."),
    (
        r"character '[@`%]'",
        "a value cannot begin with this character",
        "Put the value in quotation marks.",
    ),
    (
        r"^mapping values are not allowed",
        "a colon with a space behind it means a new key, which cannot stand here",
        'Put the value in quotation marks, like title: "Clouds: a primer", or mend the indentation.',
    ),
    (r"unexpected end of stream|document separator", "this quotation mark is never closed", "Close it."),
    (r"^expected ',' or '[\]}]'", "this bracket is never closed", "Close it, and part the entries by commas."),
    (r"could not find expected ':'", "this line is no `key: value`", "Add the colon, or indent the line."),
    (
        r"unknown escape character",
        "this backslash means nothing inside double quotation marks",
        "Write two backslashes, or use single quotation marks.",
    ),
    (
        r"^expected <block end>|^expected '<document start>'",
        "this line does not fit the indentation above it",
        "Indent it like its neighbours.",
    ),
)


def _explain(exc: MarkedYAMLError, text: str, file: str, first_line: int) -> ContentError:
    """Say in plain words what the YAML parser found, and where the editor has to look."""
    problem = exc.problem or str(exc)
    mark = exc.problem_mark or exc.context_mark
    what, remedy = f"this is no YAML: {problem}", "Mend this line."
    for pattern, plain, advice in _PROBLEMS:
        if re.search(pattern, problem):
            what, remedy = plain, advice
            if "never closed" in plain and exc.context_mark is not None:
                mark = exc.context_mark
            break
    line = min(mark.line, max(text.count("\n") - 1, 0)) if mark is not None else 0
    column = mark.column + 1 if mark is not None else None
    return ContentError(what, place=Place(file=file, line=first_line + line, column=column), remedy=remedy)
