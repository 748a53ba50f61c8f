"""What checks say."""

from dataclasses import dataclass
from enum import StrEnum

from newsletter.models.place import Place


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # the issue must not be sent
    WARNING = "warning"  # a person should look
    INFO = "info"  # good to know


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check says: a stable id, a severity, the place in the editor's own files, a sentence and a remedy."""

    id: str
    severity: Severity
    message: str
    remedy: str
    place: Place | None = None
