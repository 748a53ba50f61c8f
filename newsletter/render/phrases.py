"""The phrases of a template in the language of the newsletter: gettext catalogues, read from text.

A catalogue is a .po file that travels with the templates: `locale/<language>.po` of the template, then that of
`_shared`, then those of the next wider language, at last the phrase as the template has it.
"""

import gettext
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup, escape

from newsletter.errors import TemplateError
from newsletter.models import Place, Template
from newsletter.render.context import Html
from newsletter.render.islands import CURRENT
from newsletter.render.language import language_chain, locale_of
from newsletter.render.slots import SlotSpan, find_slots

FOLDERS = ("locale/", "_shared/locale/")
"""Where catalogues are, the template's own first."""

_PO_LINE = re.compile(r'\s*|\s*#.*|\s*(?:msg\w+(?:\[\d+\])?\s+)?"(?:[^"\\]|\\.)*"\s*')
_MARKUP = re.compile(r"</?[A-Za-z]|&#?\w+;")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A translation: where it stands, its forms, and which of them fits a number."""

    place: Place
    forms: tuple[str, ...]
    form_of: Callable[[int], int]


_Entries = dict[tuple[str | None, str], _Entry]


class Phrases:
    """What `_()`, `ngettext` and `{% trans %}` call; built once for a template and a language.

    A phrase is text and comes out as text. One that has tags in it, as the template wrote it, is mark-up, and so are
    its translations; what is put into it is escaped all the same. `spans` are the slots of the template by word: a
    phrase around a slot is looked up with the slot as it was written.
    """

    def __init__(
        self, template: Template, tag: str, spans: Mapping[str, tuple[SlotSpan, Place]], *, html: bool
    ) -> None:
        self._html = html
        self._slots = {word: span.source for word, (span, _) in spans.items()}
        self._word = re.compile("|".join(map(re.escape, self._slots)) or r"(?!)")
        self._entries: _Entries = {}
        for file in reversed(catalogue_files(template.files, tag)):
            self._entries |= _read(template.files[file], template.place(file))

    def knows(self, phrase: str, context: str | None = None) -> bool:
        """Say whether a catalogue has a translation of a phrase, as a template writes it."""
        return (context, self.as_written(phrase)) in self._entries

    def as_written(self, phrase: str) -> str:
        """Return a phrase with its slots instead of their words: what a catalogue has."""
        return self._word.sub(lambda match: self._slots[match[0]], phrase)

    def functions(self) -> dict[str, Callable[..., str]]:
        """Return the functions by the names that templates and Jinja's i18n extension call."""
        return {
            "_": self.gettext,
            "gettext": self.gettext,
            "ngettext": self.ngettext,
            "pgettext": self.pgettext,
            "npgettext": self.npgettext,
        }

    def gettext(self, phrase: str, /, **values: Any) -> str:
        """Return a phrase with its `%(name)s` filled in."""
        return self._translate(None, (phrase,), 1, values)

    def ngettext(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """Return the form of a phrase that fits a number, which is there as `%(num)s`."""
        return self._translate(None, (one, many), number, {"num": number, **values})

    def pgettext(self, context: str, phrase: str, /, **values: Any) -> str:
        """Return a phrase that means several things, told apart by a word."""
        return self._translate(context, (phrase,), 1, values)

    def npgettext(self, context: str, one: str, many: str, number: int, /, **values: Any) -> str:
        """Return the form of such a phrase that fits a number."""
        return self._translate(context, (one, many), number, {"num": number, **values})

    def _translate(self, context: str | None, phrases: tuple[str, ...], number: int, values: Mapping[str, Any]) -> str:
        phrase = phrases[0]
        entry = self._entries.get((context, self.as_written(phrase)))
        # a catalogue with fewer forms than its language has: the last one is the general one
        found = entry.forms[min(entry.form_of(number), len(entry.forms) - 1)] if entry else ""
        if not entry or not found:
            return self._filled(phrases[0] if number == 1 else phrases[-1], phrase, values, None)
        return self._filled(self._with_words(found, phrases, entry), phrase, values, entry)

    def _filled(self, text: str, phrase: str, values: Mapping[str, Any], entry: _Entry | None) -> str:
        tagged = self._html and bool(_MARKUP.search(phrase))
        try:
            if not tagged and not (self._html and any(_is_markup(value) for value in values.values())):
                return text % values
            template = text if tagged else str(escape(text))
            islands = {name: _island(value) for name, value in values.items()}
            return Markup(template % islands)  # noqa: S704 - the template's own mark-up, values are islands
        except (KeyError, ValueError, TypeError) as exc:
            reason = f"`{exc.args[0]}` is nothing it is given" if isinstance(exc, KeyError) else str(exc)
            what = f"the phrase {text[:80]!r} cannot be filled: {reason}"
            if entry is None:
                raise ValueError(f"{what}; a per cent sign is written %%") from exc
            raise TemplateError(
                what, place=entry.place, remedy="Names are written as in the phrase, %(name)s; a per cent sign is %%."
            ) from exc

    def _with_words(self, found: str, phrases: tuple[str, ...], entry: _Entry) -> str:
        """Turn the slots of a translation back into their words; it may have those of the phrase and no others."""
        if "[" not in found:
            return found
        words = {self._slots[match[0]]: match[0] for phrase in phrases for match in self._word.finditer(phrase)}
        out, position = "", 0
        for span in find_slots(found, place=entry.place):
            if span.source not in words:
                raise TemplateError(
                    f"the translation {found[:80]!r} has the slot {span.source}, which the phrase does not have",
                    place=entry.place,
                    remedy="Copy the slots of the phrase as they are.",
                )
            out += found[position : span.start] + words[span.source]
            position = span.end
        return out + found[position:]


def _is_markup(value: object) -> bool:
    return isinstance(value, Markup | Html)


def _island(value: object) -> object:
    """Return what is put into mark-up: text as an island, so that MJML never sees it."""
    if isinstance(value, Html):
        return CURRENT.get().add(str(value))
    if isinstance(value, Markup | bool | int | float):
        return value
    return CURRENT.get().add(str(escape(str(value))))


def catalogue_files(names: Iterable[str], tag: str) -> list[str]:
    """Return the catalogues of a language among the names of files, the ones asked first in front."""
    known = {name.replace("_", "-").lower(): name for name in names if name.endswith(".po")}
    wanted = (f"{folder}{language}.po".replace("_", "-") for language in language_chain(tag) for folder in FOLDERS)
    return [known[name] for name in wanted if name in known]


def _read(text: str, place: Place) -> _Entries:
    for number, line in enumerate(text.splitlines(), start=1):
        if not _PO_LINE.fullmatch(line):
            raise TemplateError(
                f"this is no line of a catalogue: {line.strip()[:80]!r}",
                place=Place(file=place.file, line=number),
                remedy='Write msgid "…" and below it msgstr "…"; a quotation mark inside is written \\".',
            )
    language = place.file.rpartition("/")[2].removesuffix(".po")
    try:
        catalogue = read_po(io.StringIO(text), locale=locale_of(language), abort_invalid=True)
        form_of = gettext.c2py(catalogue.plural_expr)
    except PoFileError as exc:
        raise TemplateError(
            f"this is no catalogue: {str(exc).rpartition(' on ')[0]}",
            place=Place(file=place.file, line=exc.lineno + 1),
            remedy='Write msgid "…" and below it msgstr "…".',
        ) from exc
    except ValueError as exc:
        raise TemplateError(
            f"this is no catalogue: {exc}", place=place, remedy="Look at its head, the entry whose msgid is empty."
        ) from exc
    entries: _Entries = {}
    for message in catalogue:
        one = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if one and any(forms) and not message.fuzzy:
            where = Place(file=place.file, line=message.lineno)
            form = form_of if message.pluralizable else _only
            entries[message.context, one] = _Entry(place=where, forms=forms, form_of=form)
    return entries


def _only(_number: int) -> int:
    return 0
