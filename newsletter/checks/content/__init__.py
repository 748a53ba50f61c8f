"""Content (N5): the records of an issue, their dates, sections and words."""

from newsletter.checks.content.dates import embargoed, expired, far, past, too_new
from newsletter.checks.content.records import cut_off, no_attribution, no_credit, no_text, twice, used_before
from newsletter.checks.content.residue import draft, html_residue, invisible, marks, mojibake
from newsletter.checks.content.sections import empty, unbalanced
from newsletter.checks.content.wording import doubled, misspelt, unclosed

__all__ = [
    "cut_off",
    "doubled",
    "draft",
    "embargoed",
    "empty",
    "expired",
    "far",
    "html_residue",
    "invisible",
    "marks",
    "misspelt",
    "mojibake",
    "no_attribution",
    "no_credit",
    "no_text",
    "past",
    "too_new",
    "twice",
    "unbalanced",
    "unclosed",
    "used_before",
]
