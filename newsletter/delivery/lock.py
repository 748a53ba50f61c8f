"""One sender a mailing: a lock that the system takes back when its holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.errors import DeliveryError, SenderBusyError

_MOMENT = 0.3


@contextmanager
def mailing_lock(database: Path, mailing_id: int) -> Iterator[None]:
    """Hold the lock of a mailing; whoever gets it knows that every former sender of the mailing is dead.

    It lies beside the database's file, so that two project folders that share a database share its locks.

    The file stays: deleting it would let two processes lock two files of one name. Raises SenderBusyError when
    another process holds it.
    """
    database = database.resolve()
    file = database.with_name(f"{database.name}.mailing-{mailing_id}.lock")
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise DeliveryError(
            f"the lock {file} cannot be opened: {exc.strerror}", remedy="Check the rights of its folder."
        ) from exc
    try:
        _take(descriptor, mailing_id)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, mailing_id: int) -> None:
    # a command that pauses or cancels an idle mailing holds the lock for a moment, which is no sender
    deadline = time.monotonic() + _MOMENT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            if time.monotonic() < deadline:
                time.sleep(_MOMENT / 10)
                continue
            raise SenderBusyError(
                f"another process is sending mailing {mailing_id}",
                remedy=f"Wait for it, or look: newsletter mailing show {mailing_id}.",
            ) from exc
        return
