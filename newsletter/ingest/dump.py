"""The text of a web page, copied and saved -> an article record.

A dump begins with its title. Around the text stand lines that are no text: picture credits, bylines, sources, dates,
the author's name and biography. They are taken out only where they are recognised with confidence and in the place
where such lines stand: above the text, below it, or, for labelled picture credits, in it. Whatever is not recognised
stays in the body, where an editor sees it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from newsletter.content.markdown import MAX_LENGTH
from newsletter.content.slug import slugify
from newsletter.content.text import check_text, one_line
from newsletter.errors import ContentError, IngestError
from newsletter.ingest.escape import escape_markdown
from newsletter.ingest.lines import (
    biography_of,
    find_address,
    is_biography,
    is_prose,
    read_address,
    read_agency,
    read_byline,
    read_credit,
    read_date,
    read_label,
    read_name,
)
from newsletter.ingest.summary import sentences, summarise
from newsletter.models import Article, Image, Place

MAX_TITLE = 200


def parse_dump(text: str, *, file: str = "the text") -> Article:
    """Make a record of a dump; what it lacks stays empty, and nothing is invented.

    Raises IngestError for a text that is empty, too long, no text at all, or only a title.
    """
    paragraphs = _paragraphs(_clean(text, file))
    if not paragraphs:
        raise IngestError("the text is empty", place=Place(file=file), remedy="Copy the whole article, title first.")
    reading = _Reading(paragraphs)
    reading.title()
    reading.above()
    reading.below()
    reading.within()
    if not reading.paragraphs:
        raise IngestError(
            "there is a title but no text", place=Place(file=file), remedy="Copy the whole article, title first."
        )
    return reading.article()


def _clean(text: str, file: str) -> str:
    """Return the text with line feeds only, and without what word processors put between lines."""
    if "\x00" in text:
        raise IngestError("this is no text file", place=Place(file=file), remedy="Save the article as plain text.")
    if len(text) > MAX_LENGTH:
        raise IngestError(
            f"the text has {len(text):,} characters, the limit is {MAX_LENGTH:,}",
            place=Place(file=file),
            remedy="Save the article alone, without the pages around it.",
        )
    clean = re.sub("\r\n?|[\x0b\x0c\x1e\x85\u2028\u2029]", "\n", text.removeprefix("\ufeff"))
    clean = clean.replace("\u200b", "").replace("\ufeff", "")
    try:
        check_text(clean, Place(file=file, line=1))
    except ContentError as exc:
        raise IngestError(exc.what, place=exc.place, remedy=exc.remedy) from exc
    return clean


def _paragraphs(text: str) -> list[list[str]]:
    """Cut at blank lines; a text without any has a paragraph a line."""
    stripped = [line.strip(" \t\u00a0") for line in text.strip().split("\n")]
    if "" not in stripped and len(stripped) > 2:
        return [[line] for line in stripped]
    found: list[list[str]] = [[]]
    for line in stripped:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


@dataclass(slots=True)
class _Reading:
    """What is left of a dump and what was found in it so far."""

    paragraphs: list[list[str]]
    fields: dict[str, Any] = field(default_factory=dict)

    def title(self) -> None:
        first = self.paragraphs[0][0]
        text = re.sub(r"^(?:#{1,3}\s+|(?:title|headline)\s*:\s*)", "", first, flags=re.IGNORECASE)
        if len(text) > MAX_TITLE:
            # no title was copied: the first sentence serves, and the text stays whole
            self.fields["title"] = sentences(one_line(text))[0][: MAX_TITLE - 60].rpartition(" ")[0] + "…"
            return
        self.fields["title"] = text
        self._drop_first_line()
        while self.paragraphs and self.paragraphs[0][0] == text:
            self._drop_first_line()

    def above(self) -> None:
        """Take the known lines between the title and the first running paragraph; the unknown ones stay."""
        kept: list[list[str]] = []
        while self.paragraphs and not is_prose(" ".join(self.paragraphs[0])):
            paragraph = self.paragraphs.pop(0)
            kept += self._split_known(paragraph)
        if self.paragraphs:
            first = self.paragraphs[0]
            while len(first) > 1 and self._take(first[0]):
                first.pop(0)
            if len(first) == 1 and self._take(first[0]):
                self.paragraphs.pop(0)
        self.paragraphs[:0] = kept

    def below(self) -> None:
        """Take the known lines from the end upwards, and the biography of the author among them."""
        self._about_the_author()
        biography = self._biography()
        taken = 0
        while self.paragraphs:
            last = self.paragraphs[-1]
            line = last[-1]
            name = read_name(line)
            if name and "author" not in self.fields and self._stands_alone(taken):
                self.fields["author"] = name
            elif name and name == self.fields.get("author"):
                pass
            elif not self._take(line):
                break
            taken += 1
            last.pop()
            if not last:
                self.paragraphs.pop()
        if not biography:
            self._biography()

    def within(self) -> None:
        """Take labelled picture credits out of the text, a second, different one stays; and what a page says twice."""
        self._drop_repeated()
        for paragraph in list(self.paragraphs):
            if len(paragraph) == 1 and len(self.paragraphs) > 1:
                found = read_credit(paragraph[0])
                if found and found[0] in (self.fields.get("credit") or found[0]):
                    self.fields.setdefault("credit", found[0])
                    self.fields.setdefault("alt", found[1])
                    self.paragraphs.remove(paragraph)

    def _drop_repeated(self) -> None:
        """Keep the first of running paragraphs that are the same: pages repeat pulled quotes and their teaser."""
        seen: list[list[str]] = []
        for paragraph in self.paragraphs:
            if paragraph not in seen or not is_prose(" ".join(paragraph)):
                seen.append(paragraph)
        self.paragraphs = seen

    def article(self) -> Article:
        texts = ["\n".join(paragraph) for paragraph in self.paragraphs]
        via = self.fields.get("via") or read_agency(texts[0])
        image = Image(src="", alt=self.fields.get("alt", ""), credit=self.fields.get("credit", ""))
        title = one_line(self.fields["title"])
        return Article(
            slug=slugify(title),
            title=title,
            url=self.fields.get("url", ""),
            summary=summarise(texts),
            body="\n\n".join(escape_markdown(text) for text in texts),
            author=self.fields.get("author", ""),
            author_bio=self.fields.get("author_bio", ""),
            source=self.fields.get("source", ""),
            via=via,
            image=image if image.credit or image.alt else None,
            published=self.fields.get("published"),
            tags=self.fields.get("tags", ()),
        )

    def _split_known(self, paragraph: list[str]) -> list[list[str]]:
        unknown = [line for line in paragraph if not self._take(line)]
        return [unknown] if unknown else []

    def _take(self, line: str) -> bool:
        """Store what a line says; False when it is text, or says again what another line said differently."""
        found_credit = read_credit(line)
        if found_credit:
            known = self.fields.setdefault("credit", found_credit[0])
            if found_credit[1]:
                self.fields.setdefault("alt", found_credit[1])
            return bool(known == found_credit[0] or found_credit[0] in known)
        found = read_label(line)
        if found and found[0] == "tags":
            words = tuple(word.strip().lstrip("#") for word in found[1].split(",") if word.strip())
            return self._store("tags", words)
        if found and found[0] == "source" and find_address(found[1]):
            url = find_address(found[1])
            name = found[1].replace(url, "").strip(" ,()-\u2013\u2014")
            return self._store("url", url) and (not name or self._store("source", name))
        if found:
            return self._store(*found)
        for key, value in (
            ("author", read_byline(line)),
            ("published", read_date(line)),
            ("url", read_address(line)),
        ):
            if value:
                self._date_beside(line)
                return self._store(key, value)
        return False

    def _date_beside(self, line: str) -> None:
        """Take the date of `By Name | 3 May 2026`."""
        for part in re.split(r"\s*[|•·\u2013\u2014]\s*", line)[1:]:
            found = read_date(part)
            if found:
                self._store("published", found)

    def _store(self, key: str, value: Any) -> bool:
        return bool(self.fields.setdefault(key, value) == value)

    def _stands_alone(self, taken: int) -> bool:
        """Say whether a name at the end is a signature: something known is below it, or just above it."""
        if len(self.paragraphs) < 2:
            return False
        above = self.paragraphs[-2][-1] if len(self.paragraphs[-1]) == 1 else self.paragraphs[-1][-2]
        return taken > 0 or "author_bio" in self.fields or bool(read_label(above) or read_credit(above))

    def _about_the_author(self) -> None:
        """Take everything below a line `About the author`."""
        for index, paragraph in enumerate(self.paragraphs):
            if (
                index
                and len(self.paragraphs) - index <= 4
                and re.fullmatch(r"(?i)about (?:the|our) (?:author|writer|reporter)s?:?", paragraph[0])
            ):
                rest = [line for part in (paragraph[1:], *self.paragraphs[index + 1 :]) for line in part]
                name = read_name(rest[0]) if len(rest) > 1 else ""
                if name:
                    self.fields.setdefault("author", name)
                    rest = rest[1:]
                elif rest and biography_of(rest[0]):
                    self.fields.setdefault("author", biography_of(rest[0]))
                self.fields["author_bio"] = "\n".join(rest)
                del self.paragraphs[index:]
                return

    def _biography(self) -> bool:
        """Take a biography at the end: below the author's name, or beginning with it."""
        if "author_bio" in self.fields or len(self.paragraphs) < 2:
            return "author_bio" in self.fields
        for size in range(1, min(4, len(self.paragraphs))):
            heading = self.paragraphs[-size - 1]
            name = read_name(heading[-1])
            text = [" ".join(paragraph) for paragraph in self.paragraphs[-size:]]
            if name and is_biography(text[0], name) and name == self.fields.setdefault("author", name):
                self.fields["author_bio"] = "\n\n".join(text)
                del self.paragraphs[-size:]
                heading.pop()
                self.paragraphs = [paragraph for paragraph in self.paragraphs if paragraph]
                return True
        last = " ".join(self.paragraphs[-1])
        name = biography_of(last)
        known = self.fields.get("author", "")
        others = " ".join(line for paragraph in self.paragraphs[:-1] for line in paragraph)
        if name and (name == known or (not known and name.split()[-1] not in others)):
            self.fields.setdefault("author", name)
            self.fields["author_bio"] = last
            self.paragraphs.pop()
            return True
        return False

    def _drop_first_line(self) -> None:
        self.paragraphs[0].pop(0)
        if not self.paragraphs[0]:
            self.paragraphs.pop(0)
