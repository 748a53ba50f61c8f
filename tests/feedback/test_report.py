"""A report adds up to the last person, and says the same in the terminal, as a table and as a page."""

import csv
import dataclasses
import datetime as dt
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import UsageError
from newsletter.feedback.export import as_html, as_rows, write_table
from newsletter.feedback.intake import ingest
from newsletter.feedback.providers import provider_of, words_of
from newsletter.feedback.report import Report, make_report
from newsletter.models import SuppressionReason
from newsletter.store.database import Database
from tests.feedback.conftest import NOW, Post, ses_event

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
FULL: dict[str, Any] = {"bounceType": "Transient", "bounceSubType": "MailboxFull", "status": "4.2.2", "words": "full"}
POLICY: dict[str, Any] = {"words": "smtp; 550 5.7.515 Access denied"}


def address(number: int) -> str:
    return f"p{number:02}@{'gmail.com' if number < 12 else 'example.org'}"


@pytest.fixture
def told(database: Database, post: Post) -> Report:
    """Twenty candidates: 2 excluded, 1 refused, 2 unknown, 15 sent, of those everything that can happen."""
    post.join(*(f"p{number:02}" for number in range(12)), domain="gmail.com")
    post.join(*(f"p{number:02}" for number in range(12, 20)))
    post.people.unsubscribe(address(18), list_name=None, now=NOW)
    post.people.suppress(address(19), SuppressionReason.MANUAL, note="", now=NOW)
    first = post.send("tides", days=-7)
    tell(database, [ses_event("Delivery", attempt, email, days=-7) for email, attempt in first.items()])
    sent = post.send(unknown=(address(15), address(16)), failed=(address(17),))
    events = [ses_event("Delivery", sent[address(n)], address(n), minutes=1 + n) for n in range(8)]
    events += [ses_event("Complaint", sent[address(n)], address(n), minutes=60) for n in (0,)]
    events += [ses_event("Open", sent[address(n)], address(n), minutes=90, userAgent=FIREFOX) for n in (1, 2)]
    events += [ses_event("Open", sent[address(n)], address(n), minutes=20, userAgent="Mozilla/5.0") for n in (2, 3)]
    links = ["https://example.com/a", "https://example.com/=b"]
    events += [ses_event("Click", sent[address(1)], address(1), minutes=91, userAgent=FIREFOX, link=x) for x in links]
    events += [ses_event("Click", sent[address(3)], address(3), minutes=4.01, userAgent=FIREFOX, link=links[0])]
    events += [ses_event("Bounce", sent[address(n)], address(n)) for n in (8, 9)]
    events += [ses_event("Bounce", sent[address(10)], address(10), **FULL)]
    events += [ses_event("Bounce", sent[address(11)], address(11), **POLICY)]
    events += [ses_event("Reject", sent[address(12)], address(12), reason="Bad content")]
    events += [ses_event("DeliveryDelay", sent[address(13)], address(13))]
    random.Random(1).shuffle(events)
    tell(database, events)
    post.people.unsubscribe(address(4), list_name="weekly", now=NOW + dt.timedelta(days=1))
    return make_report(database, "clouds")


def tell(database: Database, events: list[dict[str, object]]) -> None:
    ingest(database, (json.dumps(each) for each in events), "test", soft_bounce_limit=4)


def test_the_account_adds_up_to_the_last_person(told: Report) -> None:
    numbers = told.numbers
    assert numbers.candidates == 20
    assert numbers.excluded == {"unsubscribed": 1, "suppressed": 1}
    assert numbers.states == {"sent": 15, "failed": 1, "unknown": 2}
    assert numbers.fates == {
        "delivered": 7,
        "complained": 1,
        "bounced": 2,
        "rejected by SES": 1,
        "our domain refused": 1,
        "bounced softly": 1,
        "delayed": 1,
        "no news yet": 1,
    }
    assert sum(numbers.excluded.values()) + sum(numbers.states.values()) == numbers.candidates
    assert sum(numbers.fates.values()) == numbers.sent
    assert (numbers.delivered, numbers.bounced, numbers.complained, numbers.unsubscribed) == (8, 4, 1, 1)


