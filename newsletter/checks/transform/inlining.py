"""What inlining the CSS did to the mail, found by compiling it without."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tinycss2

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.before import MARK
from newsletter.models import Severity

_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\sstyle=(?:"[^"]*"|'[^']*')""")
_MUCH = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Inlining:
    """What inlining did: rules taken, style attributes changed or new, bytes by which the HTML grew, its share."""

    rules: int
    attributes: int
    bytes: int
    share: float


def inlining_of(it: Subject) -> Inlining:
    """Return what inlining did to the mail, exactly: the mail was compiled once with it and once without."""
    before = _STYLE.sub(lambda match: "" if MARK in match[1] else match[0], it.uninlined)
    after = it.compiled.html
    old, new = (Counter(_ATTRIBUTE.findall(html)) for html in (before, after))
    grown = len(after.encode()) - len(before.encode())
    return Inlining(
        rules=len(_inlined_rules(it)),
        attributes=(new - old).total(),
        bytes=grown,
        share=grown / max(1, len(after.encode())),
    )


def _at_most(html: str) -> float:
    """Return a share of the HTML that inlining cannot have gone beyond, without compiling the mail again.

    The attributes that it wrote do not end with a semicolon; those of MJML do.
    """
    written = sum(len(found.encode()) for found in _ATTRIBUTE.findall(html) if found[-2] != ";")
    return written / max(1, len(html.encode()))


def _inlined_rules(it: Subject) -> list[Any]:
    rules = []
    for match in _STYLE.finditer(it.uninlined):
        if MARK in match[1]:
            sheet = tinycss2.parse_stylesheet(match[1], skip_comments=True, skip_whitespace=True)
            rules += [rule for rule in sheet if rule.type == "qualified-rule" and rule.content]
    return rules


def _with_inline(css: str) -> dict[str, str]:
    """Return a template's header with rules of its own to inline, for examples."""
    styles = f'<mj-style inline="inline">{css}</mj-style>'
    return {"styles.mjml": styles}


@check(
    id="N901",
    family=Family.TRANSFORM,
    severity=Severity.INFO,
    title="inlined CSS makes the mail much larger",
    source="limit of this tool: a quarter of the HTML, which Gmail counts against its 102 KB",
    bad=Example(
        about="a rule of 800 bytes for every table cell",
        files=_with_inline("td { " + " ".join(f"mso-padding-{n}: 0;" for n in range(40)) + " }"),
    ),
)
def much_inlined(it: Subject) -> Iterator[Hit]:
    """A rule is written out at every element that it is about; a short selector can cost more than an article."""
    if _at_most(it.compiled.html) <= _MUCH:
        return
    done = inlining_of(it)
    if done.share > _MUCH:
        yield Hit(
            message=f"inlining wrote {done.rules} rules into {done.attributes} style attributes: {done.bytes:,} bytes, "
            f"{done.share:.0%} of the HTML",
            remedy="Leave to MJML's attributes what they can say, and to <mj-style> without inline what is decoration.",
            place=it.template_place('inline="inline"'),
        )
