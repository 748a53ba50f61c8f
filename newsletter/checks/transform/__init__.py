"""Transformation and Outlook (N9): what inlining did to the mail, and the mail that Word draws."""

from newsletter.checks.transform.inlining import much_inlined
from newsletter.checks.transform.outlook import (
    bare_ghost,
    broken_comment,
    dead_button,
    only_in_outlook,
    silent_vml,
    too_narrow,
    too_wide,
)

__all__ = [
    "bare_ghost",
    "broken_comment",
    "dead_button",
    "much_inlined",
    "only_in_outlook",
    "silent_vml",
    "too_narrow",
    "too_wide",
]
