"""Content: whole articles, pictures and quotations, and whose they are."""

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.content.passages import passages
from newsletter.content.markdown import parse_tokens
from newsletter.models import Article, Image, Severity

_DASH = re.compile(r"(?:^|\n)\s*(?:[-–—―]|&mdash;)+\s*\S|\]\(https?:|<https?:")  # noqa: RUF001 - dashes people write
_CUT = re.compile(
    r"(?:\[(?:…|\.\.\.)\]|\(more…?\)|\b(?:read|continue reading|weiterlesen)\s+more\b.{0,3})\s*$", re.IGNORECASE
)


@check(
    id="N501",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="article used in another issue",
    source="readers notice what they have read before",
    bad=Example(
        about="another issue has the same article",
        facts={"used": {"lamp": "issues/first-light/articles/lamp.md (the same address)"}},
    ),
)
def used_before(it: Subject) -> Iterator[Hit]:
    """Compared are address, title and text with those of every other issue."""
    for article in it.articles():
        if article.slug in it.used:
            yield Hit(
                message=f"{article.title!r} looks like what another issue has: {it.used[article.slug]}",
                remedy="Leave it out, or say in it what is new; "
                f"`newsletter article history {article.slug}` shows both.",
                place=article.place("title"),
            )


@check(
    id="N502",
    family=Family.CONTENT,
    severity=Severity.INFO,
    title="picture without a credit",
    source="most licences and agencies ask for the name",
    bad=Example(article={"image": Image(src="images/lamp.jpg", alt="A lighthouse at dawn")}),
)
def no_credit(it: Subject) -> Iterator[Hit]:
    """Whose picture it is, nearly every licence wants to have said beside it."""
    for article in it.articles():
        if article.image and article.image.src and not article.image.credit.strip():
            yield Hit(
                message=f"nobody is named for the picture of {article.title!r}",
                remedy="Say in `image.credit` who made it.",
                place=article.place("image"),
            )


@check(
    id="N503",
    family=Family.CONTENT,
    severity=Severity.INFO,
    title="quotation without a source",
    source="Berne Convention, article 10 (3)",
    bad=Example(article={"body": "They said it:\n\n> Nobody asked us.\n", "source": "", "author": "", "url": ""}),
    good=Example(
        article={"body": "They said it:\n\n> Nobody asked us.\n>\n> — the harbour book\n", "source": "", "url": ""}
    ),
)
def no_attribution(it: Subject) -> Iterator[Hit]:
    """A quotation in an article that names no source, no author and no original has to name its own."""
    for article in it.articles():
        if article.source or article.author or article.url or ">" not in article.body:
            continue
        for line, quoted in _quotations(article):
            if not _DASH.search(quoted):
                yield Hit(
                    message=f"a quotation in {article.title!r} does not say whose it is",
                    remedy="Add a line below it: > — name.",
                    place=replace(article.place("body"), line=line),
                )


def _quotations(article: Article) -> Iterator[tuple[int, str]]:
    start = article.place("body").line or 1
    lines = article.body.split("\n")
    for token in parse_tokens(article.body, article.place("body")):
        if token.type == "blockquote_open" and token.map and token.level == 0:
            begin, end = token.map
            # the line behind the quotation may name its author as well
            text = "\n".join(line.lstrip("> ") for line in lines[begin : end + 2])
            yield start + begin, text


@check(
    id="N504",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="article without a text",
    source="a title alone tells a reader nothing",
    bad=Example(article={"summary": "", "body": ""}),
)
def no_text(it: Subject) -> Iterator[Hit]:
    """A record that was collected and never filled in."""
    for article in it.articles():
        if not article.summary.strip() and not article.body.strip():
            yield Hit(
                message=f"{article.title!r} has neither a summary nor a text",
                remedy="Write `summary:` or a text below the front matter, or leave the article out.",
                place=article.place("title"),
            )


@check(
    id="N505",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="text cut off by a feed",
    source="feeds shorten what they carry: RSS 2.0, <description>",
    bad=Example(article={"summary": "Volunteers rebuilt the lamp on the north […]"}),
    good=Example(article={"summary": "And then the lamp went out …"}),
)
def cut_off(it: Subject) -> Iterator[Hit]:
    """What a feed carries often ends in the middle of a sentence, with `[…]` or "Read more"."""
    for passage in passages(it):
        if passage.article and (match := _CUT.search(passage.text.rstrip())):
            yield Hit(
                message=f"{passage.name} was cut off: it ends with {match[0].strip()!r}",
                remedy="Write the end of the sentence, or drop its beginning.",
                place=passage.place(match.start()),
            )


@check(
    id="N506",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="two articles with one address",
    source="the same story twice in one mail",
    bad=Example(article={"url": "https://town.example.com/seeds"}),
)
def twice(it: Subject) -> Iterator[Hit]:
    """The same original, collected twice under two names."""
    seen: dict[str, Article] = {}
    for article in it.articles():
        first = seen.setdefault(article.url, article)
        if article.url and first is not article:
            yield Hit(
                message=f"{article.title!r} leads to the same page as {first.title!r}",
                remedy="Keep one of the two.",
                place=article.place("url"),
            )
