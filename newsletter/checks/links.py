"""Links: the ones the law wants, and the ones a reader can follow."""

import re
from collections.abc import Iterator

from newsletter.checks.base import Check, Hit, Subject
from newsletter.models import Severity

_GENERIC = re.compile(r"\[(click here|here|read more|more|link)\]\(", re.IGNORECASE)


def _no_unsubscribe(it: Subject) -> Iterator[Hit]:
    for part, source in (("HTML", it.compiled.html), ("text", it.compiled.text)):
        if "unsubscribe_url" not in source:
            yield Hit(
                message=f"the {part} part has no unsubscribe link",
                remedy="Put [[ unsubscribe_url ]] into the template's footer.",
            )


def _no_postal_address(it: Subject) -> Iterator[Hit]:
    if not it.newsletter.postal_address.strip():
        yield Hit(
            message="the mail names no postal address",
            remedy="Set `postal_address` in newsletter.toml.",
        )


def _insecure(it: Subject) -> Iterator[Hit]:
    for article in it.articles():
        if article.url.startswith("http://"):
            yield Hit(
                message=f"{article.title!r} is linked without encryption: {article.url}",
                remedy="Try the address with https://.",
                place=article.place("url"),
            )


def _generic_text(it: Subject) -> Iterator[Hit]:
    for article in it.articles():
        for match in _GENERIC.finditer(article.body):
            yield Hit(
                message=f"a link of {article.title!r} is called {match[1]!r}",
                remedy="Name what it leads to: a screen reader reads links out alone.",
                place=article.place("body"),
            )


CHECKS = (
    Check(
        id="N401",
        severity=Severity.ERROR,
        title="no unsubscribe link in the mail",
        source="CAN-SPAM §5(a)(3); Gmail and Yahoo sender rules",
        run=_no_unsubscribe,
    ),
    Check(
        id="N402",
        severity=Severity.WARNING,
        title="no postal address",
        source="CAN-SPAM §5(a)(5)(A)(iii)",
        run=_no_postal_address,
    ),
    Check(
        id="N403",
        severity=Severity.INFO,
        title="link without encryption",
        source="browsers warn before opening it",
        run=_insecure,
    ),
    Check(
        id="N404",
        severity=Severity.WARNING,
        title="link text that says nothing",
        source="WCAG 2.2 §2.4.4",
        run=_generic_text,
    ),
)
