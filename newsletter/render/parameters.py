"""The parameters of a template: what newsletter.toml and an issue make of them, each held against its type.

A value either goes into the mark-up unchanged, and then it is of a form that cannot break it, or it is printed like the
text of a record.
"""

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tinycss2.color3 import RGBA, parse_color

from newsletter.content.fields import check_url, is_image_path
from newsletter.errors import ContentError, TemplateError
from newsletter.models import Issue, ParameterType, Place, Template, TemplateParameter
from newsletter.render.context import LinkContext, Parameter

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""What a parameter may be called."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LENGTH = re.compile(r"(?:\d+|\d*\.\d+)(?:px|%|em)|0")
_FONT = re.compile(r"'[^'\"<>&\\;{}]+'|-?[^\W\d][\w-]*(?: [\w-]+)*")
_CHOICE = re.compile(r"[\w#%.,-][\w #%.,-]*")
_MAILTO = re.compile(r"mailto:[^\s<>\"\\@]+@[^\s<>\"\\@]+")


def resolve_parameters(template: Template, issue: Issue, *, base: str) -> dict[str, Any]:
    """Return the value of every parameter for an issue; `base` is where the issue's pictures are.

    Raises ContentError at the line of the issue for a parameter that the template does not have or a value of another
    type, TemplateError for such a default.
    """
    check_names(issue.parameters, template.declared, place_of=lambda name: issue.place(f"parameters.{name}"))
    found = {}
    for name, declared in template.declared.items():
        if name in issue.parameters:
            found[name] = checked(name, declared, issue.parameters[name], place=issue.place(f"parameters.{name}"))
        else:
            value, place = template.parameters.get(name, declared.default), template.place("template.toml")
            try:
                found[name] = checked(name, declared, value, place=place)
            except ContentError as exc:
                raise TemplateError(exc.what, place=exc.place, remedy=exc.remedy) from exc
        if declared.type is ParameterType.IMAGE and is_image_path(found[name]):
            found[name] = f"{base}/{found[name]}"
    return found


def check_names(
    given: Iterable[str], declared: Mapping[str, TemplateParameter], *, place_of: Callable[[str], Place]
) -> None:
    """Refuse a name that the template does not declare; raises ContentError with the nearest one."""
    for name in given:
        if name not in declared:
            near = difflib.get_close_matches(name, declared, n=1, cutoff=0.5)
            hint = f"Did you mean `{near[0]}`? " if near else ""
            known = f"Known: {', '.join(declared)}." if declared else "It has none."
            raise ContentError(
                f"the template has no parameter `{name[:60]}`", place=place_of(name), remedy=f"{hint}{known}"
            )


def checked(name: str, declared: TemplateParameter, value: Any, *, place: Place) -> Any:
    """Return a value as templates get it; raises ContentError when it is not of the parameter's type."""
    if value is None:
        raise ContentError(
            f"the parameter `{name}` has no value",
            place=place,
            remedy='A colour needs quotation marks, "#336699": behind a bare # everything is a comment.'
            if declared.type is ParameterType.COLOR
            else "Give it one, or take the line out.",
        )
    try:
        return _CHECKS[declared.type](value, declared)
    except ValueError as exc:
        raise ContentError(
            f"the parameter `{name}` cannot be {str(value)[:80]!r}", place=place, remedy=f"Write {exc}."
        ) from exc


def _text_of(value: Any, wanted: str) -> str:
    if not isinstance(value, str):
        raise ValueError(wanted)  # noqa: TRY004 - every refusal of a value is one kind of error
    return value.strip()


def _color(value: Any, _declared: TemplateParameter) -> Parameter:
    wanted = 'a colour like "#336699", or its name in CSS'
    text = _text_of(value, wanted)
    if not _HEX.fullmatch(text) and not (re.fullmatch(r"[A-Za-z]+", text) and isinstance(parse_color(text), RGBA)):
        raise ValueError(wanted)
    return Parameter(text)


