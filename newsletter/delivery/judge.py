"""When a mailing pauses: what single outcomes and runs of them say about the account, the network or the mail."""

from collections import Counter

from newsletter.models import Outcome, OutcomeKind

FIRST_REFUSED = 3
"""The first so many refused: it is the mail, not the people."""

LIMITS = {OutcomeKind.REFUSED: 5, OutcomeKind.AMBIGUOUS: 5, OutcomeKind.UNREACHABLE: 11}
"""So many of a kind without an accepted one between them pause the mailing."""

_AT_ONCE = {
    OutcomeKind.QUOTA: ("the provider's quota for 24 hours is used up", "Run the same command again later."),
    OutcomeKind.PAUSE: ("the provider cannot be used", "Mend it, then run the same command again."),
}
_RUNS = {
    OutcomeKind.REFUSED: (
        "deliveries were refused one after the other",
        "Look at the reasons before going on: newsletter mailing show.",
    ),
    OutcomeKind.AMBIGUOUS: (
        "answers were lost one after the other; those messages may or may not have been accepted",
        "Check the network and the provider's status, then run the same command again.",
    ),
    OutcomeKind.UNREACHABLE: (
        "connections failed one after the other",
        "Check the network and the transport's settings, then run the same command again.",
    ),
}


class Judge:
    """Hears every outcome of a run; `reason` is empty until the mailing has to pause, `remedy` says what to do."""

    def __init__(self) -> None:
        self.reason = ""
        self.remedy = ""
        self._heard = 0
        self._in_a_row: Counter[OutcomeKind] = Counter()

    def hear(self, outcome: Outcome) -> None:
        """Take an outcome into account; an accepted one ends every run of bad ones."""
        self._heard += 1
        if outcome.kind is OutcomeKind.ACCEPTED:
            self._in_a_row.clear()
            return
        self._in_a_row[outcome.kind] += 1
        run = self._in_a_row[outcome.kind]
        all_refused = outcome.kind is OutcomeKind.REFUSED and run == self._heard == FIRST_REFUSED
        if outcome.kind in _AT_ONCE:
            self._pause(*_AT_ONCE[outcome.kind], outcome)
        elif all_refused or run >= LIMITS.get(outcome.kind, run + 1):
            what, remedy = _RUNS[outcome.kind]
            self._pause(f"{run} {what}", remedy, outcome)

    def _pause(self, what: str, remedy: str, outcome: Outcome) -> None:
        if not self.reason:
            said = ": ".join(part for part in (outcome.code, outcome.text) if part)
            self.reason = f"{what} ({said})" if said else what
            self.remedy = outcome.remedy or remedy
