"""A form to paste into any other page: plain HTML, no script, nothing fetched from anywhere."""

from html import escape

from newsletter.config import Settings
from newsletter.errors import ConfigError
from newsletter.models import Place


def form_snippet(settings: Settings) -> str:
    """Return the HTML of a sign-up form for the open lists.

    It leads to the form of the public pages, already filled in: one more click there keeps robots out. Raises
    ConfigError when nobody may sign up.
    """
    public = settings.public
    if not public.lists or not public.base_url:
        raise ConfigError(
            "nobody can sign up: `public.lists` or `public.base_url` is empty",
            place=Place(file="newsletter.toml"),
            remedy='Add to newsletter.toml:\n  [public]\n  lists = ["weekly"]',
        )
    boxes = [
        f'  <label><input type="checkbox" name="list" value="{escape(name)}"> {escape(name)}</label>\n'
        for name in (public.lists if len(public.lists) > 1 else ())
    ]
    return (
        f'<form action="{escape(public.base_url)}/subscribe" method="post">\n'
        '  <label>Your e-mail address <input type="email" name="email" autocomplete="email" required></label>\n'
        f"{''.join(boxes)}"
        f"  <button>Get {escape(settings.newsletter.name)}</button>\n"
        "</form>"
    )
