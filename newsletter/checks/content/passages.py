"""What an editor wrote and a reader reads, piece by piece, with the place of each piece."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsletter.checks.base import Subject, line_of
from newsletter.models import Article, Place

GAP = "\x1f"
"""Stands for what is no prose (code, addresses, slots), so that no pattern reads across it."""

_NO_PROSE = re.compile(
    r"""
    ^(?P<fence>```|~~~).*?^(?P=fence)\s*?$     # fenced code
    | ^(?:\ {4}|\t).*$                         # indented code
    | (?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)
    | (?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"\n]*")?\)   # the target of a link
    | <(?:https?|mailto):[^>\s]*>
    | https?://[^\s<>)\]]+
    | \[\[.*?\]\] | \[%.*?%\]                  # slots
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


_TAGS = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text as it stands in its file, without code, addresses and slots; `name` says what it is."""

    text: str
    start: Place
    name: str
    markdown: bool = False
    article: Article | None = None

    def place(self, index: int) -> Place:
        """Where the character at an index stands."""
        return line_of(self.start, self.text, index) if self.markdown else self.start


def passages(it: Subject) -> Iterator[Passage]:
    """Yield every text of the issue in reading order."""
    issue = it.assembled.issue
    yield Passage(text=_prose(issue.subject), start=issue.place("subject"), name="the subject")
    yield Passage(text=_prose(issue.preheader), start=issue.place("preheader"), name="the preheader")
    yield Passage(
        text=_prose(issue.introduction, markdown=True),
        start=issue.place("introduction"),
        name="the introduction",
        markdown=True,
    )
    for section in issue.sections:
        here = Place(file=issue.file or issue.slug, line=section.line)
        yield Passage(text=_prose(section.title), start=here, name=f"the title of the section {section.title!r}")
        yield Passage(text=_prose(section.note), start=here, name=f"the note of the section {section.title!r}")
        for slug in section.articles:
            yield from _of_article(it.assembled.articles[slug])


def _of_article(article: Article) -> Iterator[Passage]:
    for key, text in (
        ("title", article.title),
        ("summary", article.summary),
        ("author", article.author),
        ("author_bio", article.author_bio),
        ("source", article.source),
        ("image.alt", article.image.alt if article.image else ""),
        ("image.credit", article.image.credit if article.image else ""),
    ):
        if text:
            place = article.place(key if key in article.lines else key.partition(".")[0])
            yield Passage(text=_prose(text), start=place, name=f"`{key}` of {article.title!r}", article=article)
    yield Passage(
        text=_prose(article.body, markdown=True),
        start=article.place("body"),
        name=f"the text of {article.title!r}",
        markdown=True,
        article=article,
    )


@lru_cache(maxsize=1024)
def _prose(text: str, *, markdown: bool = False) -> str:
    def gap(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", GAP, match[0])

    # in Markdown a tag is mark-up; in a plain text it is what a reader sees
    return _NO_PROSE.sub(gap, _TAGS.sub(gap, text) if markdown else text)
