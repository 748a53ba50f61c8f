"""Slots: places filled per reader, written `[[ expression ]]` or `[% statement %]`.

The second of the two Jinja2 environments lives here, with square brackets. Slot source is parsed once into static text
and small compiled templates, one for every top-level slot, so that a reader costs microseconds: static text is never
touched again.

A literal `[[`, `[%` or `[#` of the content is kept apart from a slot by a Unicode noncharacter behind its first
bracket (`mask`), which the content itself cannot hold and which parsing takes away again.
"""

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as JinjaTemplate
from jinja2.environment import Environment
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context, new_context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import SlotError
from newsletter.models import MailingContext, Place, Reader, Subscriber

MASK = "\ufdd0"
"""A noncharacter (Unicode §23.7), never valid in content; behind a bracket it says: not the start of a slot."""

READER_TYPES: Mapping[str, type] = {"subscriber": Subscriber, "mailing": MailingContext}
"""What stands behind the names of the reader context that have attributes of their own."""

READER_NAMES = tuple(field.name for field in dataclasses.fields(Reader))
MAX_REPEAT = 10_000

_OPENERS = re.compile(r"\[\[|\[%|\[#")
_CLOSERS = {"[[": "]]", "[%": "%]", "[#": "#]"}
_INSIDE = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[\[({]|[\])}]|[%#]\]""", re.DOTALL)
_LITERAL = re.compile(r"\[(?=[\[%#]|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSpan:
    """Where a slot stands in a text: offsets, its raw source and the line of its first character, from 1."""

    start: int
    end: int
    source: str
    line: int

    @property
    def statement(self) -> bool:
        """Whether it prints nothing by itself: `[% … %]` and comments."""
        return not self.source.startswith("[[")


class SlotEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 with square brackets, without globals, and without the arithmetic that could fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate, within bounds: a repeated string and a power stay small."""
        if operator == "**" and (not isinstance(right, int) or abs(right) > 64):
            raise SecurityError("a power above 64 is refused")
        if operator == "*" and any(isinstance(side, str | list | tuple) for side in (left, right)):
            count = left if isinstance(left, int) else right
            if isinstance(count, int) and count > MAX_REPEAT:
                raise SecurityError(f"repeating a text more than {MAX_REPEAT:,} times is refused")
        return super().call_binop(context, operator, left, right)


@lru_cache(maxsize=2)
def slot_environment(*, html: bool) -> Environment:
    """Return the environment of slots; values are escaped for HTML where `html` says so."""
    environment = SlotEnvironment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        autoescape=html,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        optimized=False,  # constant folding would run an expression at compile time, before any bound applies
        cache_size=0,
    )
    environment.globals.clear()
    return environment


class Slot:
    """One compiled top-level slot: an expression or a whole `if`/`for`/`set` with what stands inside it.

    `html` says which of the two environments it belongs to, and so which context it is rendered with.
    """

    __slots__ = ("_root", "html", "part", "source")

    def __init__(self, template: JinjaTemplate, *, source: str, part: str, html: bool) -> None:
        self.source = source
        self.part = part
        self.html = html
        self._root = template.root_render_func

    def render(self, context: Context) -> str:
        """Return the slot's text for one reader; raises SlotError naming the slot and the reader it fails for.

        The slots of a text are rendered in order with one context: what one sets, a later one can read.
        """
        try:
            return "".join(self._root(context))
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as exc:
            subscriber = context.get("subscriber")
            whom = f" for {subscriber.email}" if isinstance(subscriber, Subscriber) else ""
            raise SlotError(
                f"the slot {self.source} in the {self.part} fails{whom}: {_reason(exc)}",
                remedy='Give it a fallback, like [[ subscriber.attributes.city | default("your city") ]], '
                "or complete the reader's data.",
            ) from exc


def slot_context(values: Mapping[str, Any], *, html: bool) -> Context:
    """Return a fresh context for the slots of one text; `values` come from `reader_context`."""
    return new_context(slot_environment(html=html), None, {}, dict(values), shared=True)


def _reason(exc: Exception) -> str:
    if isinstance(exc, UndefinedError):
        # "'dict object' has no attribute 'city'" says nothing to an editor
        missing = re.search(r"has no attribute '(.+)'", str(exc))
        return f"the reader has no `{missing[1]}`" if missing else str(exc)
    return str(exc) or type(exc).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotText:
    """A text as static pieces and slots, in order; the pieces of a text without slots are the text alone."""

    pieces: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots alone."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot))

    def render(self, values: Mapping[str, Any]) -> str:
        """Return the whole text for one reader; raises SlotError."""
        contexts = {html: slot_context(values, html=html) for html in {slot.html for slot in self.slots}}
        return "".join(p if isinstance(p, str) else p.render(contexts[p.html]) for p in self.pieces)


def reader_context(reader: Reader) -> dict[str, Any]:
    """Return what a slot can name, by name."""
    return {name: getattr(reader, name) for name in READER_NAMES}


def find_slots(text: str, *, place: Place) -> Iterator[SlotSpan]:
    """Yield every slot of a text in order.

    `place` is where the text begins; raises SlotError with the line of a slot that is opened and never closed.
    """
    position = 0
    while opener := _OPENERS.search(text, position):
        line = (place.line or 1) + text.count("\n", 0, opener.start())
        end = _find_end(text, opener)
        if end is None:
            excerpt = text[opener.start() :].splitlines()[0][:60]
            raise SlotError(
                f"the slot {excerpt!r} is never closed",
                place=dataclasses.replace(place, line=line),
                remedy=f"Close it with {_CLOSERS[opener[0]]}.",
            )
        yield SlotSpan(start=opener.start(), end=end, source=text[opener.start() : end], line=line)
        position = end


def _find_end(text: str, opener: re.Match[str]) -> int | None:
    closer = _CLOSERS[opener[0]]
    if closer == "#]":
        end = text.find(closer, opener.end())
        return end + 2 if end >= 0 else None
    depth, position = 0, opener.end()
    while token := _INSIDE.search(text, position):
        if depth == 0 and text.startswith(closer, token.start()):
            return token.start() + 2
        if token[0] in "[({":
            depth += 1
        elif token[0] in "])}":
            depth -= 1
        position = token.end()
    return None


def check_slot(span: SlotSpan, *, place: Place) -> None:
    """Refuse a slot that cannot be read or names something no reader has.

    Raises SlotError with the slot's own line. Whether an `if` is closed shows only in the whole text: `parse_slots`.
    """
    place = dataclasses.replace(place, line=span.line)
    environment = slot_environment(html=True)
    if span.statement:
        return
    try:
        tree = environment.parse(span.source)
    except TemplateSyntaxError as exc:
        raise SlotError(
            f"the slot {span.source} cannot be read: {exc.message}", place=place, remedy="Mend the expression."
        ) from exc
    _check_attributes(tree, place=place)


def _check_attributes(tree: nodes.Template, *, place: Place | None) -> None:
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name in READER_TYPES:
            kind = READER_TYPES[node.node.name]
            known = [field.name for field in dataclasses.fields(kind)]
            known += [name for name, value in vars(kind).items() if isinstance(value, property)]
            if node.attr not in known:
                raise SlotError(
                    f"`{node.node.name}.{node.attr}` is nothing a reader has",
                    place=place,
                    remedy=f"{_did_you_mean(node.attr, known)}Known: {', '.join(known)}.",
                )


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"Did you mean `{near[0]}`? " if near else ""


def mask(static: str) -> str:
    """Keep the brackets of static text from being read as the start of a slot."""
    return _LITERAL.sub("[" + MASK, static)


def parse_slots(source: str, *, html: bool, part: str) -> SlotText:
    """Parse slot source into static text and compiled slots.

    `part` names the text in messages. Raises SlotError for a statement without its end, an unknown name, or a
    statement that would need other files; its `place` is the line within `source`.
    """
    environment = slot_environment(html=html)
    tree = _parse(source, part=part)
    return SlotText(pieces=tuple(_pieces(environment, tree, part=part)))


def check_slots(spans: Iterable[tuple[SlotSpan, Place]], *, part: str) -> None:
    """Check that the slots of a text fit together, without the text between them.

    Raises SlotError with the place where the slot that does not fit was written.
    """
    written: list[Place] = []
    lines: list[str] = []
    for span, place in spans:
        lines.append(span.source)
        written += [place] * (span.source.count("\n") + 1)
    try:
        _check_together("\n".join(lines), part)
    except SlotError as exc:
        line = exc.place.line if exc.place else None
        place_of = written[min(line, len(written)) - 1] if line else exc.place
        raise SlotError(exc.what, place=place_of, remedy=exc.remedy) from exc


@lru_cache(maxsize=64)
def _check_together(source: str, part: str) -> None:
    _parse(source, part=part)


def _parse(source: str, *, part: str) -> nodes.Template:
    try:
        tree = slot_environment(html=True).parse(source)
        _check_tree(tree, part=part)
    except TemplateSyntaxError as exc:
        raise SlotError(
            f"the slots of the {part} do not fit together: {exc.message}",
            place=Place(file=part, line=exc.lineno),
            remedy="Every [% if %] needs its [% endif %], every [% for %] its [% endfor %].",
        ) from exc
    return tree


def _check_tree(tree: nodes.Template, *, part: str) -> None:
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport, nodes.Block)):
        raise SlotError(
            f"`{type(node).__name__.lower()}` is no statement for slots",
            place=Place(file=part, line=node.lineno),
            remedy="Slots know if, for, set, with and macro; files are included once per issue, with {% include %}.",
        )
    # a name that only one branch of an `if` sets counts as undeclared; whether it was set shows for each reader
    somewhere = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    for name in sorted(find_undeclared_variables(tree) - somewhere):
        if name not in READER_NAMES:
            line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), None)
            raise SlotError(
                f"`{name}` is nothing a slot can name",
                place=Place(file=part, line=line),
                remedy=f"{_did_you_mean(name, READER_NAMES)}Known: {', '.join(READER_NAMES)}.",
            )
    _check_attributes(tree, place=Place(file=part))


def _pieces(environment: Environment, tree: nodes.Template, *, part: str) -> Iterator[str | Slot]:
    """Walk the top level: data stays text, every other node becomes a template of its own."""
    for data in tree.find_all(nodes.TemplateData):
        data.data = data.data.replace(MASK, "")
    static = ""
    for node in tree.body:
        children = node.nodes if isinstance(node, nodes.Output) else [node]
        for child in children:
            if isinstance(child, nodes.TemplateData):
                static += child.data
                continue
            if static:
                yield static
                static = ""
            yield _compile(environment, child, part=part)
    if static:
        yield static


def _compile(environment: Environment, node: nodes.Node, *, part: str) -> Slot:
    body = nodes.Output([node], lineno=node.lineno) if isinstance(node, nodes.Expr) else node
    tree = nodes.Template([body], lineno=node.lineno)
    tree.set_environment(environment)
    code = environment.compile(tree, filename=f"<slot in {part}>")
    template = JinjaTemplate.from_code(environment, code, environment.globals)
    return Slot(template, source=_unparse(node), part=part, html=environment is slot_environment(html=True))


def _unparse(node: nodes.Node) -> str:
    """Write down what a slot is about, for messages: the names it reads."""
    names = [_dotted(child) for child in (node, *node.find_all((nodes.Getattr, nodes.Name))) if _dotted(child)]
    longest = [name for name in dict.fromkeys(names) if not any(other.startswith(f"{name}.") for other in names)]
    return f"[[ {', '.join(longest)} ]]" if isinstance(node, nodes.Expr) else f"[% {', '.join(longest)} %]"


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and (left := _dotted(node.node)):
        return f"{left}.{node.attr}"
    return ""
