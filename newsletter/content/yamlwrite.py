"""Values -> YAML as a person would write it: plain where that is safe, quoted where it is not, blocks for long text."""

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

WIDTH = 100

# What needs no quotation marks: it begins with a letter or digit, has no `: ` and no ` #` (YAML 1.2 §7.3.3); inside
# brackets no bracket, comma or colon either, except the colon of a URL.
_PLAIN = re.compile(r"[^\W_](?:[^\n\t:#]|:(?=[^\s])|(?<=[^\s])#)*")
_PLAIN_IN_FLOW = re.compile(r"(?:https?:)?[^\n\t:#,\[\]{}]*")
_LOOKS_TYPED = re.compile(
    r"(?i)(?:true|false|yes|no|on|off|null|y|n|[-+]?[0-9_.,:]+(?:e[-+]?[0-9]+)?|0[xob][0-9a-f_]+|\.inf|\.nan)\s*"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
)


def scalar(text: str, *, in_flow: bool = False) -> str:
    """Write text on one line so that every YAML reader reads the same text; `in_flow` for inside brackets."""
    plain = _PLAIN.fullmatch(text) and (not in_flow or _PLAIN_IN_FLOW.fullmatch(text))
    if plain and text == text.strip() and not _LOOKS_TYPED.fullmatch(text):
        return text
    if '"' in text and not re.search(r"['\n\t]", text):
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string (YAML 1.2 §1.2)


def entry(key: str, value: Any, indent: str = "") -> list[str]:
    """Write `key: value` as lines without line ends.

    Values are str, int, float, bool, None, date, mappings, lists (an item a line) and tuples (in brackets if short).
    """
    return _after(f"{indent}{scalar(key)}:", value, indent)


def item(value: Any, indent: str = "") -> list[str]:
    """Write `- value` as lines without line ends."""
    if isinstance(value, Mapping) and value:
        lines = [line for name, inner in value.items() for line in entry(str(name), inner, f"{indent}  ")]
        return [f"{indent}- {lines[0].removeprefix(f'{indent}  ')}", *lines[1:]]
    return _after(f"{indent}-", value, f"{indent}  ")


def flow(value: Any) -> str:
    """Write a value in one line, mappings and lists in brackets."""
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{scalar(str(name), in_flow=True)}: {flow(inner)}" for name, inner in value.items()) + "}"
        )
    if isinstance(value, str):
        return scalar(value, in_flow=True)
    if isinstance(value, Iterable):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return typed(value)


def _after(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, str):
        block = _block(value, f"{indent}  ")
        return [f"{head} {block[0]}", *block[1:]] if block else [f"{head} {scalar(value)}"]
    if isinstance(value, Mapping):
        if not value:
            return [f"{head} {{}}"]
        return [head, *(line for name, inner in value.items() for line in entry(str(name), inner, f"{indent}  "))]
    if isinstance(value, list | tuple):
        short = flow(value)
        if not value or (isinstance(value, tuple) and len(head) + len(short) < WIDTH):
            return [f"{head} {short}"]
        return [head, *(line for inner in value for line in item(inner, f"{indent}  "))]
    return [f"{head} {typed(value)}"]


def typed(value: Any) -> str:
    """Write None, bool, numbers and dates: all of them plain, as YAML 1.2 has them (§10.2)."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _block(text: str, indent: str) -> list[str]:
    """Write long text as a block scalar; an empty list when one line or quotation marks serve better."""
    if text != text.strip() or "\t" in text:
        return []
    if "\n" in text:
        # a line of spaces alone would change the indentation that the block is read with
        if any(line != line.rstrip() for line in text.split("\n")):
            return []
        return ["|-", *(f"{indent}{line}" if line else "" for line in text.split("\n"))]
    if len(indent) + len(text) <= WIDTH or "  " in text:
        return []
    lines = textwrap.TextWrapper(
        width=WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ).wrap(text)
    return [">-", *lines] if len(lines) > 1 else []
