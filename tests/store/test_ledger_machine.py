"""The ledger against a model of it, in any order of claims, answers, crashes, evidence and decisions."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from newsletter.models import CompiledIssue, DeliveryState, Mailbox, Newsletter, Outcome, OutcomeKind
from newsletter.store.database import open_database
from newsletter.store.evidence import Decision, Resolution, Settlement, resolve, settle
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import NEXT_STATE, Ledger, Result
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
PEOPLE = [f"p{number}@example.org" for number in range(5)]
OPEN = {DeliveryState.SENDING, DeliveryState.UNKNOWN}


class LedgerMachine(RuleBasedStateMachine):
    attempts = Bundle("attempts")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = open_database("sqlite:///x.db", root=Path(self.folder.name))
        people = Subscribers(self.database)
        people.ensure_list("weekly", NOW)
        rows = [NewSubscriber(line=1, email=email) for email in PEOPLE]
        people.take(rows, list_name="weekly", consent_source="", now=NOW, write=True)
        audience = Audience(issue="clouds", lists=("weekly",), transport="ses", reaches_people=True)
        compiled = CompiledIssue(slug="clouds", subject="", preheader="", html="", text="", sha256="")
        newsletter = Newsletter(name="Weekly", sender=Mailbox(email="news@example.com"))
        self.mailings = Mailings(self.database)
        self.mailings.freeze(audience, compiled, newsletter, NOW)
        self.mailings.start(1, NOW)
        self.ledger = Ledger(self.database, 1, worker="machine")
        self.state: dict[str, DeliveryState] = dict.fromkeys(PEOPLE, DeliveryState.PENDING)
        self.current: dict[str, str] = {}
        self.owner: dict[str, str] = {}
        self.gone: set[str] = set()

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @rule(target=attempts, limit=st.integers(1, 3))
    def claim(self, limit: int) -> Any:
        claims = self.ledger.step([], claim=limit, now=NOW)
        waiting = sum(state is DeliveryState.PENDING for state in self.state.values())
        for email in self.gone:
            # whoever left is skipped when the claim comes to them, which is no later than when it runs dry
            if self.state[email] is DeliveryState.PENDING and len(claims) < limit:
                self.state[email] = DeliveryState.SKIPPED
        assert len(claims) <= min(limit, waiting)
        for claim in claims:
            email = claim.subscriber.email
            assert self.state[email] is DeliveryState.PENDING
            assert email not in self.gone
            assert claim.attempt_id not in self.owner
            self.state[email] = DeliveryState.SENDING
            self.current[email] = claim.attempt_id
            self.owner[claim.attempt_id] = email
        self._see_skipped()
        return multiple(*(claim.attempt_id for claim in claims))

    def _see_skipped(self) -> None:
        """A claim that found enough may or may not have met those who left; the rows say which."""
        for row in self.mailings.deliveries(1, [DeliveryState.SKIPPED]):
            assert row.email in self.gone
            assert self.state[row.email] in {DeliveryState.PENDING, DeliveryState.SKIPPED}
            self.state[row.email] = DeliveryState.SKIPPED

    @rule(attempt=attempts, kind=st.sampled_from(OutcomeKind))
    def answer(self, attempt: str, kind: OutcomeKind) -> None:
        outcome = Outcome(kind=kind, message_id="m" if kind is OutcomeKind.ACCEPTED else "")
        self.ledger.step([Result(attempt_id=attempt, outcome=outcome, not_before=NOW)], claim=0, now=NOW)
        email = self.owner[attempt]
        given_up = self.state[email] is DeliveryState.UNKNOWN
        if self.current[email] == attempt and self.state[email] in OPEN:
            if given_up and NEXT_STATE[kind] is DeliveryState.PENDING:
                return  # only a person sends it again
            self.state[email] = NEXT_STATE[kind]

    @rule()
    def crash(self) -> None:
        lost = [email for email, state in self.state.items() if state is DeliveryState.SENDING]
        assert self.ledger.recover(NOW) == len(lost)
        self.state.update(dict.fromkeys(lost, DeliveryState.UNKNOWN))

    @rule(attempt=attempts)
    def evidence(self, attempt: str) -> None:
        found = settle(self.database, attempt, "m", now=NOW)
        email = self.owner[attempt]
        if self.current[email] != attempt:
            assert found is Settlement.SUPERSEDED
        elif self.state[email] in OPEN | {DeliveryState.PENDING}:
            assert found is Settlement.SETTLED
            self.state[email] = DeliveryState.SENT
        else:
            assert found is Settlement.KNOWN

    @rule(decision=st.sampled_from(Decision))
    def decide(self, decision: Decision) -> None:
        unknown = [email for email, state in self.state.items() if state is DeliveryState.UNKNOWN]
        resolution = Resolution(decision=decision, who="eve", reason="x")
        assert resolve(self.database, 1, [], resolution, now=NOW) == len(unknown)
        if decision is Decision.RESEND:
            self.state.update(dict.fromkeys(unknown, DeliveryState.PENDING))

    @rule(email=st.sampled_from(PEOPLE))
    def leave(self, email: str) -> None:
        Subscribers(self.database).unsubscribe(email, list_name=None, now=NOW)
        self.gone.add(email)

    @rule()
    def finish(self) -> None:
        open_rows = {DeliveryState.PENDING, DeliveryState.SENDING} & set(self.state.values())
        self.mailings.finish(1, NOW)
        assert (self.mailings.get(1).state == "finished") == (not open_rows)

    @invariant()
    def every_row_is_where_the_model_says_and_the_counts_add_up(self) -> None:
        assert {row.email: row.state for row in self.mailings.deliveries(1)} == self.state
        assert self.mailings.get(1).candidates == len(PEOPLE)


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
