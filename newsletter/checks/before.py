"""The mail as it was before its CSS was inlined, so that checks can say what inlining did."""

import re
from dataclasses import replace

from newsletter.models import AssembledIssue, Newsletter, Template
from newsletter.render import compile_issue

MARK = "#newsletter-inlined-rules{}"
"""Stands in front of the rules that were to be inlined."""

_INLINE = re.compile(r"""(<mj-style\b[^>]*?)\s+inline\s*=\s*["']inline["']([^>]*>)""")


def uninlined_html(assembled: AssembledIssue, template: Template, newsletter: Newsletter) -> str:
    """Compile an issue with every style sheet left in the head; raises what compiling raises."""
    files = {name: _INLINE.sub(rf"\1\2{MARK}", text) for name, text in template.files.items()}
    return compile_issue(assembled, replace(template, files=files), newsletter).html
