"""One sender a mailing: a lock that the system takes back when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.errors import DeliveryError, SenderBusyError


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
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise SenderBusyError(
                f"another process is sending mailing {mailing_id}",
                remedy=f"Wait for it, or look: newsletter mailing show {mailing_id}.",
            ) from exc
        yield
    finally:
        os.close(descriptor)
