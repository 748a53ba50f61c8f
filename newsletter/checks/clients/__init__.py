"""Client support (N6): which mail clients would break what the template does: one finding a feature."""

from newsletter.checks.clients.content import forbidden, inner_link, not_shown, unusual_format
from newsletter.checks.clients.css import (
    breaking_css,
    broken_css,
    left_out_css,
    lonely_font,
    nested_at_rule,
    passed_over_rule,
    spaced_colour,
)

__all__ = [
    "breaking_css",
    "broken_css",
    "forbidden",
    "inner_link",
    "left_out_css",
    "lonely_font",
    "nested_at_rule",
    "not_shown",
    "passed_over_rule",
    "spaced_colour",
    "unusual_format",
]
