"""Accessibility (N320 to N343): what somebody hears who does not see the mail, and sees who does not see well."""

from newsletter.checks.accessibility.contrast import dark_contrast, light_contrast
from newsletter.checks.accessibility.sizes import close_links, small_button, small_text, tiny_text
from newsletter.checks.accessibility.structure import (
    empty_heading,
    layout_table,
    no_title,
    one_first_heading,
    skipped_heading,
    unknown_language,
    wrong_direction,
)

__all__ = [
    "close_links",
    "dark_contrast",
    "empty_heading",
    "layout_table",
    "light_contrast",
    "no_title",
    "one_first_heading",
    "skipped_heading",
    "small_button",
    "small_text",
    "tiny_text",
    "unknown_language",
    "wrong_direction",
]