def test_providers_reasons_and_times_add_up_too(told: Report) -> None:
    found = [(each.name, each.sent, each.delivered, each.bounced, each.complained) for each in told.providers]
    assert found == [("Gmail", 12, 8, 4, 1), ("example.org", 3, 0, 0, 0)]
    assert told.reasons == (
        ("bounced", "the mailbox does not exist (5.1.1)", 2),
        ("bounced softly", "the mailbox is full (4.2.2)", 1),
        ("our domain refused", "the domain does not meet Microsoft's level of authentication (5.7.515)", 1),
    )
    assert sum(count for _, count in told.timeline) == 8
    assert told.timeline[0] == (NOW + dt.timedelta(minutes=1), 1)


def test_openings_and_clicks_are_shown_with_and_without_machines(told: Report) -> None:
    assert dataclasses.astuple(told.opens) == (4, 3, 2, 2)
    assert dataclasses.astuple(told.clicks) == (3, 2, 2, 1)
    assert [(each.url[-3:], each.people, each.people_without_machines) for each in told.links] == [
        ("/=b", 1, 1),
        ("m/a", 2, 1),
    ]


def test_it_is_compared_with_the_issues_before(told: Report) -> None:
    (earlier,) = told.earlier
    assert (earlier.issue, earlier.sent, earlier.delivered, earlier.unsubscribed) == ("tides", 18, 18, 0)


def test_an_issue_that_was_not_sent_has_no_report(database: Database) -> None:
    with pytest.raises(UsageError) as caught:
        make_report(database, "clouds")
    assert str(caught.value) == "the issue `clouds` was not sent yet\nSee newsletter mailing list."


def test_the_table_holds_every_number_and_no_formula(told: Report, tmp_path: Path) -> None:
    report = dataclasses.replace(told, reasons=(("bounced", "=1+1", 2),))
    write_table(tmp_path / "r.csv", as_rows(report))
    rows = list(csv.reader((tmp_path / "r.csv").read_text().splitlines()))
    assert rows[:3] == [
        ["section", "name", "number"],
        ["audience", "candidates", "20"],
        ["excluded", "suppressed", "1"],
    ]
    assert ["reason bounced", "'=1+1", "2"] in rows
    assert ["fate", "our domain refused", "1"] in rows


def test_the_page_fetches_nothing_and_has_a_table_for_every_chart(told: Report) -> None:
    page = as_html(
        dataclasses.replace(told, reasons=(("bounced", "<script>x</script>", 2),)), "The Weekly", "Europe/Berlin"
    )
    assert not re.search(r"<script|<link|<img|src=|@import|url\(", page)
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "Sent 2026-11-27 10:00 (Europe/Berlin)" in page
    assert page.count('role="img"') == page.count("<details>") - 1  # the list of links has no chart
    assert "<td>our domain refused</td><td>1</td>" in page


def test_a_page_without_any_event_says_so_without_empty_charts(database: Database, post: Post) -> None:
    post.join("ada")
    post.send()
    page = as_html(make_report(database, "clouds"), "The Weekly", "UTC")
    assert "no news yet" in page
    assert "Delivery over time" not in page
    assert "Opened and clicked" not in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("5.1.1", "the mailbox does not exist"),
        ("5.7.999", "refused by policy"),
        ("MailboxFull", "the mailbox is full"),
        ("5.9.9", "5.9.9"),
        ("", "no reason given"),
    ],
)
def test_a_code_has_a_sentence_or_stands_for_itself(code: str, words: str) -> None:
    assert words_of(code) == words


def test_domains_of_one_provider_go_together_and_the_forgotten_have_none() -> None:
    assert [provider_of(each) for each in ("googlemail.com", "example.org", "")] == [
        "Gmail",
        "example.org",
        "(forgotten)",
    ]
