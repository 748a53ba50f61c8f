"""What inlining the CSS did to the mail, found by compiling it without."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tinycss2
from cssselect import GenericTranslator, SelectorError
from lxml.html import document_fromstring

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.before import MARK
from newsletter.checks.markup import declarations
from newsletter.models import Place, Severity

_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_NOT_INLINED = re.compile(
    r":(?:not|nth-[\w-]+|has|is|where)\(|::|:(?:hover|focus|visited|active)\b|(?<![\w\])])\*|\[[^\]]*:[^\]]*\]"
)
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
    old, new = (Counter(re.findall(r"""\sstyle=(?:"[^"]*"|'[^']*')""", html)) for html in (before, after))
    grown = len(after.encode()) - len(before.encode())
    return Inlining(
        rules=len(_inlined_rules(it)),
        attributes=(new - old).total(),
        bytes=grown,
        share=grown / max(1, len(after.encode())),
    )


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
    if "mj-style" not in "".join(it.template.files.values()):
        return
    done = inlining_of(it)
    if done.share > _MUCH:
        yield Hit(
            message=f"inlining wrote {done.rules} rules into {done.attributes} style attributes: {done.bytes:,} bytes, "
            f"{done.share:.0%} of the HTML",
            remedy="Leave to MJML's attributes what they can say, and to <mj-style> without inline what is decoration.",
            place=it.template_place('inline="inline"'),
        )


@check(
    id="N902",
    family=Family.TRANSFORM,
    severity=Severity.ERROR,
    title="rule lost on the way",
    source="premailer drops !important and @media by default; facts measured for this tool",
    bad=Example(
        about="an !important of the dark mode is gone",
        html_edits=(("color: #e8eae4 !important;", "color: #e8eae4;"),),
    ),
)
def lost_rule(it: Subject) -> Iterator[Hit]:
    """Columns on telephones and the whole dark mode hang on `@media` and `!important`."""
    before = Counter(_written(it.uninlined))
    lost = before - Counter(_written(it.html))
    if lost:
        first = next(iter(lost))
        yield Hit(
            message=f"{lost.total()} rule{'s' if lost.total() > 1 else ''} of the style sheets did not survive: "
            f"{first[:80]}",
            remedy="This is a fault of the inliner: report it together with the issue and the template.",
            place=it.template_place("<mj-style") or it.template.place("email.mjml"),
        )


def _rule_place(it: Subject, selector: str) -> Place | None:
    """Where a rule was written, in whichever quotation marks."""
    for text in (selector, selector.replace('"', "'")):
        if place := it.template_place(text):
            return place
    return it.template_place('inline="inline"')


def _written(html: str) -> Iterator[str]:
    """Yield the rules of the style sheets that stay, those inside media queries one by one, on one line each."""
    for match in _STYLE.finditer(html):
        if MARK in match[1]:
            continue
        for rule in tinycss2.parse_stylesheet(match[1], skip_comments=True, skip_whitespace=True):
            if rule.type == "at-rule" and rule.content is not None:
                query = f"@{rule.at_keyword} {tinycss2.serialize(rule.prelude).strip()}"
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                whole = any(each.type == "error" for each in inner)  # declarations, as in @font-face
                parts = [rule.content] if whole else [[each] for each in inner]
                yield from (f"{query} {{ {_one_line(part)} }}" for part in parts)
            elif rule.type in {"at-rule", "qualified-rule"}:
                yield _one_line([rule])


def _one_line(nodes: list[Any]) -> str:
    return " ".join(str(tinycss2.serialize(nodes)).split())


@check(
    id="N903",
    family=Family.TRANSFORM,
    severity=Severity.WARNING,
    title="inlined rule that never wins",
    source="measured: premailer lets a style attribute win over an !important of a style sheet",
    bad=Example(files=_with_inline(".body div { font-size: 21px !important; }")),
    good=Example(files=_with_inline(".body p { margin: 0 0 12px 0 !important; }")),
)
def beaten_rule(it: Subject) -> Iterator[Hit]:
    """In a browser `!important` beats an attribute of MJML; inlined it does not, so that the rule does nothing."""
    tree = None
    for rule in _inlined_rules(it):
        selector = tinycss2.serialize(rule.prelude).strip()
        items = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        names = {item.lower_name for item in items if item.type == "declaration" and item.important}
        if not names:
            continue
        tree = document_fromstring(it.uninlined) if tree is None else tree
        try:
            matched = tree.xpath(GenericTranslator().css_to_xpath(selector))
        except SelectorError:
            continue
        beaten = sorted({name for each in matched for name in names & declarations(each.get("style") or "").keys()})
        if beaten:
            yield Hit(
                message=f"the rule {selector[:60]!r} cannot change {', '.join(beaten)}: MJML has set it at the element",
                remedy="Set it as an attribute of the MJML element, like font-size at <mj-text>.",
                place=_rule_place(it, selector),
            )


@check(
    id="N904",
    family=Family.TRANSFORM,
    severity=Severity.WARNING,
    title="rule that cannot be inlined",
    source="measured: premailer 3.10.0 passes over :not(), :nth-child(), * and colons in attribute selectors",
    bad=Example(files=_with_inline("p:nth-child(2) { color: #23291f; }")),
    good=Example(files=_with_inline("p.second { color: #23291f; }")),
)
def not_inlined(it: Subject) -> Iterator[Hit]:
    """The rule is gone without a word: it is neither at the elements nor in a style sheet."""
    for rule in _inlined_rules(it):
        selector = tinycss2.serialize(rule.prelude).strip()
        if _NOT_INLINED.search(selector):
            yield Hit(
                message=f"the rule {selector[:60]!r} is passed over when the CSS is inlined",
                remedy="Use a class, or put it into an <mj-style> without inline.",
                place=_rule_place(it, selector),
            )
