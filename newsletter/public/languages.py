"""The languages of the pages: one gettext catalogue each, `locale/de.po`, and which one a visitor gets."""

import gettext
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from newsletter.errors import TemplateError
from newsletter.models import Place

SOURCE = "en"
"""The language that the pages are written in; it has no catalogue."""


class Languages:
    """The catalogues in some folders, the first of which wins; raises TemplateError for one that cannot be read."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._catalogues: dict[str, gettext.NullTranslations] = {}
        for folder in reversed(folders):
            for file in sorted(folder.glob("*.po")):
                self._catalogues[file.stem.lower()] = _read(file)
        self._catalogues[SOURCE] = gettext.NullTranslations()

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages in alphabetical order."""
        return tuple(sorted(self._catalogues))

    def catalogue(self, code: str) -> gettext.NullTranslations:
        """Return the texts of a language that is there."""
        return self._catalogues[code]

    def choose(self, accept: str, default: str) -> str:
        """Return the language for an Accept-Language header (RFC 9110 §12.5.4), else for the BCP 47 tag `default`."""
        return self._first([*_preferred(accept), default]) or SOURCE

    def known(self, tag: str) -> str:
        """Return the language that a tag means, "" when there is none for it."""
        return self._first([tag])

    def _first(self, tags: Iterable[str]) -> str:
        for tag in tags:
            for code in (tag.lower(), tag.lower().partition("-")[0]):
                if code in self._catalogues:
                    return code
        return ""


def name_of(code: str) -> str:
    """Return a language's own name for itself."""
    locale = _locale(code)
    return (locale.get_display_name() or code) if locale else code


def direction_of(code: str) -> str:
    """Return `rtl` for a language that is written from right to left, else `ltr`."""
    locale = _locale(code)
    return locale.text_direction if locale else "ltr"


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _read(file: Path) -> gettext.NullTranslations:
    try:
        with file.open("rb") as source:
            catalogue = read_po(source, abort_invalid=True)
    except (PoFileError, OSError, UnicodeDecodeError) as exc:
        raise TemplateError(
            f"this catalogue of translations cannot be read: {exc}", place=Place(file=str(file)), remedy="Mend it."
        ) from exc
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _preferred(accept: str) -> list[str]:
    """Return the tags of an Accept-Language header, the best first, without those that are refused."""
    found: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept[:1000].split(",")):
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            quality = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if tag and quality > 0:
            found.append((-quality, position, tag.strip()))
    return [tag for _, _, tag in sorted(found)]
