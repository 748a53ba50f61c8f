"""What a link says, and how often: names without meaning, names that deceive, links upon links."""

import re
from collections import Counter
from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.markup import Link, host_of, link_place, links_of, written_links
from newsletter.models import Severity
from newsletter.web.domain import registrable_domain

_POINTING = {
    *("click here", "click", "here", "link", "this link", "this", "website", "page", "this page"),
    *("hier klicken", "klicken sie hier", "klick hier", "hier", "dieser link", "diese seite"),
    *("cliquez ici", "cliquer ici", "ici", "ce lien", "haga clic aquí", "haz clic aquí", "clic aquí", "aquí"),
    *("este enlace", "enlace"),
}
"""Texts that only point, in English, German, French and Spanish."""

_READ_ON = {
    *("read more", "more", "read on", "learn more", "find out more", "see more", "details", "more details"),
    *("more info", "more information", "mehr", "mehr lesen", "weiterlesen", "mehr erfahren", "lesen sie mehr"),
    *("mehr dazu", "weitere informationen", "zum artikel", "mehr infos", "lire la suite", "en savoir plus", "plus"),
    *("lire plus", "suite", "voir plus", "plus d'infos", "plus d'informations", "leer más", "más"),
    *("seguir leyendo", "más información", "ver más", "saber más"),
}
"""Texts that say enough on a button below an article's title (WCAG 2.2 §2.4.4, in context), not inside its text."""

_SHORTENERS = {
    *("bit.ly", "bitly.com", "j.mp", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "v.gd", "buff.ly", "rb.gy"),
    *("rebrand.ly", "cutt.ly", "shorturl.at", "tiny.cc", "t.ly", "bl.ink", "soo.gd", "adf.ly", "s.id", "lnkd.in"),
    *(
        "trib.al",
        "dlvr.it",
        "ift.tt",
        "shorte.st",
        "u.to",
        "clck.ru",
        "qr.ae",
        "urlz.fr",
        "kurzelinks.de",
        "shorturl.com",
    ),
}
"""Services whose links hide where they lead; the one a company runs for its own pages is not among them."""

_LOOKS_LIKE_A_HOST = re.compile(
    r"(?:https?://)?(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_OFTEN = 5
_MANY = 60


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
    for link in links_of(it):
        said = re.sub(r"[^\w' ]+", " ", link.text.replace("\u2019", "'")).strip().lower()
        if said not in _POINTING and said not in _READ_ON:
            continue
        written = it.place_of(f"[{link.text}](")
        if said in _POINTING or written:
            yield Hit(
                message=f"a link is called {link.text[:40]!r}, which does not say where it leads",
                remedy="Name what it leads to: a screen reader reads links out alone.",
                place=written or link_place(it, link.href),
            )


@check(
    id="N414",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="link without a text",
    source="WCAG 2.2 §2.4.4, failure F89",
    bad=Example(
        html='<p><a href="https://courier.example.com/"><img src="https://courier.example.com/x.png" alt=""></a></p>'
    ),
)
def nameless(it: Subject) -> Iterator[Hit]:
    """A screen reader spells the address out, letter by letter; a linked picture needs an alt text."""
    for link in links_of(it):
        if not link.text and not (link.element.get("title") or "").strip():
            picture = next(link.element.iter("img"), None)
            src = "" if picture is None else picture.get("src") or ""
            if picture is not None and (picture.get("alt") is None or _is_record_picture(it, src)):
                continue  # N301 says it
            what = "a link has no text" if picture is None else f"the linked picture {src[:80]} has no alt text"
            yield Hit(
                message=f"{what}: {link.href[:120]}",
                remedy="Say where it leads: in words between <a> and </a>, or in the picture's alt text.",
                place=link_place(it, link.href),
            )


def _is_record_picture(it: Subject, src: str) -> bool:
    return any(article.image and src.endswith(article.image.src) for article in it.articles())


@check(
    id="N415",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="text shows another site than the link opens",
    source="SpamAssassin rule HTTPS_HTTP_MISMATCH; Gmail warns of it as phishing",
    bad=Example(article={"body": "All photos are at [courier.example.com](https://fotos.example.net/lamp)."}),
    good=Example(article={"body": "All photos are at [courier.example.com](https://www.courier.example.com/lamp)."}),
)
def other_host(it: Subject) -> Iterator[Hit]:
    """That is how phishing looks, and filters judge by looks."""
    for link in written_links(it):
        shown = _LOOKS_LIKE_A_HOST.fullmatch(link.text.strip().rstrip(".,;:)"))
        if not shown or not link.host or "@" in link.text:
            continue
        named = host_of(f"https://{shown['host']}")
        known = registrable_domain(named) != named or named.count(".") == 1
        if known and _public_suffix_known(named) and registrable_domain(named) != registrable_domain(link.host):
            yield Hit(
                message=f"a link shows {named} and opens {link.host}",
                remedy="Show the site that it opens, or words.",
                place=link_place(it, link.href),
            )


def _public_suffix_known(host: str) -> bool:
    """A file like `report.pdf` looks like a host too; what ends like a file is none."""
    return host.rpartition(".")[2] not in {
        "pdf",
        "html",
        "htm",
        "php",
        "doc",
        "docx",
        "xlsx",
        "jpg",
        "png",
        "txt",
        "js",
    }


@check(
    id="N416",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="shortened link",
    source="a shortened address hides its host; block lists name the shorteners that are abused",
    bad=Example(article={"url": "https://bit.ly/3xLamp"}),
)
def shortener(it: Subject) -> Iterator[Hit]:
    """Spam hides behind the same services, so that filters distrust them; and nobody sees where the link leads."""
    for href in dict.fromkeys(link.href for link in written_links(it) if link.host in _SHORTENERS):
        yield Hit(
            message=f"a link hides where it leads: {href[:120]}",
            remedy="Open it once and use the address that it leads to.",
            place=link_place(it, href),
        )


@check(
    id="N417",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="the same address many times",
    source="W3C technique H2: adjacent links to the same place are a nuisance to screen readers",
    bad=Example(
        article={"body": " ".join(f"[Part {number}](https://courier.example.com/lamp)." for number in range(4))}
    ),
    good=Example(
        article={"body": " ".join(f"[Part {number}](https://courier.example.com/{number})." for number in range(4))}
    ),
)
def often_the_same(it: Subject) -> Iterator[Hit]:
    """Picture, title and button of an article lead to one page, and that is enough."""
    counted = Counter(link.href for link in written_links(it))
    for href, count in counted.items():
        if count > _OFTEN and href.startswith("http"):
            yield Hit(
                message=f"{count} links lead to {href[:120]}",
                remedy="Keep the one where a reader looks for it.",
                place=link_place(it, href),
            )


@check(
    id="N418",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="very many links",
    source="limit of this tool: 60 addresses; a reader follows one or two",
    bad=Example(
        about="an article with 61 links",
        article={"body": " ".join(f"[Lamp {number}](https://courier.example.com/{number})" for number in range(61))},
    ),
)
def too_many(it: Subject) -> Iterator[Hit]:
    """Readers do not find what matters, and some filters count links."""
    count = len(_addresses(written_links(it)))
    if count > _MANY:
        yield Hit(
            message=f"the mail links to {count} addresses",
            remedy="Leave some out, or collect them on a page and link to that.",
            place=it.assembled.issue.place("sections"),
        )


def _addresses(links: Iterator[Link]) -> set[str]:
    return {link.href for link in links if link.href.startswith("http")}
