"""Final form (N8): the very bytes that twenty awkward readers would get."""

from newsletter.checks.final.messages import (
    injected,
    left_over,
    long_line,
    misread,
    not_built,
    wrong_header,
    wrong_link,
)

__all__ = [
    "injected",
    "left_over",
    "long_line",
    "misread",
    "not_built",
    "wrong_header",
    "wrong_link",
]
