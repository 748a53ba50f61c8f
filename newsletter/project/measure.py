"""How much of the mail each article is: bytes of decoded HTML, words, reading time.

An article is what the mail lacks when it is compiled without it, so that it is exact for any template; the
only article of a section counts that section's title too, when the template leaves empty sections out.
"""

import re
from dataclasses import dataclass, replace
from html import unescape

from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.models import AssembledIssue, Newsletter, Section, Template
from newsletter.render import compile_issue

WORDS_A_MINUTE = 230


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMeasure:
    """One article in the mail; `end` is the byte of the HTML behind it."""

    slug: str
    bytes: int
    words: int
    end: int

    @property
    def seconds(self) -> int:
        """Reading time at 230 words a minute."""
        return round(self.words * 60 / WORDS_A_MINUTE)


def measure_issue(
    assembled: AssembledIssue, template: Template, newsletter: Newsletter
) -> tuple[int, tuple[ArticleMeasure, ...]]:
    """Return the bytes of the whole HTML for an invented reader, and each article's part of it, in order.

    Compiles the issue once for each article, 15 ms each. Raises what compiling raises.
    """

    def html(issue: AssembledIssue) -> bytes:
        compiled = compile_issue(issue, template, newsletter)
        return MessageTemplate(compiled, newsletter).content(sample_reader(newsletter, issue.issue.slug)).html.encode()

    whole = html(assembled)
    words = _words(whole)
    found = []
    for section in assembled.issue.sections:
        for slug in section.articles:
            rest = html(_without(assembled, slug))
            end = len(whole) - _common_end(whole, rest)
            found.append(ArticleMeasure(slug=slug, bytes=len(whole) - len(rest), words=words - _words(rest), end=end))
    return len(whole), tuple(found)


def _without(assembled: AssembledIssue, slug: str) -> AssembledIssue:
    def cut(section: Section) -> Section:
        return replace(section, articles=tuple(name for name in section.articles if name != slug))

    sections = tuple(cut(section) for section in assembled.issue.sections)
    return replace(assembled, issue=replace(assembled.issue, sections=sections))


def _common_end(one: bytes, two: bytes) -> int:
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        if one[-middle:] == two[-middle:]:
            low = middle
        else:
            high = middle - 1
    return low


def _words(html: bytes) -> int:
    text = re.sub(r"(?s)<(style|head|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", html.decode())
    return len(re.findall(r"\w+(?:['\u2019-]\w+)*", unescape(text)))
