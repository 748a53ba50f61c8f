"""Lines of a CSV file -> new subscribers, and the rows that cannot become one. Pure: the file is the caller's.

The reader takes what people export: comma, semicolon, tab or bar between the cells, any case and order of headings,
quoted commas and line breaks. Headings it does not know become attributes.
"""

import csv
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.errors import AddressError, IngestError, MessageError
from newsletter.message.address import MAX_LENGTH, canonical_email, email_key, header_text
from newsletter.models import Place

DELIMITERS = ",;\t|"
EMAIL_HEADINGS = frozenset({"email", "e_mail", "address", "email_address", "e_mail_address", "mail"})
NAME_HEADINGS = frozenset({"name", "full_name"})
FIRST_NAME_HEADINGS = frozenset({"first_name", "firstname", "given_name"})
LAST_NAME_HEADINGS = frozenset({"last_name", "lastname", "surname", "family_name"})
TAG_HEADINGS = frozenset({"tags"})

_DOT_ATOM = re.compile(r"[A-Za-z0-9_+-]{1,64}(?:\.[A-Za-z0-9_+-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscriber:
    """A row that can become a subscriber; `email` is canonical, `line` is where the row ends in the file."""

    line: int
    email: str
    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What two spellings of the address have in common."""
        return email_key(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that cannot become a subscriber: its line, the value at fault and the reason."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Which cell is what; `attributes` by name, in the order of the file."""

    email: int
    name: int | None = None
    first_name: int | None = None
    last_name: int | None = None
    tags: int | None = None
    attributes: tuple[tuple[str, int], ...] = ()
    count: int = 1


def read_rows(lines: Iterable[str], *, file: str) -> Iterator[NewSubscriber | RefusedRow]:
    """Yield a value for every row that is not blank, in order; holds one row at a time.

    `lines` keep their line ends; `file` is for messages. Raises IngestError when there is no column of addresses.
    """
    source = iter(lines)
    first = next((line for line in source if line.strip()), "")
    reader = csv.reader(_chain(first, source), delimiter=_delimiter(first))
    header = [cell.strip() for cell in next(reader, [])]
    bare = len(header) == 1 and "@" in header[0]
    columns = _Columns(email=0) if bare else _columns(header, Place(file=file, line=1))
    if bare:
        yield _row(header, columns, 1)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as exc:
            yield RefusedRow(line=reader.line_num, value="", reason=f"this is no CSV: {exc}; is a quotation mark open?")
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _row(cells, columns, reader.line_num)


def canonical_import_email(text: str) -> str:
    """Return what `canonical_email` returns, some thirty times quicker when the domain was seen before.

    Only plain ASCII local parts take the short way; everything else goes through `canonical_email`. Raises
    AddressError.
    """
    local, at, domain = text.strip().rpartition("@")
    if at and len(local) <= 64 and _DOT_ATOM.fullmatch(local):
        try:
            canonical = local + _canonical_domain(domain)
        except AddressError:
            return canonical_email(text)
        if len(canonical) <= MAX_LENGTH:
            return canonical
    return canonical_email(text)


@functools.lru_cache(maxsize=20_000)
def _canonical_domain(domain: str) -> str:
    return canonical_email(f"a@{domain}").removeprefix("a")


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _delimiter(line: str) -> str:
    """Choose the separator that cuts the heading line into most cells; a comma when none does."""
    outside = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=outside.count)


def _columns(header: Sequence[str], place: Place) -> _Columns:
    keys = [re.sub(r"\W+", "_", heading.casefold()).strip("_") for heading in header]
    names = [key or f"column_{number}" for number, key in enumerate(keys, start=1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise IngestError(f"two columns are called `{twice}`", place=place, remedy="Rename one of them.")

    def find(headings: frozenset[str]) -> int | None:
        return next((index for index, name in enumerate(names) if name in headings), None)

    email = find(EMAIL_HEADINGS)
    if email is None:
        found = f"; found: {', '.join(header)}" if any(header) else ": the file is empty"
        raise IngestError(
            f"no column of addresses{found}",
            place=place,
            remedy="Give the column of addresses the heading `email`.",
        )
    name, first, last, tags = (
        find(known) for known in (NAME_HEADINGS, FIRST_NAME_HEADINGS, LAST_NAME_HEADINGS, TAG_HEADINGS)
    )
    if name is not None:
        # a full name wins; its parts stay readable as attributes
        first = last = None
    taken = {email, name, first, last, tags}
    attributes = tuple((key, index) for index, key in enumerate(names) if index not in taken)
    return _Columns(
        email=email,
        name=name,
        first_name=first,
        last_name=last,
        tags=tags,
        attributes=attributes,
        count=len(header),
    )


def _row(cells: Sequence[str], columns: _Columns, line: int) -> NewSubscriber | RefusedRow:
    if len(cells) > columns.count and any(cell.strip() for cell in cells[columns.count :]):
        reason = f"{len(cells)} cells under {columns.count} headings: put cells that hold a separator in quotes"
        return RefusedRow(line=line, value=",".join(cells)[:200], reason=reason)

    def cell(index: int | None) -> str:
        return cells[index].strip() if index is not None and index < len(cells) else ""

    email = cell(columns.email)
    try:
        canonical = canonical_import_email(email)
        name = cell(columns.name)
        if columns.name is None:
            name = f"{cell(columns.first_name)} {cell(columns.last_name)}".strip()
        if not name.isprintable() or "=?" in name:
            # printable text has none of the characters that header_text refuses
            name = header_text(name, "the name")
    except MessageError as exc:
        return RefusedRow(line=line, value=email[:200], reason=exc.what)
    words = re.split("[,;]", cell(columns.tags)) if columns.tags is not None else ()
    tags = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    attributes = {key: cell(index) for key, index in columns.attributes}
    return NewSubscriber(line=line, email=canonical, name=name, attributes=attributes, tags=tags)
