"""Issue + template -> compiled issue: slots, Jinja, MJML, inlined CSS, text. Pure."""

from newsletter.render.compile import compile_issue

__all__ = ["compile_issue"]
