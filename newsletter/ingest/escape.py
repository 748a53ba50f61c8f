"""Plain text -> Markdown that shows the same characters."""

import re


def escape_markdown(text: str) -> str:
    """Escape what CommonMark would read as a mark in running text; single brackets and hyphens stay readable."""
    text = re.sub(r"([\\`<])", r"\\\1", text)
    text = re.sub(r"&(?=#?\w+;)", r"\\&", text)
    text = re.sub(r"(?<!^)\*|^\*(?! )", r"\\*", text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    text = re.sub(r"\[(?=[^\]\n]*\][(\[:])", r"\\[", text)
    text = re.sub(r"~~", r"\\~\\~", text)
    return re.sub(r"^(#{1,6}(?=\s|$)|=+\s*$|-+\s*$|\|)", r"\\\1", text, flags=re.MULTILINE)
