"""A web page -> an article record. No statement of a page is believed blindly, and nothing is fetched."""

import datetime as dt
import re

from lxml.html import HtmlElement

from newsletter.content.slug import slugify
from newsletter.content.text import one_line
from newsletter.errors import IngestError
from newsletter.ingest.markup import parse_html, plain_text, without_marks
from newsletter.ingest.page.body import main_text, words_of
from newsletter.ingest.page.evidence import Evidence, kept
from newsletter.ingest.page.jsonld import LinkedData, read_linked_data
from newsletter.ingest.page.pictures import clean_credit, lead_picture
from newsletter.ingest.summary import summarise
from newsletter.ingest.taken import Taken
from newsletter.models import Article, Image

SHORT_TEXT = 60
"""Words; a page with fewer is a teaser, which is worth a note."""

MAX_SUMMARY = 600
_ERROR_TITLE = re.compile(
    r"(?i)(?:^|error )\W*(?:404|403|410|50[0234])\b|\b(?:not found|"
    r"page (?:is )?(?:missing|gone|unavailable)|no longer (?:available|exists)|access denied|forbidden|"
    r"are you (?:a )?(?:human|robot)|just a moment|attention required|verify (?:you are|that you)|captcha|"
    r"service unavailable|internal server error|bad gateway|seite nicht gefunden|page introuvable|"
    r"p[aá]gina no encontrada|pagina non trovata)\b"
)


def parse_page(text: str, *, url: str, file: str) -> Taken:
    """Make a record of a page's HTML; `url` is where it was fetched (may be empty), `file` names it in messages.

    `evidence` of the record says for every field where the page states it. Raises IngestError for an error page and for
    one without an article.
    """
    tree = parse_html(text)
    data = read_linked_data(tree)
    evidence = Evidence.of(tree, data, url)
    address, title = evidence.url(), evidence.title()
    read = main_text(tree, title=title[0], url=address[0] or url)
    evidence.text = {"author": read.author, "published": read.published}
    body = read.body
    if words_of(data.body) > 2 * words_of(body):
        body = "\n\n".join(one_line(plain_text(part)) for part in re.split(r"\n\s*\n|\n", data.body) if part.strip())
    _check_article(tree, evidence, body, file)
    image, picture_origin = _picture(tree, evidence, address[0] or url)
    author, published = evidence.author(), evidence.published()
    summary = _summary(evidence, body)
    source = evidence.source()
    article = Article(
        slug=slugify(title[0]),
        title=title[0],
        url=address[0],
        summary=summary[0],
        body=body,
        author=author[0],
        source=source[0],
        image=image,
        published=dt.date.fromisoformat(published[0]) if published[0] else None,
        evidence=kept(
            [
                *(("title", title), ("url", address), ("summary", summary), ("author", author), ("source", source)),
                *(("image", (image.src if image else "", picture_origin)), ("published", published)),
                ("body", (body, "text")),
            ]
        ),
    )
    notes = list(evidence.notes)
    if words_of(body) < SHORT_TEXT:
        notes.append(f"{file} has only {words_of(body)} words of text: it may be a teaser before a paywall")
    if not address[0]:
        notes.append(f"{file} does not say its address: add it with --url")
    return Taken(article=article, notes=tuple(notes))


def _check_article(tree: HtmlElement, evidence: Evidence, body: str, file: str) -> None:
    """Refuse what is no article: a 200 with an error page, a robot check, a page that only scripts can fill."""
    title = evidence.title()[0]
    headings = " ".join(one_line(heading.text_content()) for heading in tree.xpath("//h1")[:2])
    short = words_of(body) < 120
    if short and not evidence.data.title:
        found = _ERROR_TITLE.search(f"{evidence.head_title} {headings}")
        if found:
            raise IngestError(
                f"{file} is an error page, not an article: {(evidence.head_title or headings)[:100]!r}",
                remedy="Open the address in a browser; if the article is there, save the page and add that file.",
            )
    if not title or (not body and not evidence.statements("summary")):
        raise IngestError(
            f"no article was found in {file}",
            remedy="Copy the article's text into a .txt file, title first, and add that file.",
        )


def _summary(evidence: Evidence, body: str) -> tuple[str, str]:
    for stated, origin in evidence.statements("summary"):
        text = re.sub(r"\s*\[(?:\u2026|\.\.\.)\]$", "", stated)
        if words_of(text) >= 4 and len(text) <= MAX_SUMMARY and text != evidence.title()[0]:
            return text, origin
    found = summarise([without_marks(block) for block in body.split("\n\n") if block[:1] not in "#>-|"])
    return found, "text" if found else ""


def _picture(tree: HtmlElement, evidence: Evidence, base: str) -> tuple[Image | None, str]:
    image, origin = lead_picture(tree, evidence.statements("image"), base)
    if image is None:
        return None, ""
    stated = evidence.data if origin == "json-ld" else LinkedData()
    alt = image.alt or evidence.opengraph.get("alt", "") or evidence.meta.get("alt", "") or stated.caption
    return Image(src=image.src, alt=alt, credit=image.credit or clean_credit(stated.credit)), origin
