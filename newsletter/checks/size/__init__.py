"""Size (N2): what Gmail clips, what a phone has to load, and a text part that says the same."""

from newsletter.checks.size.weight import (
    CLIPPED,
    NEAR,
    clipped,
    clipped_for_some,
    few_words,
    heavy_download,
    heavy_styles,
    nearly_clipped,
    no_text,
    thin_text,
)

__all__ = [
    "CLIPPED",
    "NEAR",
    "clipped",
    "clipped_for_some",
    "few_words",
    "heavy_download",
    "heavy_styles",
    "nearly_clipped",
    "no_text",
    "thin_text",
]
