"""Make the HTML small where it cannot matter: comments that are not conditional, white space between tags."""

import re

_KEEP = re.compile(
    r"<!--\[if .*?<!\[endif\]-->|<!--<!\[endif\]-->|<!--\[if [^\]]*\]><!-->"
    r"|<(?P<tag>pre|textarea|style|script)\b.*?</(?P=tag)\s*>",
    re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--(?!\[if |<!\[endif\]).*?-->", re.DOTALL)
_BLOCK = r"(?:table|tbody|thead|tr|td|th|div|p|ul|ol|li|h[1-6]|head|body|html|meta|title|style|link|center|blockquote)"
_SPACE = r"[ \t\r\n\f]+"  # not \s, which takes no-break spaces too
_BEFORE_BLOCK = re.compile(rf"{_SPACE}(?=</?{_BLOCK}\b)", re.IGNORECASE)
_AFTER_BLOCK = re.compile(rf"(</?{_BLOCK}\b[^<>]*>){_SPACE}", re.IGNORECASE)
_RUN = re.compile(_SPACE)


def tidy(html: str, *, words: re.Pattern[str]) -> str:
    """Drop comments that are neither conditional nor a slot's, and fold white space outside `pre` and `style`.

    A run of white space becomes one space, or nothing beside a block-level tag, where no client shows it; `<pre>` and
    conditional comments stay byte for byte. Style sheets lose their indentation and comments.
    """
    out, position = [], 0
    for match in _KEEP.finditer(html):
        out.append(_fold(html[position : match.start()], words))
        out.append(_fold_style(match[0]) if (match["tag"] or "").lower() == "style" else match[0])
        position = match.end()
    out.append(_fold(html[position:], words))
    return "".join(out)


def _fold(html: str, words: re.Pattern[str]) -> str:
    html = _COMMENT.sub(lambda match: match[0] if words.fullmatch(match[0][4:-3]) else "", html)
    html = _RUN.sub(" ", html)
    return _AFTER_BLOCK.sub(r"\1", _BEFORE_BLOCK.sub("", html))


def _fold_style(block: str) -> str:
    return _RUN.sub(" ", re.sub(r"/\*.*?\*/", "", block, flags=re.DOTALL))
