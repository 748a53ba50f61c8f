"""What carries a message: Amazon SES, an SMTP server, a Maildir on this machine, or memory for tests."""

from collections.abc import Mapping
from pathlib import Path

from newsletter.config import Settings
from newsletter.errors import UsageError
from newsletter.transports.base import Transport

__all__ = ["NAMES", "Transport", "open_transport"]

NAMES = ("outbox", "ses", "smtp")
"""What a person can choose; `newsletter.transports.memory` is for programs."""


def open_transport(name: str, settings: Settings, *, root: Path, environ: Mapping[str, str]) -> Transport:
    """Return a transport that is ready to send; `root` is the project's folder, `environ` holds the SMTP password.

    Raises UsageError for an unknown name and TransportError for one that cannot be used as it is configured.
    """
    # each brings libraries of its own, and only one is ever used
    if name == "outbox":
        from newsletter.transports.outbox import OutboxTransport  # noqa: PLC0415

        return OutboxTransport(root / settings.transports.outbox.path)
    if name == "ses":
        from newsletter.transports.ses import SesTransport  # noqa: PLC0415

        return SesTransport(settings.transports.ses, concurrency=settings.delivery.concurrency)
    if name == "smtp":
        from newsletter.transports.smtp import SmtpTransport  # noqa: PLC0415

        return SmtpTransport(settings.transports.smtp, password=environ.get("NEWSLETTER_SMTP_PASSWORD", ""))
    raise UsageError(f"there is no transport {name!r}", remedy=f"Known: {', '.join(NAMES)}.")
