"""The first of the two Jinja2 environments: `{{ }}` and `{% %}`, filled once per issue."""

import difflib
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, pass_context
from jinja2.environment import Environment
from jinja2.exceptions import UndefinedError
from jinja2.ext import extract_from_ast
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from newsletter.content.plaintext import wrap
from newsletter.errors import TemplateError as NewsletterTemplateError
from newsletter.models import Place, Template
from newsletter.render.context import CONTEXT_NAMES, Html, Parameter
from newsletter.render.islands import CURRENT, ProtectedSlots, choose_prefix, protect_slots
from newsletter.render.language import format_date
from newsletter.render.markup import tag_starts
from newsletter.render.phrases import Phrases
from newsletter.render.validate import PlaceOf, validate

MAIN, TEXT = "email.mjml", "email.txt"
HTML_SUFFIX = ".mjml"
KEPT_GLOBALS = ("range", "namespace", "cycler", "joiner", "dict")
FUNCTIONS = (*KEPT_GLOBALS, "_", "gettext", "ngettext", "pgettext", "npgettext")
"""Every function that a template can call by name."""


@pass_context  # with a context Jinja cannot call it while compiling, when no compilation of ours is running
def _finalize(_context: Context, value: object) -> object:
    """Turn what `{{ }}` prints into an island, unless it is the template's own: parameters and macros' mark-up."""
    if value is None:
        raise UndefinedError("a value that is not there (none) is printed; ask for it first, with {% if %}")
    if isinstance(value, Parameter):
        return Markup(value)  # noqa: S704 - parameters are checked for mark-up where they are made
    if isinstance(value, Html):
        return Markup(CURRENT.get().add(str(value)))  # noqa: S704 - a word of letters and digits
    if isinstance(value, Markup | bool | int | float):
        return value
    return Markup(CURRENT.get().add(str(escape(str(value)))))  # noqa: S704 - a word of letters and digits


@pass_context
def _finalize_text(_context: Context, value: object) -> object:
    if value is None:
        raise UndefinedError("a value that is not there (none) is printed; ask for it first, with {% if %}")
    return value


def level_headings(html: str, first: int) -> Html:
    """Shift the headings of a text so that its biggest is of level `first`; the distances between them stay."""
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    shift = first - min(levels, default=first)
    return Html(re.sub(r"(</?h)([1-6])\b", lambda match: f"{match[1]}{min(int(match[2]) + shift, 6)}", html))


