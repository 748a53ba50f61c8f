"""Reading a message back finds whatever was changed in it."""

import pytest

from newsletter.errors import RenderGuardError
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.message.verify import read_mailbox, verify_message
from newsletter.models import CompiledIssue, Mailbox, Newsletter

WEEKLY = Newsletter(
    name="Weekly",
    sender=Mailbox(email="news@example.com", name="Wöchentlich"),
    site_url="https://weekly.example.com",
    public_url="https://lists.example.com",
    list_id="weekly.example.com",
)
READER = sample_reader(WEEKLY, "clouds")
TEMPLATE = MessageTemplate(
    CompiledIssue(slug="clouds", subject="Clouds", preheader="", html="<p>Hi</p>", text="Hi", sha256="0" * 64), WEEKLY
)
MESSAGE = TEMPLATE.build(READER)
START = "the message does not read back as it was written: "


def check(message: bytes) -> None:
    verify_message(message, newsletter=WEEKLY, reader=READER, meant=TEMPLATE.content(READER))


def test_a_message_as_it_was_built_is_fine() -> None:
    check(MESSAGE)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"Subject: Clouds", b"Subject: Cloud", "Subject is Cloud instead of Clouds"),
        (
            b"\r\nSubject:",
            b"\r\nBcc: eve@example.com\r\nSubject:",
            "the list of header fields is ['From', 'To', 'Bcc', ",
        ),
        (
            b"Click\r\n",
            b"Click\r\n folded\r\n",
            "List-Unsubscribe-Post is List-Unsubscribe=One-Click folded instead of ",
        ),
        (b"ada.lovelace@", b"eve@", "To is Mailbox(email='eve@example.com', name='Ada Lovelace') instead of "),
        (b"/u/this", b"/u/that", "List-Unsubscribe is <https://lists.example.com/u/that-is-a-preview-"),
        (b"<weekly.", b"<monthly.", "List-ID is <monthly.example.com> instead of <weekly.example.com>"),
        (b"/clouds/", b"/rain/", "List-Archive is <https://weekly.example.com/rain/> instead of "),
        (b"text/plain", b"text/x-no", "the list of parts is ['text/x-no', 'text/html'] instead of "),
        (b"<p>Hi", b"<p>Ho", "the text/html part is <p>Ho</p>\n instead of <p>Hi</p>\n"),
        (b"\r\n\r\nHi", b"\r\n\r\nHo", "the text/plain part is Ho\n instead of Hi\n"),
        (b"0--\r\n", b"0\r\n", "the list of parts is ['text/plain', 'text/html', 'text/plain'] instead of "),
    ],
)
def test_a_message_that_was_changed_is_refused(old: bytes, new: bytes, complaint: str) -> None:
    assert old in MESSAGE
    with pytest.raises(RenderGuardError) as error:
        check(MESSAGE.replace(old, new, 1))
    assert error.value.what.startswith(START + complaint)


def test_what_the_parser_complains_about_is_refused() -> None:
    with pytest.raises(RenderGuardError, match=r"the list of defects is \[CloseBoundaryNotFoundDefect"):
        check(MESSAGE[: MESSAGE.rindex(b"--=_")])


def test_encoded_words_of_a_name_join_without_a_space() -> None:
    assert read_mailbox("=?utf-8?q?Zo?= =?utf-8?q?=C3=AB?= <z@example.com>") == Mailbox(
        email="z@example.com", name="Zoë"
    )
