"""Subscriber + mailing -> Reader: everything that a slot can name, links included."""

from newsletter.message.tokens import Purpose, TokenKeys, make_token
from newsletter.models import MailingContext, Newsletter, Reader, Subscriber

NO_PUBLIC_URL = "https://unsubscribe.invalid"
"""Where links lead while `public.base_url` is empty: nowhere, for certain (RFC 2606 §2). Sending to people needs it."""
SAMPLE_TOKEN = "this-is-a-preview-and-this-link-does-nothing"  # noqa: S105 - no secret: as long as a token, but unsigned


def make_reader(
    subscriber: Subscriber, *, subscription: bytes, newsletter: Newsletter, keys: TokenKeys, mailing: MailingContext
) -> Reader:
    """Return the context of one subscriber; `subscription` is the 16-byte id of the membership that is being mailed."""
    return _reader(
        subscriber,
        newsletter,
        mailing,
        unsubscribe=make_token(subscription, Purpose.UNSUBSCRIBE, keys),
        preferences=make_token(subscription, Purpose.PREFERENCES, keys),
    )


def sample_reader(newsletter: Newsletter, issue: str) -> Reader:
    """Return an invented reader of the issue named `issue`, the same one every time, for previews and builds."""
    ada = Subscriber(
        email="ada.lovelace@example.com",
        name="Ada Lovelace",
        attributes={"city": "London"},
        tags=("sample",),
        lists=("weekly",),
    )
    mailing = MailingContext(id="preview", issue=issue)
    return _reader(ada, newsletter, mailing, unsubscribe=SAMPLE_TOKEN, preferences=SAMPLE_TOKEN)


def anonymous_reader(newsletter: Newsletter, issue: str) -> Reader:
    """Return the reader of an issue's web version: nobody in particular.

    There is no name and no attribute, an ellipsis stands for the address, and the links lead to pages that say where
    one's own link is.
    """
    public = newsletter.public_url or NO_PUBLIC_URL
    return Reader(
        subscriber=Subscriber(email="\u2026"),
        unsubscribe_url=f"{public}/u",
        preferences_url=f"{public}/p",
        web_url="",
        mailing=MailingContext(id="web", issue=issue),
    )


def web_url(newsletter: Newsletter, issue: str) -> str:
    """Return where an issue stands on the web: on the site or, without one, at the public pages; else ""."""
    if newsletter.site_url:
        return f"{newsletter.site_url}/{issue}/"
    return f"{newsletter.public_url}/i/{issue}" if newsletter.public_url else ""


def _reader(
    subscriber: Subscriber, newsletter: Newsletter, mailing: MailingContext, *, unsubscribe: str, preferences: str
) -> Reader:
    public = newsletter.public_url or NO_PUBLIC_URL
    return Reader(
        subscriber=subscriber,
        unsubscribe_url=f"{public}/u/{unsubscribe}",
        preferences_url=f"{public}/p/{preferences}",
        web_url=web_url(newsletter, mailing.issue),
        mailing=mailing,
    )
