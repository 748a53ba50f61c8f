"""The adapter to mjml-python: one function, and the guards for what its engine does to a mail.

The engine (mrml 6.0.1 inside mjml-python 1.4.2) writes attribute values in Rust's debug format, counts a bare `0` in a
padding wrongly, leaves fractions in image widths, leaves out web fonts that only a style names and writes its
doctype in lower case. None of that leaves this module.
"""

import re

from mjml import mjml2html

from newsletter.errors import RenderGuardError, TemplateError
from newsletter.models import Place
from newsletter.render.css import check_styles
from newsletter.render.outside_tags import CONTENT
from newsletter.render.validate import PlaceOf, validate

MAX_SIZE = 2_000_000
"""Characters of MJML; a mail is clipped at a twentieth of it."""

_PADDING = re.compile(r"""(padding(?:-top|-right|-bottom|-left)?\s*=\s*)("[^"]*"|'[^']*')""")
_BARE_ZERO = re.compile(r"(?<![\w.#%-])0(?![\w.%])")
_FRACTION = re.compile(r'(<img\b[^<>]*?\b(?:width|height)=")(\d+)\.\d+(")')
_HIDDEN = re.compile(r"<!--\[if (?![^\]]*\]><!-->).*?<!\[endif\]-->", re.DOTALL)
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_QUOTED = re.compile(r"""(?<==)("[^"]*"|'[^']*')""")
_RISKY = re.compile(r"[^\x20-\x7e]|[\\]")
_TITLE = re.compile(r"(<mj-title\b[^>]*>)([^<]*)")
_FONT = re.compile(r"""<mj-font\b[^>]*\bname\s*=\s*["']([^"']+)["'][^>]*>""")
_COMMENT_INSIDE = re.compile(r"<!--(\w+)-->")
_ESCAPE = re.compile(r"\\u\{[0-9a-f]+\}|\\[nrt\"\\']")


def compile_mjml(source: str, *, place: Place, words: re.Pattern[str]) -> str:
    """Turn an MJML document into HTML.

    `place` is the template's main file, `words` matches the islands in it. Raises TemplateError when the document is
    no valid MJML and RenderGuardError when the engine did something to it that would damage the mail.
    """
    if len(source) > MAX_SIZE:
        raise TemplateError(
            f"the mail has {len(source):,} characters of MJML, {MAX_SIZE:,} is the most",
            place=place,
            remedy="Take articles out of the issue.",
        )
    check_document(source, place_of=lambda _line: Place(file=place.file), words=words)
    source = _encode_attributes(source)
    padded = _PADDING.sub(lambda match: match[1] + _BARE_ZERO.sub("0px", match[2]), source)
    # blanks without a line break between the tags of the head are an "unexpected token" to the engine
    padded = re.sub(r"(?<=>)[ \t]+(?=</?mj-)", "\n", padded)
    try:
        html: str = mjml2html(padded)
    except ValueError as exc:
        raise TemplateError(
            f"the MJML engine refuses the mail: {_readable(str(exc), padded)}",
            place=place,
            remedy="Look for HTML in mj-text that is not well-formed, like an unclosed or crossed tag.",
        ) from exc
    _check_fonts(source, place)
    return _mend(html, place)


def check_document(source: str, *, place_of: PlaceOf, words: re.Pattern[str]) -> None:
    """Check the tags and the CSS of a filled document; raises TemplateError."""
    validate(words.sub(CONTENT, source), place_of=place_of, whole=True)
    check_styles(source, place_of=place_of)


def _encode_attributes(source: str) -> str:
    """Write what the engine would damage in the template's own attributes as references (HTML §13.1.4)."""
    if not _RISKY.search(source.replace("\n", "")) and not re.search(
        r"""=("[^"<>]*\n|'[^'<>]*["\n])|<mj-title[^>]*>[^<]*\"""", source
    ):
        return source
    source = _TITLE.sub(lambda title: title[1] + _references(title[2].replace('"', "&quot;")), source)
    return _TAG.sub(lambda tag: _QUOTED.sub(_encode_value, tag[0]), source)


def _encode_value(match: re.Match[str]) -> str:
    value = match[0][1:-1]
    if match[0][0] == "'":
        value = value.replace('"', "&quot;")
    value = re.sub(r"\s*[\n\r\t]\s*", " ", value)
    return f'"{_references(value)}"'


def _references(text: str) -> str:
    return _RISKY.sub(lambda found: f"&#{ord(found[0])};", text)


def _check_fonts(source: str, place: Place) -> None:
    """Refuse a web font that the engine leaves out: it imports only what an attribute of a component names."""
    for name in _FONT.findall(source):
        rest = _FONT.sub("", source)
        if not re.search(rf"""font-family\s*=\s*["'][^"']*{re.escape(name)}""", rest):
            raise TemplateError(
                f'no font-family="…" names the font {name!r}, so it is not loaded',
                place=place,
                remedy=f'Write <mj-all font-family="{name}, sans-serif" /> in mj-attributes, or take the mj-font out.',
            )


def _readable(message: str, source: str) -> str:
    """Return the engine's message with the text it is about; its positions are bytes of a document nobody sees."""
    found = re.search(r"(.*?) in root template at position (\d+):(\d+)", message)
    if found is None:
        return message.removesuffix(" in root template")
    data = source.encode()
    return f"{found[1]}: {data[int(found[2]) : int(found[3]) + 40].decode(errors='ignore')!r}"


def _mend(html: str, place: Place) -> str:
    html = re.sub(r"\A\s*<!doctype html>", "<!DOCTYPE html>", html, flags=re.IGNORECASE)
    html = _FRACTION.sub(lambda match: match[1] + match[2] + match[3], _FRACTION.sub(r"\1\2\3", html))
    # a comment between the sections of a wrapper lands inside a conditional comment, which it would end too early
    html = _HIDDEN.sub(lambda match: "<!--" + _COMMENT_INSIDE.sub(r"\1", match[0][4:]), html)
    if left := re.search(r"</?mj-[\w-]*", html):
        raise RenderGuardError(
            f"the tag {left[0]} is left in the HTML", place=place, remedy="It stands where MJML does not read it."
        )
    if not html.startswith("<!DOCTYPE html>"):
        raise RenderGuardError("the HTML does not begin with its doctype", place=place)
    for value in re.findall(r'="((?:[^"\\]|\\.)*)"', html) if "\\" in html else ():
        if damaged := _ESCAPE.search(value):
            raise RenderGuardError(
                f"a value of the template came out damaged: {damaged[0]} in {value[:80]!r}",
                place=place,
                remedy="Print it with {{ }}, or write the character as a reference like &#8205;.",
            )
    if not re.search(r'<html lang="(?!und")[^"]+"', html):
        raise RenderGuardError(
            "the mail does not say its language", place=place, remedy='Write <mjml lang="{{ newsletter.language }}">.'
        )
    return html
