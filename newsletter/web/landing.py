"""A page that came with status 200 -> whether it is what the link promised: parked, or a "not found" in disguise.

Only what cannot be an article is called so: a title that consists of the words, or a script of a parking company.
"""

import html
import re
from urllib.parse import urlsplit

from newsletter.models import LinkVerdict
from newsletter.web.domain import registrable_domain

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[|–—·•»«]|\s-|-\s|\.{2,}|…)\s*")  # noqa: RUF001 - dashes as titles have them

_NOT_FOUND = re.compile(
    r"(?:error|fehler|erreur|http)?\s*404(?:\s*(?:error|fehler|not found|page not found|file not found))?"
    r"|(?:(?:the|this)\s)?(?:page|file|article|content|site)\s(?:(?:was|could|is|can)\s?)?(?:not|n't)\s(?:be\s)?"
    r"(?:found|available)|not found|nothing found|page (?:does ?n.t exist|unavailable)|(?:error )?page not found"
    r"|(?:seite|artikel|inhalt) (?:wurde )?(?:leider )?nicht (?:gefunden|verfügbar|vorhanden)|nicht gefunden"
    r"|(?:page|article|contenu) (?:introuvable|non trouvée?|inexistante?)"
    r"|(?:página|artículo|contenido) no encontrad[ao]|no encontrad[ao]|pagina non trovata|pagina niet gevonden",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(
    r"(?:the |this )?(?:premium )?(?:domain|domain name|website|[\w-]+(?:\.[\w-]+)+)(?: name)?(?: is| may be| steht)?"
    r"(?: for sale| parked| zum verkauf| à vendre| en venta)!?|parked domain(?: name)?|domain parking"
    r"|buy this domain|domain (?:has )?expired",
    re.IGNORECASE,
)
_SELLERS = (
    *("sedoparking.com", "sedo.com", "parkingcrew.net", "bodis.com", "dan.com", "afternic.com", "hugedomains.com"),
    *("above.com", "parklogic.com", "namebright.com", "undeveloped.com", "skenzo.com", "domainmarket.com"),
)
_SELLERS_SCRIPT = re.compile(
    r"(?:\bsrc\s*=|location(?:\.href)?\s*=|\burl\s*=|location\.replace\()\s*[\"']?(?:https?:)?//(?:[\w-]+\.)*"
    rf"(?:{'|'.join(re.escape(name) for name in _SELLERS)}|d38psrni17bvxu\.cloudfront\.net)/"
    r"|location\.href\s*=\s*[\"']/lander[\"']",
    re.IGNORECASE,
)
_ERROR_PAGE = re.compile(r"/(?:(?:error-?)?404|(?:page-?)?not-?found)(?:\.\w+)?/?$", re.IGNORECASE)
_LARGE = 60_000
"""Characters; a page of a parking company has far fewer, a page that merely mentions one may have more."""

_FRONT = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:index\.(?:html?|php))?", re.IGNORECASE)


def judge_page(asked: str, final: str, page: str) -> tuple[LinkVerdict, str]:
    """Say what a page is that was found behind a link, and why; `page` may be empty or cut short."""
    judged = _by_title(title_of(page)) or _by_seller(asked, final, page)
    if judged:
        return judged
    if final != asked and _ERROR_PAGE.search(urlsplit(final).path):
        return LinkVerdict.SOFT_404, f"it leads to {final[:120]}"
    if _lost_its_path(asked, final):
        return LinkVerdict.SOFT_404, f"it leads to the front page, {final[:120]}"
    return LinkVerdict.OK, ""


def _by_title(title: str) -> tuple[LinkVerdict, str] | None:
    for part in _BETWEEN.split(title):
        if _FOR_SALE.fullmatch(part):
            return LinkVerdict.PARKED, f"its title is {title[:80]!r}"
        if _NOT_FOUND.fullmatch(part):
            return LinkVerdict.SOFT_404, f"its title is {title[:80]!r}"
    return None


def _by_seller(asked: str, final: str, page: str) -> tuple[LinkVerdict, str] | None:
    whose = registrable_domain(urlsplit(final).hostname or "")
    if whose in _SELLERS and whose != registrable_domain(urlsplit(asked).hostname or ""):
        return LinkVerdict.PARKED, f"it leads to {whose}, where domains are sold"
    if len(page) < _LARGE and _SELLERS_SCRIPT.search(page):
        return LinkVerdict.PARKED, "it shows the page of a company that parks domains"
    return None


def title_of(page: str) -> str:
    """Return the title of an HTML page on one line."""
    found = _TITLE.search(page)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def decode_page(body: bytes, content_type: str) -> str:
    """Decode a page well enough to read its title: the charset that it names, else UTF-8."""
    named = _CHARSET.search(content_type) or _CHARSET.search(body[:2048].decode("ascii", "replace"))
    try:
        return body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _lost_its_path(asked: str, final: str) -> bool:
    one, two = urlsplit(asked), urlsplit(final)
    if (one.hostname or "").removeprefix("www.") != (two.hostname or "").removeprefix("www."):
        return False
    if two.query or not _FRONT.fullmatch(two.path) or _FRONT.fullmatch(one.path):
        return False
    steps = [step for step in one.path.split("/") if step]
    return len(steps) > 1 or bool(re.search(r"[-_\d]", steps[-1]))
