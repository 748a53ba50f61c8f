"""The log of what the stand-in truly accepted: JSON lines, each written out before its call is answered."""

import datetime as dt
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.errors import UsageError
from newsletter.models import Place
from newsletter.rehearsal.events import Accepted
from newsletter.rehearsal.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A message that was taken over; `answered` is False when the sender was not told so."""

    message_id: str
    recipient: str
    tags: dict[str, str]
    at: dt.datetime
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything that a log says, in order."""

    accepted: tuple[Acceptance, ...]
    faults: Counter[Fault]


class TruthLog:
    """Writes the log; a line is with the operating system when a method returns, so that no crash here loses it."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise UsageError(
                f"the log cannot be written: {exc.strerror}", place=Place(file=str(path)), remedy="Name another file."
            ) from exc

    def accepted(self, accepted: Accepted, fault: Fault | None) -> None:
        """Write down a message that was taken over, and what goes wrong with its answer."""
        for recipient in accepted.email.recipients:
            self._write(
                {
                    "accepted": accepted.message_id,
                    "to": recipient,
                    "tags": accepted.email.tags,
                    "size": accepted.email.size,
                    "at": accepted.at.isoformat(),
                    **({"fault": fault} if fault else {}),
                }
            )

    def refused(self, code: str, fault: Fault | None, at: dt.datetime) -> None:
        """Write down a call that was not accepted."""
        self._write({"refused": code, "at": at.isoformat(), **({"fault": fault} if fault else {})})

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")


def read_truth(path: Path) -> Truth:
    """Read a log; raises UsageError when a line is none of ours."""
    accepted: list[Acceptance] = []
    faults: Counter[Fault] = Counter()
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
                fault = Fault(entry["fault"]) if "fault" in entry else None
                if fault:
                    faults[fault] += 1
                if "accepted" in entry:
                    accepted.append(
                        Acceptance(
                            message_id=entry["accepted"],
                            recipient=entry["to"],
                            tags=entry["tags"],
                            at=dt.datetime.fromisoformat(entry["at"]),
                            answered=fault in {None, Fault.SLOW},
                        )
                    )
            except (ValueError, KeyError, TypeError) as exc:
                raise UsageError(
                    "this is no log of `newsletter ses-standin`",
                    place=Place(file=str(path), line=number),
                    remedy="Name the file that was given as --log.",
                ) from exc
    return Truth(accepted=tuple(accepted), faults=faults)
