"""Hold a template file against MJML's component table, with the line of everything that is wrong."""

import difflib
import re
from collections.abc import Callable, Iterable
from functools import cache

from newsletter.errors import TemplateError
from newsletter.models import Place
from newsletter.render.css import check_style_attribute
from newsletter.render.markup import FILLER, Attribute, Tag, TagKind, tags
from newsletter.render.mjml_components import COMPONENTS, EVERYWHERE, LACKING, LACKING_ATTRIBUTES
from newsletter.render.outside_tags import CONTENT, FREE_PARENTS, NO_TAGS, check_between, check_characters

MAX_DEPTH = 200
"""Nesting beyond this is refused: the engine ends the whole process at some 10,000 levels."""

PARTIAL_ATTRIBUTES = frozenset({"mj-all", "mj-class"})

_UNIT = re.compile(r"-?\d+(\.\d+)?(?P<unit>px|%|em)?")

PlaceOf = Callable[[int], Place]


def validate(text: str, *, place_of: PlaceOf, whole: bool) -> None:
    """Check tags, nesting, attributes and units.

    `place_of` turns a line of `text` into a Place. With `whole` the text is a complete document, otherwise a partial
    whose outermost tags may stand anywhere. Raises TemplateError at the first thing that is wrong.
    """
    check_characters(text, place_of)
    open_tags: list[Tag] = []
    passed: set[tuple[str, str, str]] = set()
    for tag in tags(text):
        place = place_of(tag.line)
        parent = open_tags[-1].name if open_tags else ""
        check_between(tag, parent, place=place, place_of=place_of, whole=whole)
        if tag.kind in NO_TAGS:
            continue
        if tag.kind is TagKind.CLOSE:
            _close(tag, open_tags, place)
            continue
        if (key := (tag.name, tag.raw, parent)) not in passed:
            _check_tag(tag, parent, place=place, place_of=place_of, whole=whole)
            passed.add(key)
        if tag.kind is TagKind.OPEN:
            open_tags.append(tag)
            if len(open_tags) > MAX_DEPTH:
                raise TemplateError(
                    f"tags are nested deeper than {MAX_DEPTH}", place=place, remedy="Flatten the mark-up."
                )
    if open_tags:
        tag = open_tags[-1]
        raise TemplateError(
            f"<{tag.name}> is never closed", place=place_of(tag.line), remedy=f"Add </{tag.name}> where it ends."
        )


def _close(tag: Tag, open_tags: list[Tag], place: Place) -> None:
    if not open_tags:
        raise TemplateError(
            f"</{tag.name}> closes nothing", place=place, remedy=f"Remove it, or open <{tag.name}> before it."
        )
    last = open_tags.pop()
    if last.name != tag.name:
        raise TemplateError(
            f"</{tag.name}> closes <{last.name}> of line {last.line}",
            place=place,
            remedy=f"Close <{last.name}> first. Every tag must end in the file and branch it begins in.",
        )


def _check_tag(tag: Tag, parent: str, *, place: Place, place_of: PlaceOf, whole: bool) -> None:
    _check_attribute_syntax(tag, place_of)
    if not (tag.name.startswith("mj-") or tag.name == "mjml"):
        if parent in COMPONENTS and not COMPONENTS[parent].ending and parent not in FREE_PARENTS:
            raise TemplateError(
                f"<{tag.name}> stands directly in <{parent}>",
                place=place,
                remedy="HTML belongs into mj-text, mj-table, mj-button or mj-raw.",
            )
        return
    if parent in FREE_PARENTS:
        if tag.name not in COMPONENTS and tag.name not in PARTIAL_ATTRIBUTES:
            raise _unknown_tag(tag, place)
        _check_attributes(tag, known=_every_attribute(), place_of=place_of)
        return
    if tag.name not in COMPONENTS:
        raise _unknown_tag(tag, place)
    component = COMPONENTS[tag.name]
    if parent and parent not in component.parents:
        raise TemplateError(
            f"<{tag.name}> may not stand in <{parent}>",
            place=place,
            remedy=f"It belongs into {_listing(component.parents)}.",
        )
    if not parent and whole and tag.name != "mjml":
        raise TemplateError(f"<{tag.name}> stands outside <mjml>", place=place, remedy="Put it into <mj-body>.")
    known = dict(component.attributes)
    known.update(dict.fromkeys(EVERYWHERE, "string"))
    _check_attributes(tag, known=known, place_of=place_of)


def _unknown_tag(tag: Tag, place: Place) -> TemplateError:
    if tag.name in LACKING:
        return TemplateError(f"<{tag.name}> is not used here", place=place, remedy=LACKING[tag.name])
    near = difflib.get_close_matches(tag.name, COMPONENTS, n=1, cutoff=0.5)
    remedy = f"Did you mean <{near[0]}>?" if near else f"Known: {', '.join(COMPONENTS)}."
    return TemplateError(f"<{tag.name}> is no MJML tag", place=place, remedy=remedy)


