"""Who is to blame for a bounce: the address, nobody, our message or our domain."""

import pytest

from newsletter.feedback.bounces import enhanced_code, judge_bounce
from newsletter.models import EventMeaning

CASES = [
    ("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown", EventMeaning.HARD_BOUNCE, "5.1.1"),
    ("Permanent", "NoEmail", "", "", EventMeaning.HARD_BOUNCE, "NoEmail"),
    ("Permanent", "Suppressed", "5.1.1", "", EventMeaning.PROVIDER_SUPPRESSED, "Suppressed"),
    (
        "Permanent",
        "OnAccountSuppressionList",
        "5.1.1",
        "",
        EventMeaning.PROVIDER_SUPPRESSED,
        "OnAccountSuppressionList",
    ),
    ("Permanent", "General", "5.7.1", "smtp; 550 5.7.1 blocked", EventMeaning.POLICY_REFUSED, "5.7.1"),
    ("Permanent", "General", "5.1.1", "smtp; 550 5.7.515 Access denied", EventMeaning.POLICY_REFUSED, "5.7.515"),
    ("Permanent", "General", "5.7.26", "", EventMeaning.POLICY_REFUSED, "5.7.26"),
    ("Permanent", "General", "5.7.606", "", EventMeaning.POLICY_REFUSED, "5.7.606"),
    ("Permanent", "General", "5.7.649", "", EventMeaning.POLICY_REFUSED, "5.7.649"),
    ("Transient", "General", "4.7.28", "", EventMeaning.POLICY_REFUSED, "4.7.28"),
    ("Permanent", "General", "5.7.13", "", EventMeaning.HARD_BOUNCE, "5.7.13"),
    ("Permanent", "General", "5.7.650", "", EventMeaning.SOFT_BOUNCE, "5.7.650"),
    ("Permanent", "General", "5.7.124", "", EventMeaning.SOFT_BOUNCE, "5.7.124"),
    ("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 full", EventMeaning.SOFT_BOUNCE, "4.2.2"),
    ("Transient", "MessageTooLarge", "5.3.4", "", EventMeaning.CONTENT_REFUSED, "5.3.4"),
    ("Transient", "ContentRejected", "", "", EventMeaning.CONTENT_REFUSED, "ContentRejected"),
    ("Undetermined", "Undetermined", "", "", EventMeaning.SOFT_BOUNCE, "Undetermined"),
]


@pytest.mark.parametrize(("kind", "subtype", "status", "words", "meaning", "code"), CASES)
def test_a_bounce_blames_whom_the_receiving_server_blames(
    kind: str, subtype: str, status: str, words: str, meaning: EventMeaning, code: str
) -> None:
    recipient = {"emailAddress": "ada@example.org", "status": status, "diagnosticCode": words}
    bounce = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [recipient]}
    assert judge_bounce(bounce) == (meaning, code, words)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("smtp; 550 5.7.1 [192.0.2.1] blocked", "5.7.1"),
        ("smtp; 550 host 5.7.1.9 is listed", ""),
        ("client 192.5.7.1 listed", ""),
        ("5.07.001", "5.7.1"),
        ("550-5.1.1 The email account", "5.1.1"),
        ("smtp; 550 5.1.10 RESOLVER", "5.1.10"),
        ("2.0.0", "2.0.0"),
        ("", ""),
    ],
)
def test_the_enhanced_code_is_found_and_no_ip_address_taken_for_it(text: str, code: str) -> None:
    assert enhanced_code(text) == code
