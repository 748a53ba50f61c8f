import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from newsletter.delivery.plan import Plan, plan_mailing
from newsletter.errors import ConfigError, ContentError, DeliveryError
from newsletter.message.tokens import TokenKeys
from newsletter.models import CompiledIssue, Mailbox, MailingSummary, Newsletter, SkipReason
from newsletter.store.database import Database
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
KEYS = TokenKeys(current="k1", keys={"k1": b"k" * 32})
NO_LINKS = "the unsubscribe links have no public https address to lead to"
Join = Callable[..., None]
MakePlan = Callable[..., Plan]


@pytest.fixture
def plan(database: Database, audience: Audience, compiled: CompiledIssue, newsletter: Newsletter) -> MakePlan:
    def plan(
        compiled: CompiledIssue = compiled, newsletter: Newsletter = newsletter, audience: Audience = audience
    ) -> Plan:
        return plan_mailing(database, audience, compile_now=lambda: compiled, newsletter=newsletter, keys=KEYS)

    return plan


def test_a_plan_counts_the_audience_and_builds_one_whole_message(
    plan: MakePlan, join: Join, database: Database
) -> None:
    join("anna", "ben", "cleo")
    Subscribers(database).unsubscribe("ben@example.org", list_name=None, now=NOW)
    made = plan()
    assert (made.count.recipients, made.count.candidates) == (2, 3)
    assert made.count.skipped == {SkipReason.UNSUBSCRIBED: 1}
    assert made.size > 500
    assert made.mailing is None
    assert Mailings(database).list() == ()


def test_every_reader_for_whom_a_slot_fails_is_counted_ten_are_named_and_nothing_is_frozen(
    plan: MakePlan, join: Join, database: Database
) -> None:
    join("anna")
    join(count=12, city=None)
    with pytest.raises(DeliveryError) as error:
        plan()
    lines = error.value.what.splitlines()
    assert lines[0] == "the issue cannot be merged for 12 readers; nothing was sent"
    assert lines[1].startswith("  p0@example.org: the slot [[ subscriber.attributes.city ]] in the html fails for p0")
    assert (len(lines), lines[-1]) == (12, "  and 2 more")
    assert Mailings(database).list() == ()


def test_a_subject_that_is_no_header_for_a_reader_is_found_before_anything_is_sent(
    plan: MakePlan, join: Join, compiled: CompiledIssue
) -> None:
    join("anna", city="Rome\nBcc: all@example.org")
    with pytest.raises(DeliveryError, match=r"anna@example\.org: the subject contains the control character U\+000A"):
        plan(dataclasses.replace(compiled, subject="News from [[ subscriber.attributes.city ]]"))


@pytest.mark.parametrize(
    ("changes", "what", "line"),
    [
        ({"sender": Mailbox(email="newsletter@localhost.invalid")}, "the newsletter has no sender", "sender ="),
        ({"postal_address": " "}, "the newsletter has no postal address", "postal_address ="),
        ({"public_url": ""}, NO_LINKS, "base_url ="),
        (
            {"public_url": "http://localhost:8000"},
            NO_LINKS,
            "base_url =",
        ),
    ],
)
def test_people_are_not_mailed_without_what_the_law_asks_for(
    plan: MakePlan,
    join: Join,
    newsletter: Newsletter,
    audience: Audience,
    changes: dict[str, object],
    what: str,
    line: str,
) -> None:
    join("anna")
    poor = dataclasses.replace(newsletter, **changes)  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as error:
        plan(newsletter=poor)
    assert error.value.what == what
    assert line in error.value.remedy
    outbox = dataclasses.replace(audience, transport="outbox", reaches_people=False)
    assert plan(newsletter=poor, audience=outbox).count.recipients == 1


def test_when_everybody_is_excluded_the_reasons_are_told(plan: MakePlan, join: Join, database: Database) -> None:
    join("anna")
    Subscribers(database).unsubscribe("anna@example.org", list_name=None, now=NOW)
    with pytest.raises(DeliveryError, match="nobody is left to send to: 1 unsubscribed"):
        plan()


def test_an_unfinished_mailing_goes_on_with_what_was_frozen_and_says_what_changed(
    plan: MakePlan, join: Join, freeze: Callable[[], MailingSummary], compiled: CompiledIssue, database: Database
) -> None:
    join("anna")
    frozen = freeze()
    changed = plan(dataclasses.replace(compiled, html="new", sha256="b" * 64))
    assert (changed.mailing, changed.compiled, changed.notice) == (
        frozen,
        compiled,
        "the issue's files have changed since; what was frozen is sent",
    )
    assert plan().notice == ""
    assert not changed.finished


def test_an_unfinished_mailing_goes_on_when_the_files_are_broken(
    database: Database,
    audience: Audience,
    newsletter: Newsletter,
    join: Join,
    freeze: Callable[[], MailingSummary],
    compiled: CompiledIssue,
) -> None:
    join("anna")
    freeze()

    def broken() -> CompiledIssue:
        raise ContentError("there is no article `x`")

    made = plan_mailing(database, audience, compile_now=broken, newsletter=newsletter, keys=KEYS)
    assert made.compiled == compiled
    assert (
        made.notice
        == "the issue's files cannot be compiled any more (there is no article `x`); what was frozen is sent"
    )
