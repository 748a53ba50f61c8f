"""What outlives one run of the studio, so that its tabs find it again: the port and the token."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILE = "studio.json"
_TOKEN_LENGTH = 22
"""Characters of a token: 128 bits in Base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The port of the last run, 0 for none, and the token that opens the studio."""

    port: int
    token: str


def last_session(folder: Path) -> Session:
    """Read the last run's session; another token when there is none, or it is not this user's secret alone."""
    path = folder / FILE
    with suppress(OSError, ValueError, KeyError, TypeError):
        state = path.stat()
        values = json.loads(path.read_text(encoding="utf-8"))
        port, token = int(values["port"]), str(values["token"])
        if state.st_uid == os.getuid() and not state.st_mode & 0o077 and len(token) == _TOKEN_LENGTH:
            return Session(port=port if 1024 <= port <= 65535 else 0, token=token)
    return Session(port=0, token=secrets.token_urlsafe(16))


def keep_session(folder: Path, session: Session) -> None:
    """Keep a session for the next run, readable for this user only; the folder is made if it has to be.

    Where nothing can be written none is kept.
    """
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / FILE
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"port": session.port, "token": session.token}, file)
