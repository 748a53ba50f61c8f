"""A mail that is no newsletter: it parses to what was meant, and nothing of it can become a header."""

from email import message_from_bytes, policy

import pytest

from newsletter.errors import MessageError
from newsletter.message.notice import build_notice
from newsletter.models import Mailbox, Newsletter

WEEKLY = Newsletter(name="W", sender=Mailbox(email="news@example.com", name="Die Wöche"))


def test_it_parses_to_what_was_meant() -> None:
    reply = Newsletter(name="W", sender=WEEKLY.sender, reply_to=Mailbox(email="desk@example.com"))
    raw = build_notice(reply, Mailbox(email="ada@example.org"), subject="確認", text="Grüße \n\n", html="<p>é</p>")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed.keys() == [
        *("From", "To", "Reply-To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"),
    ]
    assert (str(parsed["From"]), parsed["To"], parsed["Subject"]) == (
        "Die Wöche <news@example.com>",
        "ada@example.org",
        "確認",
    )
    assert [(part.get_content_type(), part.get_content()) for part in parsed.iter_parts()] == [
        ("text/plain", "Grüße \r\n"),
        ("text/html", "<p>é</p>\r\n"),
    ]
    assert "List-Unsubscribe" not in parsed
    assert (
        build_notice(reply, Mailbox(email="ada@example.org"), subject="確認", text="Grüße \n\n", html="<p>é</p>") == raw
    )


def test_a_line_break_becomes_no_header() -> None:
    with pytest.raises(MessageError):
        build_notice(WEEKLY, Mailbox(email="ada@example.org"), subject="x\r\nBcc: eve@example.org", text="", html="")
