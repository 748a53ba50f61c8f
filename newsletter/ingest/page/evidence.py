"""Which statement of a page counts: the evidence of every field in its order, and where it came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from newsletter.ingest.dates import parse_date
from newsletter.ingest.page.jsonld import LinkedData
from newsletter.ingest.page.meta import META, OPENGRAPH, clean_author, head_title, read_markup, read_named

Statement = tuple[str, str]
"""A text and where it stands: `json-ld`, `opengraph`, `meta`, `html`, `text` or `address`."""


@dataclass(slots=True, kw_only=True)
class Evidence:
    """Everything a page states, asked field by field; `notes` tell a person what was stated and is wrong."""

    data: LinkedData
    opengraph: dict[str, str]
    meta: dict[str, str]
    markup: dict[str, str]
    head_title: str
    address: str
    text: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, tree: HtmlElement, data: LinkedData, address: str) -> "Evidence":
        """Gather what a parsed page states; `address` is where it was fetched, or empty."""
        return cls(
            data=data,
            opengraph=read_named(tree, OPENGRAPH),
            meta=read_named(tree, META),
            markup=read_markup(tree),
            head_title=head_title(tree),
            address=address,
        )

    def statements(self, name: str) -> list[Statement]:
        """Return the filled statements about a field: JSON-LD, Open Graph, meta, mark-up, the lines above the text."""
        found = (
            (getattr(self.data, name, ""), "json-ld"),
            (self.opengraph.get(name, ""), "opengraph"),
            (self.meta.get(name, ""), "meta"),
            (self.markup.get(name, ""), "html"),
            (self.text.get(name, ""), "text"),
        )
        return [(text, origin) for text, origin in found if text]

    def url(self) -> Statement:
        """Return the page's canonical address: `link rel=canonical`, Open Graph, JSON-LD, then where it was fetched."""
        stated = [
            (self.markup.get("url", ""), "html"),
            (self.opengraph.get("url", ""), "opengraph"),
            (self.data.url, "json-ld"),
        ]
        for text, origin in stated:
            whole = _join(self.address, text) if text else ""
            if re.fullmatch(r"https?://[^\s/<>\"\\]+[^\s<>\"\\]*", whole) and not self._is_front_page(whole):
                return whole.partition("#")[0], origin
        return self.address.partition("#")[0], "address" if self.address else ""

    def source(self) -> Statement:
        """Return the site's name; without a stated one its host."""
        for text, origin in self.statements("source"):
            if not re.match(r"https?://|@", text):
                return text, origin
        heading = self.markup.get("title", "")
        if heading and self.head_title.startswith(heading):
            rest = re.fullmatch(
                r"\s*(?:\||\s[\u2013\u2014\u00b7\u00bb:-])\s*([^|\u2013\u2014]{2,60})", self.head_title[len(heading) :]
            )
            if rest:
                return rest[1].strip(), "html"
        host = (urlsplit(self.url()[0]).hostname or "").removeprefix("www.")
        return host, "address" if host else ""

    def title(self) -> Statement:
        """Return the title without the site's name behind it."""
        site = self.source()[0]
        for text, origin in [*self.statements("title"), (self.head_title, "html")]:
            clean = without_site(text, site)
            if clean and clean != site:
                return clean, origin
        return "", ""

    def author(self) -> Statement:
        """Return the author or authors; a site that names itself names nobody."""
        site = self.source()[0].casefold()
        for text, origin in self.statements("author"):
            names = [
                name for name in clean_author(text).split(", ") if name.casefold() not in {site, "admin", "editor"}
            ]
            if names and "@" not in text:
                return ", ".join(names), origin
        return "", ""

    def published(self) -> Statement:
        """Return the first stated date that is one, as 2026-11-27; else the one in the address."""
        for text, origin in self.statements("published"):
            date = parse_date(text)
            if date:
                return date.isoformat(), origin
            self.notes.append(f"the page gives its date as {text[:60]!r}, which is no date")
        found = re.search(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-])", self.url()[0])
        date = parse_date(f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}") if found else None
        return (date.isoformat(), "address") if date else ("", "")

    def _is_front_page(self, url: str) -> bool:
        """Say whether a canonical address is the site's front page, which some content systems write everywhere."""
        deep = urlsplit(self.address).path.strip("/") or urlsplit(self.address).query
        return bool(deep) and not urlsplit(url).path.strip("/") and not urlsplit(url).query


def without_site(title: str, site: str) -> str:
    """Return a title without ` | Site` behind or before it."""
    parts = re.split(r"\s+[|\u2013\u2014\u00b7\u00bb:-]\s+|\s*\|\s*", title)
    same = {re.sub(r"\W", "", site.casefold()), re.sub(r"\W", "", site.casefold().rpartition(".")[0])}
    if len(parts) > 1 and site:
        if re.sub(r"\W", "", parts[-1].casefold()) in same:
            return title[: title.rindex(parts[-1])].rstrip(" |\u2013\u2014\u00b7\u00bb:-")
        if re.sub(r"\W", "", parts[0].casefold()) in same:
            return title[len(parts[0]) :].lstrip(" |\u2013\u2014\u00b7\u00bb:-")
    return title


def kept(found: Iterable[tuple[str, Statement]]) -> dict[str, str]:
    """Return where each filled field came from, for the record's `evidence`."""
    return {name: origin for name, (text, origin) in found if text and origin}


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""