def _length(value: Any, _declared: TemplateParameter) -> Parameter:
    wanted = 'a number with its unit, px, % or em, like "600px"'
    text = _text_of(value, wanted)
    if not _LENGTH.fullmatch(text):
        raise ValueError(wanted)
    return Parameter("0px" if text == "0" else text)


def _font(value: Any, _declared: TemplateParameter) -> Parameter:
    wanted = "names of fonts with commas between them, like \"'Helvetica Neue', Arial, sans-serif\""
    text = _text_of(value, wanted).replace('"', "'")
    names = [name.strip() for name in text.split(",")]
    if not text.isprintable() or not all(_FONT.fullmatch(name) for name in names):
        raise ValueError(wanted)
    return Parameter(", ".join(names))


def _url(value: Any, _declared: TemplateParameter) -> str:
    wanted = 'a complete address like "https://example.com/about" or "mailto:desk@example.com"'
    text = _text_of(value, wanted)
    if text and not _MAILTO.fullmatch(text):
        _check_web(text, wanted)
    return text


def _image(value: Any, _declared: TemplateParameter) -> str:
    wanted = 'an address like "https://example.com/logo.png", or "images/logo.png" for a file of the issue'
    text = _text_of(value, wanted)
    if text and not is_image_path(text):
        _check_web(text, wanted)
    return text


def _check_web(text: str, wanted: str) -> None:
    try:
        check_url(text, "the address", Place(file=""))
    except ContentError as exc:
        raise ValueError(wanted) from exc


def _text(value: Any, _declared: TemplateParameter) -> str:
    wanted = "a text in quotation marks"
    text = _text_of(value, wanted)
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
        raise ValueError(f"{wanted}, without control characters")
    return text


def _choice(value: Any, declared: TemplateParameter) -> Parameter:
    if value not in declared.choices:
        raise ValueError(f"one of {', '.join(declared.choices)}")
    return Parameter(value)


def _boolean(value: Any, _declared: TemplateParameter) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):  # from an environment variable
        return bool(value == "true")
    raise ValueError("true or false")


def _number(value: Any, _declared: TemplateParameter) -> float:
    wanted = "a number like 3 or 0.5"
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}(?:\.\d{1,9})?", value):  # from an environment variable
        return float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(wanted)
    return value


def _links(value: Any, declared: TemplateParameter) -> tuple[LinkContext, ...]:
    wanted = 'a list like [{ name = "Mastodon", url = "https://example.com/@us" }]'
    if not isinstance(value, list | tuple):
        raise ValueError(wanted)  # noqa: TRY004 - as above
    found = []
    for link in value:
        if not isinstance(link, Mapping) or set(link) != {"name", "url"} or not str(link["name"]).strip():
            raise ValueError(wanted)
        url = _url(link["url"], declared)
        if not url:
            raise ValueError(wanted)
        found.append(LinkContext(name=_text(link["name"], declared), url=url))
    return tuple(found)


def usable_choices(choices: Any) -> tuple[str, ...]:
    """Return the words of a choice; raises ValueError for what is no list of words."""
    if not isinstance(choices, list) or not choices:
        raise ValueError('choices = ["left", "right"]')
    for word in choices:
        if not isinstance(word, str) or not _CHOICE.fullmatch(word):
            raise ValueError('choices = ["left", "right"]')
    return tuple(choices)


_CHECKS: Mapping[ParameterType, Callable[[Any, TemplateParameter], Any]] = {
    ParameterType.COLOR: _color,
    ParameterType.LENGTH: _length,
    ParameterType.FONT: _font,
    ParameterType.URL: _url,
    ParameterType.IMAGE: _image,
    ParameterType.TEXT: _text,
    ParameterType.CHOICE: _choice,
    ParameterType.BOOLEAN: _boolean,
    ParameterType.NUMBER: _number,
    ParameterType.LINKS: _links,
}
