"""What an address itself shows: that it leads nowhere, only here, or farther than it should."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.markup import Link, host_of, link_place, written_links
from newsletter.content.canonical import is_tracking
from newsletter.models import Severity

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_USUAL = {"http", "https", "mailto", "tel", "sms"}
_PHONE = re.compile(r"\+?[0-9()./\s-]{3,}(?:;[\w=+.-]+)*")
_MAIL = re.compile(r"[^@\s,;<>]+@(?:[\w-]+\.)+[\w-]{2,}", re.UNICODE)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_LOCAL = re.compile(
    r"localhost|[^.]+|.+\.(?:local|localdomain|localhost|internal|intranet|lan|corp|home|test|invalid|home\.arpa)"
)


def _scheme(href: str) -> str:
    found = _SCHEME.match(href)
    return found[1].lower() if found else ""


def _web_links(it: Subject) -> Iterator[Link]:
    for link in written_links(it):
        if _scheme(link.href) in {"http", "https"} and not _why_broken(link.href.strip()):
            yield link


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


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
    for href in dict.fromkeys(link.href for link in _web_links(it) if _scheme(link.href) == "http"):
        yield Hit(
            message=f"a link is not encrypted: {href[:200]}",
            remedy="Try the address with https://.",
            place=link_place(it, href),
        )


@check(
    id="N406",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="broken or empty address",
    source="RFC 3986 §3",
    bad=Example(
        about="a link without an address", html='<p><a href="https://">The lamp</a> and <a href="">more</a></p>'
    ),
)
def broken_address(it: Subject) -> Iterator[Hit]:
    """A reader who follows such a link sees an error page, or nothing happens."""
    for link in written_links(it):
        href = link.href.strip()
        if why := _why_broken(href):
            yield Hit(
                message=f"the link {link.text[:60]!r} {why}" + (f": {href[:200]}" if href else ""),
                remedy="Copy the address again, from https:// on.",
                place=link_place(it, href),
            )


def _why_broken(href: str) -> str:
    if href in {"", "#"}:
        return "has no address"
    if _scheme(href) not in {"http", "https"}:
        return ""
    try:
        parts = urlsplit(href)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "has an address that cannot be read"
    if not host or re.search(r"[\s\"<>{}|\\^`]", href):
        return "has an address with characters that no address has" if host else "has an address without a host"
    labels = host.removesuffix(".").split(".")
    sound = host not in {"http", "https"} and all(_LABEL.fullmatch(label) for label in labels)
    return "" if sound or _is_ip(host) else "has a host name that cannot exist"


@check(
    id="N407",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="address that is complete only on a web page",
    source="RFC 3986 §4.2: a mail has no address that it could be relative to",
    bad=Example(html='<p><a href="/archive/2026">All issues</a></p>'),
    good=Example(html='<p><a href="https://weekly.example.com/archive/2026">All issues</a></p>'),
)
def relative(it: Subject) -> Iterator[Hit]:
    """A mail is not on a site, so that `/archive` leads nowhere."""
    for link in written_links(it):
        href = link.href.strip()
        if href and not href.startswith("#") and not _scheme(href):
            yield Hit(
                message=f"the link {link.text[:60]!r} is not complete: {href[:200]}",
                remedy="Write it from https:// on.",
                place=link_place(it, href),
            )


@check(
    id="N408",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="link that is no address",
    source="Gmail and Outlook remove them; filters take them for an attack",
    bad=Example(html='<p><a href="javascript:print()">Print this mail</a></p>'),
    good=Example(html='<p><a href="mailto:editors@weekly.example.com">Write to us</a></p>'),
)
def no_web_address(it: Subject) -> Iterator[Hit]:
    """Scripts, files and data in links do not work in mail programs, and such mails end among the spam."""
    for link in written_links(it):
        scheme = _scheme(link.href)
        if scheme and scheme not in _USUAL:
            yield Hit(
                message=f"the link {link.text[:60]!r} is a `{scheme}:` link, which mail programs remove",
                remedy="Link to a page, from https:// on.",
                place=link_place(it, link.href),
            )


@check(
    id="N409",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="number in place of a host name",
    source="SpamAssassin rules NORMAL_HTTP_TO_IP and NUMERIC_HTTP_ADDR",
    bad=Example(article={"url": "https://93.184.216.34/lamp"}),
)
def bare_ip(it: Subject) -> Iterator[Hit]:
    """Spam links to bare numbers; newsletters link to names."""
    for href in dict.fromkeys(link.href for link in _web_links(it) if _is_ip(link.host)):
        yield Hit(
            message=f"a link has a number in place of a host name: {href[:200]}",
            remedy="Link to the site by its name.",
            place=link_place(it, href),
        )


@check(
    id="N410",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="host that only this network knows",
    source="RFC 6762 §3, RFC 2606 §2",
    bad=Example(article={"url": "https://staging.courier.local/lamp"}),
)
def local_host(it: Subject) -> Iterator[Hit]:
    """`localhost` and names of an office network lead readers nowhere."""
    for link in {link.href: link for link in _web_links(it)}.values():
        if link.host and not _is_ip(link.host) and _LOCAL.fullmatch(link.host):
            yield Hit(
                message=f"a link leads to a host that readers cannot reach: {link.href[:200]}",
                remedy="Link to the public address of the page.",
                place=link_place(it, link.href),
            )


@check(
    id="N411",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="tracking parameters of somebody else",
    source="https://developer.mozilla.org/en-US/docs/Web/Privacy: link decoration",
    bad=Example(article={"url": "https://courier.example.com/lamp?utm_source=rss&fbclid=x1"}),
    good=Example(article={"url": "https://courier.example.com/lamp?page=2"}),
)
def tracking(it: Subject) -> Iterator[Hit]:
    """They say of your readers that they came from where *you* found the page."""
    ours = {host_of(it.newsletter.site_url), it.newsletter.sender.email.rpartition("@")[2]}
    for href in dict.fromkeys(link.href for link in _web_links(it)):
        if host_of(href) in ours:
            continue
        named = [name for name, _ in parse_qsl(urlsplit(href).query, keep_blank_values=True) if is_tracking(name)]
        if named:
            yield Hit(
                message=f"a link carries the tracking of where it was found ({', '.join(named)[:80]}): {href[:200]}",
                remedy="Cut these parameters off the address.",
                place=link_place(it, href),
            )


@check(
    id="N412",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="mail address or telephone number that cannot be one",
    source="RFC 6068 §2, RFC 3966 §3",
    bad=Example(html='<p><a href="mailto:editors">Write</a> or <a href="tel:call-us">call</a></p>'),
    good=Example(
        html='<p><a href="mailto:a@weekly.example.com?subject=x">Write</a> or <a href="tel:+49-40-123">call</a></p>'
    ),
)
def wrong_contact(it: Subject) -> Iterator[Hit]:
    """The mail program opens, and then cannot send or dial."""
    for link in written_links(it):
        scheme, _, rest = link.href.partition(":")
        what = rest.partition("?")[0].replace("%20", " ").replace("%40", "@")
        mail = scheme.lower() == "mailto" and not all(_MAIL.fullmatch(one.strip()) for one in what.split(","))
        if mail and not what and "to=" in rest:
            continue
        if mail or (scheme.lower() in {"tel", "sms"} and not _PHONE.fullmatch(what.strip())):
            yield Hit(
                message=f"{link.href[:120]} leads to no {'mail address' if mail else 'telephone number'}",
                remedy="Write mailto:name@example.com, or tel:+49401234567 with the code of the country.",
                place=link_place(it, link.href),
            )


@check(
    id="N413",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="link to a part of the mail that is not there",
    source="HTML Living Standard §7.4.6.4",
    bad=Example(html='<p><a href="#contents">Contents</a></p>'),
    good=Example(html='<h2 id="contents">Contents</h2><p><a href="#contents">Contents</a></p>'),
)
def anchor_to_nowhere(it: Subject) -> Iterator[Hit]:
    """Nothing happens when a reader follows it."""
    names = set(it.tree.xpath("//@id")) | set(it.tree.xpath("//a/@name"))
    for link in written_links(it):
        name = link.href.strip()
        if len(name) > 1 and name.startswith("#") and name[1:] not in names:
            yield Hit(
                message=f"the link {link.text[:60]!r} leads to {name[:60]}, which the mail does not have",
                remedy="Give the element that it should lead to this id, or leave the link out.",
                place=link_place(it, name),
            )
