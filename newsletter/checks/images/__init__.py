"""Images (N301 to N315): that they are there, reachable, and say what they show."""

from newsletter.checks.images.alt import begins_with_photo, long_alt, missing_alt, silent_picture, useless_alt
from newsletter.checks.images.files import (
    coarse,
    heavy,
    heavy_together,
    missing_file,
    moving,
    no_width,
    too_tall,
    unpublished,
    unreadable,
    vanishing,
)

__all__ = [
    "begins_with_photo",
    "coarse",
    "heavy",
    "heavy_together",
    "long_alt",
    "missing_alt",
    "missing_file",
    "moving",
    "no_width",
    "silent_picture",
    "too_tall",
    "unpublished",
    "unreadable",
    "useless_alt",
    "vanishing",
]
