"""Issue + template -> compiled issue: slots, Jinja, MJML, inlined CSS, text. Pure."""
