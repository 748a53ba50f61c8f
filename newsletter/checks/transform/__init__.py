"""Transformation and Outlook (N9): what inlining did to the mail, and the mail that Word draws."""

from newsletter.checks.transform.inlining import beaten_rule, lost_rule, much_inlined, not_inlined
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
    "beaten_rule",
    "broken_comment",
    "dead_button",
    "lost_rule",
    "much_inlined",
    "not_inlined",
    "only_in_outlook",
    "silent_vml",
    "too_narrow",
    "too_wide",
]
