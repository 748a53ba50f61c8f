"""Subject and preheader (N1): what a reader sees before opening."""

from newsletter.checks.subject.lines import (
    colourful,
    excited,
    long_preheader,
    long_subject,
    missing_preheader,
    missing_subject,
    pretending,
    repeated_subject,
    repeating_preheader,
    shouting,
    technical_preheader,
    wide_subject,
)
from newsletter.checks.subject.slots import empty_slot, foreign_placeholder

__all__ = [
    "colourful",
    "empty_slot",
    "excited",
    "foreign_placeholder",
    "long_preheader",
    "long_subject",
    "missing_preheader",
    "missing_subject",
    "pretending",
    "repeated_subject",
    "repeating_preheader",
    "shouting",
    "technical_preheader",
    "wide_subject",
]
