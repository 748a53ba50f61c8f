"""The adapter to mjml-python: one function, and the guards for what its engine does to a mail.

The engine (mrml 6.0.1 inside mjml-python 1.4.2) writes attribute values in Rust's debug format, counts a bare `0` in a
padding wrongly, leaves fractions in image widths and writes its doctype in lower case. None of that leaves this module.
"""

import re

from mjml import mjml2html

from newsletter.errors import RenderGuardError, TemplateError
from newsletter.models import Place
from newsletter.render.validate import CONTENT, validate

MAX_SIZE = 2_000_000
"""Characters of MJML; a mail is clipped at a twentieth of it."""

_PADDING = re.compile(r"""(padding(?:-top|-right|-bottom|-left)?\s*=\s*)("[^"]*"|'[^']*')""")
_BARE_ZERO = re.compile(r"(?<![\w.#%-])0(?![\w.%])")
_FRACTION = re.compile(r'(<img\b[^<>]*?\b(?:width|height)=")(\d+)\.\d+(")')
_HIDDEN = re.compile(r"<!--\[if (?![^\]]*\]><!-->).*?<!\[endif\]-->", re.DOTALL)
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
    validate(words.sub(CONTENT, source), place_of=lambda _line: Place(file=place.file), whole=True)
    padded = _PADDING.sub(lambda match: match[1] + _BARE_ZERO.sub("0px", match[2]), source)
    # blanks without a line break between the tags of the head are an "unexpected token" to the engine
    padded = re.sub(r"(?<=>)[ \t]+(?=</?mj-)", "\n", padded)
    try:
        html: str = mjml2html(padded)
    except ValueError as exc:
        raise TemplateError(
            f"the MJML engine refuses the mail: {exc}",
            place=place,
            remedy="Look for HTML in mj-text that is not well-formed, like an unclosed or crossed tag.",
        ) from exc
    return _mend(html, place)


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
    for value in re.findall(r'="([^"]*)"', html) if "\\" in html else ():
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