def _check_attribute_syntax(tag: Tag, place_of: PlaceOf) -> None:
    seen: set[str] = set()
    for attribute in tag.attributes():
        if attribute.value is not None and not attribute.quoted:
            raise TemplateError(
                f"the value of `{attribute.name}` has no quotes",
                place=place_of(attribute.line),
                remedy=f'Write {attribute.name}="…".',
            )
        if attribute.name == "style" and attribute.value and not attribute.dynamic:
            check_style_attribute(attribute.value, place_of(attribute.line))
        if attribute.name in seen:
            raise TemplateError(
                f"`{attribute.name}` is given twice on <{tag.name}>",
                place=place_of(attribute.line),
                remedy="Keep one of them.",
            )
        if FILLER not in tag.raw:  # `{% if a %}x="1"{% else %}x="2"{% endif %}` is no repetition
            seen.add(attribute.name)


def _check_attributes(tag: Tag, *, known: dict[str, str], place_of: PlaceOf) -> None:
    for attribute in tag.attributes():
        kind = known.get(attribute.name)
        if kind is None and not (tag.name == "mj-class" and attribute.name == "name"):
            if lacking := LACKING_ATTRIBUTES.get(attribute.name):
                raise TemplateError(
                    f"`{attribute.name}` of <{tag.name}> does nothing here",
                    place=place_of(attribute.line),
                    remedy=lacking,
                )
            near = difflib.get_close_matches(attribute.name, known, n=1, cutoff=0.5)
            hint = f"Did you mean `{near[0]}`? " if near else ""
            listing = "" if len(known) > 60 else f"Known: {', '.join(sorted(known))}."
            raise TemplateError(
                f"<{tag.name}> has no attribute `{attribute.name}`",
                place=place_of(attribute.line),
                remedy=f"{hint}{listing}".strip() or "See the component reference of MJML.",
            )
        if kind and kind != "string" and CONTENT in (attribute.value or ""):
            raise TemplateError(
                f"content is printed into `{attribute.name}` of <{tag.name}>, which takes {_describe(kind)}",
                place=place_of(attribute.line),
                remedy="Only parameters can stand there; write texts of the template with {% if %} or `| safe`.",
            )
        if kind and not attribute.dynamic and not fits(attribute.value or "", kind):
            raise TemplateError(
                f"`{attribute.name}` of <{tag.name}> cannot be {attribute.value!r}",
                place=place_of(attribute.line),
                remedy=f"Write {_describe(kind)}.",
            )
        _check_unsupported(attribute, place_of)


def _check_unsupported(attribute: Attribute, place_of: PlaceOf) -> None:
    if attribute.name == "mode" and attribute.value == "fluid-height":
        raise TemplateError(
            "a hero of fluid height comes out broken",
            place=place_of(attribute.line),
            remedy='Write mode="fixed-height" and a height.',
        )


def fits(value: str, kind: str) -> bool:
    """Say whether a value is of a type of MJML's table, like `unit(px,%){1,4}` or `enum(left,right)`."""
    value = value.strip()
    if kind in {"string", "color"}:
        return kind == "string" or re.fullmatch(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]+(\([^()]*\))?", value) is not None
    if kind == "integer":
        return value.isdigit()
    if kind == "boolean":
        return value in {"true", "false"}
    if kind.startswith("enum("):
        return value in kind[5:-1].split(",")
    units, _, count = kind.partition("(")[2].partition(")")
    parts = value.split()
    most = 4 if count else 1
    return 1 <= len(parts) <= most and all(_is_length(part, units.split(",")) for part in parts)


def _is_length(text: str, units: list[str]) -> bool:
    if text in units and text not in {"px", "%", "em"}:
        return True  # a word such as `auto`
    match = _UNIT.fullmatch(text)
    if match is None:
        return False
    unit = match["unit"] or ""
    return unit in units or (unit == "" and float(text) == 0)


def _describe(kind: str) -> str:
    if kind.startswith("enum("):
        return _listing([f"`{word}`" for word in kind[5:-1].split(",") if word])
    if kind.startswith("unit"):
        units = kind.partition("(")[2].partition(")")[0]
        return f"a number with {_listing([u for u in units.split(',') if u])}, like 20px" + (
            ", one to four of them" if "{" in kind else ""
        )
    return {"color": "a colour like #336699", "integer": "a whole number", "boolean": "true or false"}[kind]


def _listing(words: Iterable[str]) -> str:
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}"


@cache
def _every_attribute() -> dict[str, str]:
    everything: dict[str, str] = dict.fromkeys(EVERYWHERE, "string")
    for component in COMPONENTS.values():
        for name, kind in component.attributes.items():
            everything[name] = kind if everything.get(name, kind) == kind else "string"
    return everything