class TemplateSource:
    """A template ready to render in one language: its slots protected, its Jinja parsed, its catalogues read.

    Built once and used for every compilation.
    """

    def __init__(self, template: Template, prefix: str, language: str) -> None:
        self.template = template
        self.language = language
        texts = {name: text for name, text in template.files.items() if name.endswith((HTML_SUFFIX, ".txt"))}
        places = {name: template.place(name, 1) for name in texts}
        for name, text in texts.items():
            if name.endswith(HTML_SUFFIX):
                validate(text, place_of=partial(template.place, name), whole=name == MAIN)
        self.slots: ProtectedSlots = protect_slots(texts, places=places, prefix=prefix, kind="t", mjml=True)
        self._phrases: dict[bool, Phrases] = {}
        self._html = self._environment(html=True)
        self._text = self._environment(html=False)

    def _environment(self, *, html: bool) -> Environment:
        def load(name: str) -> tuple[str, str, None] | None:
            source = self.slots.texts.get(name)
            return None if source is None else (source, str(self.template.place(name)), None)

        environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(load),
            autoescape=html,
            undefined=StrictUndefined,
            finalize=_finalize if html else _finalize_text,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        environment.add_extension("jinja2.ext.i18n")
        environment.newstyle_gettext = True  # type: ignore[attr-defined] # the extension's own, set as its docs say
        environment.policies["ext.i18n.trimmed"] = True
        kept = {name: environment.globals[name] for name in KEPT_GLOBALS}
        environment.globals.clear()
        environment.globals.update(kept)
        phrases = self._phrases[html] = Phrases(self.template, self.language, self.slots.spans, html=html)
        environment.globals.update(phrases.functions())
        environment.filters["date"] = partial(format_date, tag=self.language)
        environment.filters["wrap"] = wrap
        environment.filters["headings"] = level_headings
        return environment

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Fill one file of the template; raises TemplateError with the file and line that fail."""
        environment = self._html if name.endswith(HTML_SUFFIX) else self._text
        if name not in self.slots.texts:
            raise NewsletterTemplateError(
                f"the template has no {name}",
                place=self.template.place(name),
                remedy="A template needs email.mjml and email.txt.",
            )
        try:
            return environment.get_template(name).render(context)
        except TemplateSyntaxError as exc:
            place = Place(file=exc.filename or str(self.template.place(name)), line=exc.lineno)
            raise NewsletterTemplateError(
                f"this cannot be read: {exc.message}", place=place, remedy="Mend the tag on that line."
            ) from exc
        except TemplateNotFound as exc:
            known = ", ".join(sorted(self.slots.texts))
            raise NewsletterTemplateError(
                f"there is no file {exc.name!r} in this template",
                place=self._line_of(exc, name),
                remedy=f"Known: {known}.",
            ) from exc
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as exc:
            raise NewsletterTemplateError(
                f"this cannot be filled: {_sentence(exc)}",
                place=self._line_of(exc, name),
                remedy=_nearest(exc, context) or "docs/templates.md lists every name a template knows.",
            ) from exc

    def traced(self, name: str, context: Mapping[str, Any]) -> tuple[str, PlaceOf]:
        """Fill a file with every tag on a line of its own, and return with it where each line comes from.

        For finding the place of a mistake that shows only when everything is put together.
        """
        numbered = list(self.slots.texts)
        marked = {file: _with_marks(text, numbered.index(file)) for file, text in self.slots.texts.items()}
        plain, self.slots = self.slots, replace(self.slots, texts=marked)
        try:
            text = self._environment(html=True).get_template(name).render(context)
        finally:
            self.slots = plain
        lines = text.split("\n")

        def place_of(line: int) -> Place:
            # a mark ends the line before its tag; one at the end of the line itself is that of the next tag
            for index in range(min(line, len(lines)) - 2, -1, -1):
                if mark := re.search(r"<!--@(\d+):(\d+)-->$", lines[index]):
                    behind = max(0, line - index - 2)
                    return self.template.place(numbered[int(mark[1])], int(mark[2]) + behind)
            return self.template.place(name)

        return text, place_of

    def missing_phrases(self) -> Iterator[tuple[str, Place]]:
        """Yield the phrases that no catalogue translates, each with the first place it stands at."""
        seen = set()
        for name, text in self.slots.texts.items():
            for line, function, message in extract_from_ast(self._html.parse(text)):
                texts = [part for part in ([message] if isinstance(message, str) else message or ()) if part]
                context = texts.pop(0) if "p" in function.removesuffix("gettext") else None
                if texts and not self._phrases[True].knows(texts[0], context) and texts[0] not in seen:
                    seen.add(texts[0])
                    yield (
                        self._phrases[True].as_written(texts[0]),
                        Place(file=str(self.template.place(name)), line=line),
                    )

    def _line_of(self, exc: Exception, name: str) -> Place:
        files = {str(self.template.place(file)) for file in self.slots.texts}
        for frame in reversed(traceback.extract_tb(exc.__traceback__)):
            if frame.filename in files:
                return Place(file=frame.filename, line=frame.lineno)
        return self.template.place(name)


def _with_marks(text: str, number: int) -> str:
    """Put a comment with file and line, and a line break, in front of every tag, but never behind CSS."""
    out, position = [], 0
    for start, line in tag_starts(text):
        if text.startswith("</mj-style", start):
            continue
        out += [text[position:start], f"<!--@{number}:{line}-->\n"]
        position = start
    return "".join([*out, text[position:]])


def _sentence(exc: Exception) -> str:
    text = str(exc) or type(exc).__name__
    return re.sub(r"'newsletter\.render\.context\.(\w+?)(?:Context)? object'", lambda m: f"`{m[1].lower()}`", text)


def _nearest(exc: Exception, context: Mapping[str, Any]) -> str:
    if unknown := re.search(r"^'(\w+)' is undefined", str(exc)):
        word, known = unknown[1], list(context)
    elif unknown := re.search(r"context\.(\w+) object' has no attribute '(\w+)'", str(exc)):
        word, known = unknown[2], CONTEXT_NAMES.get(unknown[1], [])
    else:
        return ""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return (f"Did you mean `{near[0]}`? " if near else "") + f"Known: {', '.join(known)}."


@lru_cache(maxsize=8)
def _cached(files: tuple[tuple[str, str], ...], name: str, root: str, prefix: str, language: str) -> TemplateSource:
    return TemplateSource(Template(name=name, files=dict(files), root=root), prefix, language)


def template_source(template: Template, prefix: str, language: str) -> TemplateSource:
    """Return the template ready to render in a language; the same texts are parsed once."""
    return _cached(tuple(sorted(template.files.items())), template.name, template.root, prefix, language)


def missing_phrases(template: Template, language: str) -> list[tuple[str, Place]]:
    """Return the phrases of a template that no catalogue of the language translates, each with its place."""
    prefix = choose_prefix(template.files.values(), ())
    return list(template_source(template, prefix, language).missing_phrases())
