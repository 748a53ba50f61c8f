"""What kind of source some bytes are, by looking at them; a name or content type may help but decides nothing alone."""

import re
from enum import StrEnum

from newsletter.errors import IngestError
from newsletter.models import Place

_DOCUMENTS = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "a word processor's file or an archive"),
    (b"{\\rtf", "a word processor's file"),
    (b"\xd0\xcf\x11\xe0", "a word processor's file"),
    (b"\x1f\x8b", "a packed file"),
)
COPY_TEXT = "Copy the article's text into a .txt file, title first, and add that file."


class Kind(StrEnum):
    """How a source is read; the values are what `--format` takes."""

    TEXT = "text"  # the text of a web page, title first
    MARKDOWN = "markdown"  # with front matter or without
    HTML = "html"  # a saved web page
    CSV = "csv"  # a table with commas, semicolons or tabs
    JSON = "json"  # a list of objects, or one object a line


def refuse_documents(data: bytes, name: str) -> None:
    """Raise IngestError for bytes that are a PDF, a picture or another document that no text can be read from."""
    head = data[:16].lstrip()
    kind = next((what for mark, what in _DOCUMENTS if head.startswith(mark)), "")
    if head[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "a picture"
    if kind:
        raise IngestError(f"{name} is {kind}, and only texts and web pages can be read", remedy=COPY_TEXT)


def kind_of(text: str, name: str) -> Kind:
    """Say how a decoded source is to be read.

    Raises IngestError for a feed, which a command of its own takes.
    """
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    head = text.removeprefix("\ufeff").lstrip()[:1000]
    if re.match(r"(?i)(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*>\s*)*<(?:rss|feed|rdf:RDF)\b", head, re.DOTALL):
        raise IngestError(
            f"{name} is a feed", place=None, remedy=f"Take its entries with `newsletter article feed {name}`."
        )
    if re.match(r"(?i)(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", head, re.DOTALL):
        return Kind.HTML
    if re.match(r"---[ \t]*\r?\n", head) or suffix in {"md", "markdown"}:
        return Kind.MARKDOWN
    by_suffix = {"html": Kind.HTML, "htm": Kind.HTML, "xhtml": Kind.HTML, "csv": Kind.CSV, "tsv": Kind.CSV}
    by_suffix |= {"json": Kind.JSON, "jsonl": Kind.JSON, "ndjson": Kind.JSON}
    if suffix in by_suffix:
        return by_suffix[suffix]
    if suffix in {"txt", "text"}:
        return Kind.TEXT
    if suffix == "xml":
        raise IngestError("this XML is neither a feed nor a web page", place=Place(file=name), remedy=COPY_TEXT)
    if re.match(r"\{\s*\"|\[\s*(?:\{|\"|\])", head):
        return Kind.JSON
    return Kind.CSV if _looks_like_a_table(head) else Kind.TEXT


def _looks_like_a_table(head: str) -> bool:
    """Say whether the first line names a title or address beside other columns."""
    cells = [cell.strip().strip('"').casefold() for cell in re.split(r"[,;\t]", head.partition("\n")[0])]
    return len(cells) > 1 and bool({"title", "titel", "headline", "url", "href", "link"} & set(cells))
