"""The Maildir: durable, private, and nothing in it twice."""

import mailbox
import os
from pathlib import Path

import pytest

from newsletter.config import parse_settings
from newsletter.errors import TransportError, UsageError
from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports import open_transport
from newsletter.transports.outbox import OutboxTransport

ENVELOPE = Envelope(
    sender="news@example.com", recipient="ada@example.com", message=b"Subject: Hi\r\n\r\nHello\r\n", attempt_id="A-1"
)
ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED, message_id="<A-1@example.com>")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_same_attempt_repeated_delivers_nothing_twice(tmp_path: Path) -> None:
    box = tmp_path / "deep" / "box"
    assert [OutboxTransport(box).send(ENVELOPE) for _ in range(2)] == [ACCEPTED] * 2
    assert files(box) == ["new/A-1.newsletter"]


def test_nor_does_it_when_a_mail_client_has_read_the_message_since(tmp_path: Path) -> None:
    OutboxTransport(tmp_path).send(ENVELOPE)
    (tmp_path / "new" / "A-1.newsletter").rename(tmp_path / "cur" / "A-1.newsletter:2,S")
    assert OutboxTransport(tmp_path).send(ENVELOPE) == ACCEPTED
    assert files(tmp_path) == ["cur/A-1.newsletter:2,S"]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    OutboxTransport(tmp_path / "box").send(ENVELOPE)
    modes = {
        str(path.relative_to(tmp_path)): oct(path.stat().st_mode & 0o777) for path in (tmp_path / "box").rglob("*")
    }
    assert modes == {"box/cur": "0o700", "box/new": "0o700", "box/tmp": "0o700", "box/new/A-1.newsletter": "0o600"}
    assert (tmp_path / "box").stat().st_mode & 0o777 == 0o700


def test_the_message_has_the_date_and_the_id_of_the_outcome(tmp_path: Path) -> None:
    OutboxTransport(tmp_path).send(ENVELOPE)
    (message,) = mailbox.Maildir(tmp_path, create=False)
    assert message.keys() == ["Date", "Message-ID", "Subject"]
    assert message["Message-ID"] == "<A-1@example.com>"
    assert message["Date"].endswith(" +0000")


def test_a_message_that_cannot_be_written_pauses_the_mailing_and_leaves_nothing(tmp_path: Path) -> None:
    transport = OutboxTransport(tmp_path)
    (tmp_path / "new").rmdir()
    assert transport.send(ENVELOPE) == Outcome(
        kind=OutcomeKind.PAUSE,
        code="FileNotFoundError",
        text=f"{tmp_path}: No such file or directory",
        remedy="Free some space or mend the rights of the outbox, then give the same command again.",
    )
    assert files(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_pauses_the_mailing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = OutboxTransport(tmp_path)
    real = os.open
    monkeypatch.setattr(os, "open", lambda *_: real("/dev/full", os.O_WRONLY))
    outcome = transport.send(ENVELOPE)
    assert (outcome.kind, outcome.text) == (OutcomeKind.PAUSE, f"{tmp_path}: No space left on device")
    assert files(tmp_path) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("")
    with pytest.raises(TransportError) as error:
        OutboxTransport(tmp_path / "box")
    assert str(error.value) == (
        f"the outbox {tmp_path / 'box'} cannot be used: File exists\n"
        "Give it another place with transports.outbox.path in newsletter.toml, or mend its rights."
    )


@pytest.mark.parametrize("attempt", ["", "../../etc/passwd", "a:2,S", "a\r\nBcc: eve@example.com", "x" * 129])
def test_an_attempt_id_that_is_no_file_name_is_refused(attempt: str, tmp_path: Path) -> None:
    bad = Envelope(sender="a@example.com", recipient="b@example.com", message=b"", attempt_id=attempt)
    with pytest.raises(TransportError, match="is not made of ASCII letters, digits, - and _"):
        OutboxTransport(tmp_path).send(bad)
    assert files(tmp_path) == []


def test_it_opens_in_the_projects_folder_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    settings = parse_settings("", {})
    transport = open_transport("outbox", settings, root=tmp_path, environ={})
    assert isinstance(transport, OutboxTransport)
    assert transport.folder == tmp_path / "outbox"
    for name in ("pigeon", "memory"):
        with pytest.raises(UsageError) as error:
            open_transport(name, settings, root=tmp_path, environ={})
        assert str(error.value) == f"there is no transport {name!r}\nKnown: outbox, ses, smtp."
