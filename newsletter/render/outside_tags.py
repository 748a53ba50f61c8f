"""What stands between the tags of an MJML file: texts, comments, and what the engine cannot read at all."""

import re
from collections.abc import Callable

from newsletter.errors import TemplateError
from newsletter.models import Place
from newsletter.render.markup import FILLER, Tag, TagKind
from newsletter.render.mjml_components import COMPONENTS

CONTENT = "\x02"
"""Stands for a printed value in a document that Jinja has filled: some text, which no number or colour is."""

FREE_PARENTS = frozenset({"mj-attributes"})
"""Inside these every tag stands for defaults and takes the attributes of any component."""

NO_TAGS = frozenset({TagKind.CONDITIONAL, TagKind.COMMENT})

NO_CONDITIONALS = frozenset({"mj-table", "mj-button"})
"""The engine reads these like structure: a conditional comment inside is an error to it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_characters(text: str, place_of: Callable[[int], Place]) -> None:
    """Refuse control characters, which the engine stumbles over without saying where."""
    for found in _CONTROL.finditer(text):
        if found[0] not in {FILLER, CONTENT}:
            raise TemplateError(
                f"the character U+{ord(found[0]):04X} cannot stand in a template",
                place=place_of(text.count("\n", 0, found.start()) + 1),
                remedy="Delete it; it is invisible.",
            )


def check_between(tag: Tag, parent: str, *, place: Place, place_of: Callable[[int], Place], whole: bool) -> None:
    """Check what is no tag, and the text in front of a tag; `parent` is the tag that both stand in."""
    if tag.kind is TagKind.BROKEN:
        _refuse_bracket(tag, place)
    if tag.kind is TagKind.FOREIGN:
        raise TemplateError(
            f"MJML does not read {tag.raw[:20]!r}", place=place, remedy="Take it out; the mail gets its doctype anyway."
        )
    if tag.kind is TagKind.COMMENT and "--" in tag.raw[4:-3]:
        raise TemplateError("a comment contains `--`", place=place, remedy="Write it as a Jinja comment: {# … #}.")
    structure = parent in COMPONENTS and not COMPONENTS[parent].ending
    if tag.kind is TagKind.CONDITIONAL and (structure or parent in NO_CONDITIONALS):
        raise TemplateError(
            f"a conditional comment stands in <{parent}>", place=place, remedy="Put it into mj-raw, or into mj-text."
        )
    text = tag.before.replace(FILLER, " ").strip()
    if text and (structure or (whole and not parent)):
        first = tag.before[: len(tag.before) - len(tag.before.lstrip(FILLER + " \t\r\n"))]
        line = tag.line - tag.before.count("\n") + first.count("\n")
        shown = "a printed text" if text.startswith(CONTENT) else f"the text {text.splitlines()[0][:40]!r}"
        raise TemplateError(
            f"{shown} stands directly in <{parent}>" if parent else f"{shown} stands outside <mjml>",
            place=place_of(line),
            remedy="Text belongs into mj-text, mj-button, mj-table or mj-raw.",
        )


def _refuse_bracket(tag: Tag, place: Place) -> None:
    if re.match(r"<[A-Za-z/!?]", tag.name):
        raise TemplateError(
            f"the tag {tag.name!r} never ends",
            place=place,
            remedy="Close it with `>`, and its values with quotes; a literal `<` is written `&lt;`.",
        )
    raise TemplateError(
        f"a `<` begins no tag: {tag.name!r}",
        place=place,
        remedy="Write &lt; for it; in CSS use max-width and min-width.",
    )
