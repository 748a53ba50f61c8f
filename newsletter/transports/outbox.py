"""A Maildir on this machine: every message is delivered there, durably, and nobody is mailed.

Any mail client that reads Maildir opens it, and so does Python's `mailbox.Maildir`.
"""

import contextlib
import datetime as dt
import os
import threading
from pathlib import Path
from typing import Final

from newsletter.errors import TransportError
from newsletter.models import Envelope, Outcome, OutcomeKind
from newsletter.transports.stamp import message_id, stamped

_FOLDERS = ("cur", "new", "tmp")


class OutboxTransport:
    """Writes each message to `tmp`, forces it to the disk and moves it to `new` (maildir(5)).

    A file is named after the attempt, so that the same attempt, repeated, delivers nothing twice. Folders are 0700,
    files 0600, for they hold addresses. Raises TransportError when the folder cannot be made.
    """

    name: Final = "outbox"
    reaches_people: Final = False
    takes_base64: Final = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            for name in ("", *_FOLDERS):
                (folder / name).mkdir(mode=0o700, parents=not name, exist_ok=True)
            # what a mail client has read already was moved there, with its flags behind a colon
            self._read = {entry.name.partition(":")[0] for entry in os.scandir(folder / "cur")}
        except OSError as exc:
            raise TransportError(
                f"the outbox {folder} cannot be used: {exc.strerror}",
                remedy="Give it another place with transports.outbox.path in newsletter.toml, or mend its rights.",
            ) from exc

    def send(self, envelope: Envelope) -> Outcome:
        """Deliver one message into the Maildir; a full disk or missing right pauses the mailing."""
        accepted = Outcome(kind=OutcomeKind.ACCEPTED, message_id=message_id(envelope))
        name = f"{envelope.attempt_id}.newsletter"
        delivered = self.folder / "new" / name
        if name in self._read or delivered.exists():
            return accepted
        draft = self.folder / "tmp" / f"{name}.{os.getpid()}.{threading.get_ident()}"
        try:
            _write(draft, stamped(envelope, dt.datetime.now(dt.UTC)))
            draft.rename(delivered)
        except OSError as exc:
            with contextlib.suppress(OSError):
                draft.unlink()
            return Outcome(
                kind=OutcomeKind.PAUSE,
                code=type(exc).__name__,
                text=f"{self.folder}: {exc.strerror}",
                remedy="Free some space or mend the rights of the outbox, then give the same command again.",
            )
        try:
            _sync_folder(delivered.parent)
        except OSError as exc:
            # the file is there, but might not survive a power cut
            return Outcome(kind=OutcomeKind.AMBIGUOUS, code=type(exc).__name__, text=f"{delivered}: {exc.strerror}")
        return accepted

    def max_rate(self) -> float | None:
        """Return None: a disk has no limit."""
        return None

    def close(self) -> None:
        """Do nothing: every message is on the disk already."""


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb", closefd=True) as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
