"""Make the HTML small where it cannot matter: comments that are not conditional, white space between tags."""

import re

_KEEP = re.compile(r"<(?:!--.*?-->|(?P<tag>pre|textarea|style|script)\b.*?</(?P=tag)\s*>)", re.DOTALL | re.IGNORECASE)
_CONDITIONAL = re.compile(
    # hidden from all but Outlook, as a whole; of what is hidden from Outlook alone, the two brackets
    r"<!--\[if (?![^\]]*\]><!-->).*?<!\[endif\]-->|<!--<!\[endif\]-->|<!--\[if [^\]]*\]><!-->",
    re.DOTALL,
)
_BLOCKS = (
    *("table", "tbody", "thead", "tr", "td", "th", "div", "p", "ul", "ol", "li", "h[1-6]", "blockquote"),
    *("head", "body", "html", "meta", "title", "style", "link", "center"),
)
_NEIGHBOURS = re.compile(r"(<!--\[if ([^\]]*)\]>(?:(?!<!\[endif\]).)*)<!\[endif\]--><!--\[if \2\]>(?!<!-->)", re.DOTALL)
_BEFORE_BLOCK = re.compile(rf" (</?(?:{'|'.join(_BLOCKS)})\b)", re.IGNORECASE)
_AFTER_BLOCK = re.compile(rf"(</?(?:{'|'.join(_BLOCKS)})\b[^<>]*>) ", re.IGNORECASE)


def tidy(html: str, *, words: re.Pattern[str]) -> str:
    """Drop comments that are neither conditional nor a slot's, and fold white space outside `pre` and `style`.

    A run of white space becomes one space, or nothing beside a block-level tag, where no client shows it; `<pre>` and
    conditional comments stay byte for byte, and neighbouring ones for the same clients become one. Style sheets lose
    their indentation and comments.
    """
    out, position = [], 0
    while kept := _KEEP.search(html, position):
        out.append(_fold(html[position : kept.start()]))
        whole = _CONDITIONAL.match(html, kept.start()) or kept
        out.append(_keep(whole[0], (kept["tag"] or "").lower(), words))
        position = whole.end()
    return _join("".join([*out, _fold(html[position:])]))


def _join(html: str) -> str:
    """Make one comment of neighbours for the same clients; MJML writes two or three in a row."""
    joined = _NEIGHBOURS.sub(r"\1", html)
    return html if joined == html else _join(joined)


def _keep(text: str, tag: str, words: re.Pattern[str]) -> str:
    if tag == "style":
        return _one_space(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    plain_comment = not tag and not text.startswith(("<!--[if ", "<!--<![endif]"))
    return "" if plain_comment and not words.fullmatch(text[4:-3]) else text


def _fold(html: str) -> str:
    return _AFTER_BLOCK.sub(r"\1", _BEFORE_BLOCK.sub(r"\1", _one_space(html)))


def _one_space(text: str) -> str:
    # bytes split at ASCII white space only; str would take no-break spaces too
    data = text.encode()
    words = b" ".join(data.split()).decode()
    before = " " if data[:1].isspace() else ""
    return before + words + (" " if words and data[-1:].isspace() else "")
