"""Issues as their issue.md says them: read from the file, and written into a cache and read from there."""

import datetime as dt
import json
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsletter.content.issue import parse_issue
from newsletter.errors import ContentError
from newsletter.models import Issue, Section
from newsletter.project.entries import decode_error, encode_error
from newsletter.project.files import read_text, shown

# An issue is parsed again only when its text changed: a preview reads it at every saved file.
_parse = lru_cache(maxsize=128)(parse_issue)

VERSION = [1, *(field.name for field in (*fields(Issue), *fields(Section)))]
"""What is kept of another version, or of models with other fields, is read from the files again."""


def read_issue_file(root: Path, slug: str) -> Issue:
    """Read the issue.md of an issue; raises ContentError."""
    path = root / "issues" / slug / "issue.md"
    return _parse(read_text(root, path), slug=slug, file=shown(root, path))


def encode_issue(item: Issue | ContentError) -> str:
    """Write an issue, or what is wrong with its file, as a line of JSON."""
    if isinstance(item, ContentError):
        return encode_error(item, VERSION)
    values = {field.name: getattr(item, field.name) for field in fields(Issue)}
    values["date"] = item.date and item.date.isoformat()
    values["sections"] = [{field.name: getattr(it, field.name) for field in fields(Section)} for it in item.sections]
    return json.dumps([VERSION, values], ensure_ascii=False)


def decode_issue(text: str) -> Issue | ContentError | None:
    """Read what `encode_issue` wrote; None for everything else, which another version or an accident left behind."""
    try:
        version, *values = json.loads(text)
        if version != VERSION:
            return None
        return decode_error(values) if len(values) == 3 else _issue(*values)
    except (ValueError, TypeError, KeyError, IndexError):
        return None


def _issue(values: dict[str, Any]) -> Issue:
    values["date"] = values["date"] and dt.date.fromisoformat(values["date"])
    values["ignore"] = tuple(values["ignore"])
    values["sections"] = tuple(Section(**{**it, "articles": tuple(it["articles"])}) for it in values["sections"])
    return Issue(**values)
