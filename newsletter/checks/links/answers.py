"""What the web said of the links, when it was asked: `newsletter check ISSUE --links`."""

from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.markup import link_place, written_links
from newsletter.models import LinkResult, LinkVerdict, Severity

_LAMP = "https://courier.example.com/lamp"


def links_to_probe(it: Subject) -> tuple[str, ...]:
    """Return the web addresses that `--links` asks for, in order: none that belongs to one reader."""
    return tuple(dict.fromkeys(link.href for link in written_links(it) if link.href.startswith(("http:", "https:"))))


def _answered(verdict: LinkVerdict, reason: str = "", final: str = "") -> Example:
    result = LinkResult(url=_LAMP, verdict=verdict, reason=reason, final=final)
    return Example(about=reason, facts={"links": {_LAMP: result}})


def _hits(it: Subject, what: str, remedy: str, *verdicts: LinkVerdict) -> Iterator[Hit]:
    for url, result in (it.links or {}).items():
        if result.verdict in verdicts:
            yield Hit(message=f"{what}: {url[:160]}: {result.reason}", remedy=remedy, place=link_place(it, url))


_GOOD = _answered(LinkVerdict.OK)


@check(
    id="N420",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="dead link",
    source="RFC 9110 §15.5.5 and §15.5.11",
    bad=_answered(LinkVerdict.DEAD, "the server has no such page (status 404)"),
    good=_GOOD,
)
def dead(it: Subject) -> Iterator[Hit]:
    """Needs --links. The page or the whole site is gone."""
    yield from _hits(it, "a link is dead", "Find where the page is now, or leave the link out.", LinkVerdict.DEAD)


@check(
    id="N421",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="page that only says it is not there",
    source="RFC 9110 §15.5.5: status 404 is meant for it",
    bad=_answered(LinkVerdict.SOFT_404, "its title is 'Page not found'"),
    good=_GOOD,
)
def soft_404(it: Subject) -> Iterator[Hit]:
    """Needs --links. The server answers as if all were well, but with an excuse or its front page."""
    yield from _hits(it, "a page seems to be gone", "Open it in a browser and look.", LinkVerdict.SOFT_404)


@check(
    id="N422",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="link to a domain for sale",
    source="a domain that was let go shows advertisements in place of the page",
    bad=_answered(LinkVerdict.PARKED, "its title is 'example.net is for sale'"),
    good=_GOOD,
)
def parked(it: Subject) -> Iterator[Hit]:
    """Needs --links. The site is gone, and whoever buys the domain decides what your readers see."""
    yield from _hits(it, "a domain is parked or for sale", "Leave the link out.", LinkVerdict.PARKED)


@check(
    id="N423",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="link with a bad certificate",
    source="RFC 9110 §4.3.4",
    bad=_answered(LinkVerdict.CERTIFICATE, "its certificate is not valid: certificate has expired"),
    good=_GOOD,
)
def wrong_certificate(it: Subject) -> Iterator[Hit]:
    """Needs --links. A browser shows a full page of warning in place of the article."""
    yield from _hits(
        it,
        "browsers will warn of a link",
        "Look for the page elsewhere, or tell the people who run the site.",
        LinkVerdict.CERTIFICATE,
    )


@check(
    id="N424",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="link that leads to another site",
    source="RFC 9110 §15.4",
    bad=_answered(LinkVerdict.MOVED, "it leads to https://fotos.example.net/lamp", "https://fotos.example.net/lamp"),
    good=_GOOD,
)
def moved(it: Subject) -> Iterator[Hit]:
    """Needs --links. The page moved, or its domain has a new owner: look whether it is still what you meant."""
    yield from _hits(it, "a link leads elsewhere", "If it is the right page, use that address.", LinkVerdict.MOVED)


@check(
    id="N425",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="link without an answer",
    source="RFC 9110 §15.6",
    bad=_answered(LinkVerdict.TIMEOUT, "there was no answer in time"),
    good=_GOOD,
)
def no_answer(it: Subject) -> Iterator[Hit]:
    """Needs --links. It may be back tomorrow, or gone."""
    yield from _hits(
        it,
        "a link could not be opened",
        "Try again later, or open it in a browser.",
        LinkVerdict.TIMEOUT,
        LinkVerdict.UNREACHABLE,
    )


@check(
    id="N426",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="links that nobody can judge from here",
    source="RFC 9110 §15.5.4",
    bad=_answered(LinkVerdict.REFUSED, "the server does not answer programs (status 403)"),
    good=_GOOD,
)
def not_told(it: Subject) -> Iterator[Hit]:
    """Needs --links. Many papers answer browsers only; nothing is wrong with such a link as far as is known."""
    unknown = {LinkVerdict.REFUSED, LinkVerdict.SKIPPED}
    urls = [url for url, result in (it.links or {}).items() if result.verdict in unknown]
    if urls:
        more = f" and {len(urls) - 3} more" if len(urls) > 3 else ""
        yield Hit(
            message=f"{len(urls)} of {len(it.links or {})} links could not be judged: {', '.join(urls[:3])}{more}",
            remedy="Open them in a browser.",
            place=it.assembled.issue.place("sections"),
        )
