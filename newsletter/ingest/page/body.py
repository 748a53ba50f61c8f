"""The main text of a page as Markdown, without the lines around it."""

import copy
import logging
import re
from dataclasses import dataclass

from lxml.html import HtmlElement
from trafilatura import extract

from newsletter.content.markdown import MAX_LENGTH
from newsletter.ingest.lines import is_prose, read_byline, read_credit, read_date
from newsletter.ingest.markup import markdown_blocks, parse_html, without_marks

_LOWER = "translate(@class, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
# What stands inside the article's element on many sites and is none of its text.
_NOISE = [
    "//*[self::aside or self::nav or self::form or self::footer or self::dialog]",
    "//figure[not(.//blockquote) and not(.//table) and not(.//pre)]",
    "//*[@role='complementary' or @role='dialog' or @role='navigation' or @aria-hidden='true' or @hidden]",
    "//*["
    + " or ".join(
        f"contains(concat(' ', {_LOWER}), '{name}')"
        for name in (
            *(" related", "-related", " cookie", "consent", " newsletter-", "newsletter-signup", " share", "social"),
            *(" subscribe", "paywall", " promo", " ad-", " ads", "advert", " sponsor", " comments", " breadcrumb"),
            *(" more-stories", " read-next", " readmore", " tags", " byline", " author-", " post-meta", " entry-meta"),
        )
    )
    + "][not(self::body or self::html or self::article or self::main)]",
]
_IDLE = re.compile(
    r"(?i)(?:advertisement|anzeige|werbung|publicit[eé]|sponsored|"
    r"share(?: this)?(?: article| story| post)?|subscribe(?: now)?|"
    r"sign up.{0,60}newsletter.{0,20}|print|comments?|\d+ comments?|read (?:more|also|next)|continue reading.{0,40}|"
    r"\d+ min(?:ute)?s? read|image|photo|loading.{0,3})[.:!]?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MainText:
    """The article's text as Markdown, and what the lines above it say of the author and the date."""

    body: str
    author: str = ""
    published: str = ""


def main_text(tree: HtmlElement, *, title: str, url: str) -> MainText:
    """Return the article's text; empty when the page has none."""
    # the library says on its own what it leaves out; the report of the import says it in our words
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = copy.deepcopy(tree)
    _open_layout_tables(page)
    found = extract(
        page,
        url=url or None,
        output_format="html",
        include_comments=False,
        include_links=True,
        include_formatting=True,
        include_images=False,
        prune_xpath=_NOISE,
    )
    # code in the middle of a sentence comes back as a block
    found = re.sub(r"(?<=[\w,:;.(])\s<pre>([^\n<]*)</pre>", r" <code>\1</code>", found or "")
    blocks = markdown_blocks(parse_html(found), url) if found else []
    above: list[str] = []
    kept = _trimmed(blocks, title, above)
    dates = [date.isoformat() for date in map(read_date, above) if date]
    return MainText(
        body=_within_limit(kept),
        author=next(filter(None, map(read_byline, above)), ""),
        published=next(iter(dates), ""),
    )


def words_of(markdown: str) -> int:
    """Count the words of a text; a script without spaces counts two characters as a word."""
    wide = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", markdown))
    return len(re.findall(r"[^\W_]+", markdown)) + wide // 2


def _trimmed(blocks: list[str], title: str, taken: list[str]) -> list[str]:
    """Take out what repeats and says nothing, and the by-line, date and credit above the text, into `taken`."""
    kept: list[str] = []
    start = next((number for number, block in enumerate(blocks[:6]) if without_marks(block) == title), 0)
    # what stands above the title is a kicker or the path to the page
    for block in [*(block for block in blocks[:start] if is_prose(without_marks(block))), *blocks[start:]]:
        plain = without_marks(block)
        above = not any(is_prose(other) for other in kept)
        if _IDLE.fullmatch(plain) or (plain == title and (above or block.startswith("#"))):
            continue
        if above and (read_byline(plain) or read_date(plain) or read_credit(plain)):
            taken.append(plain)
            continue
        if block in kept and len(plain) > 30:
            continue
        kept.append(block)
    while kept and kept[-1].startswith("#"):
        kept.pop()
    return kept


def _open_layout_tables(page: HtmlElement) -> None:
    """Turn tables that lay out a page, as old sites have them, into plain containers."""
    for table in list(page.iter("table")):
        if any(True for _ in table.iter("h1", "p", "table", "article")) and not any(True for _ in table.iter("th")):
            for part in list(table.iter("table", "tbody", "tr", "td")):
                part.tag = "div"


def _within_limit(blocks: list[str]) -> str:
    """Join the blocks, up to the length that a record may have."""
    size = 0
    kept = []
    for block in blocks:
        size += len(block) + 2
        if size > MAX_LENGTH:
            break
        kept.append(block)
    return "\n\n".join(kept)
