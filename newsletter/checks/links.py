"""Links: the ones the law wants, and the ones a reader can follow."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check, line_of
from newsletter.models import Severity

_GENERIC = re.compile(r"\[(click here|here|read more|more|link)\]\(", re.IGNORECASE)


@check(
    id="N401",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="no unsubscribe link in the mail",
    source="CAN-SPAM §5(a)(3); Gmail and Yahoo sender rules",
    bad=Example(about="the template's footer.mjml is empty", files={"footer.mjml": ""}),
)
def no_unsubscribe(it: Subject) -> Iterator[Hit]:
    """Who finds no way out marks the mail as spam; in most countries it is against the law besides."""
    for part, source in (("HTML", it.compiled.html), ("text", it.compiled.text)):
        if "unsubscribe_url" not in source:
            yield Hit(
                message=f"the {part} part has no unsubscribe link",
                remedy="Put [[ unsubscribe_url ]] into the template's footer.",
            )


@check(
    id="N402",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="no postal address",
    source="CAN-SPAM §5(a)(5)(A)(iii)",
    bad=Example(newsletter={"postal_address": ""}),
)
def no_postal_address(it: Subject) -> Iterator[Hit]:
    """Most countries require one in commercial mail."""
    if not it.newsletter.postal_address.strip():
        yield Hit(
            message="the mail names no postal address",
            remedy="Set `postal_address` in newsletter.toml.",
        )


@check(
    id="N403",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="link without encryption",
    source="browsers warn before opening it",
    bad=Example(article={"url": "http://courier.example.com/lamp"}),
)
def insecure(it: Subject) -> Iterator[Hit]:
    """Nearly every site answers over https:// too; browsers warn before they open the other."""
    for article in it.articles():
        if article.url.startswith("http://"):
            yield Hit(
                message=f"{article.title!r} is linked without encryption: {article.url}",
                remedy="Try the address with https://.",
                place=article.place("url"),
            )


@check(
    id="N404",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="link text that says nothing",
    source="WCAG 2.2 §2.4.4",
    bad=Example(article={"body": "To see the lamp, [click here](https://courier.example.com/lamp)."}),
    good=Example(article={"body": "There is [a film of the lamp](https://courier.example.com/lamp)."}),
)
def generic_text(it: Subject) -> Iterator[Hit]:
    """Screen readers can read out the links of a mail alone, without the sentences around them."""
    for article in it.articles():
        for match in _GENERIC.finditer(article.body):
            yield Hit(
                message=f"a link of {article.title!r} is called {match[1]!r}",
                remedy="Name what it leads to: a screen reader reads links out alone.",
                place=line_of(article.place("body"), article.body, match.start()),
            )
