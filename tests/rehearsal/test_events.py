import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import UsageError
from newsletter.rehearsal.events import Fate, fate_of, parse_fates

EXPECTED = {
    Fate.DELIVERED: ["Send", "Delivery"],
    Fate.BOUNCED: ["Send", "Bounce"],
    Fate.SOFT_BOUNCED: ["Send", "Bounce"],
    Fate.COMPLAINED: ["Send", "Delivery", "Complaint"],
    Fate.DELAYED: ["Send", "DeliveryDelay", "Delivery"],
    Fate.OPENED: ["Send", "Delivery", "Open"],
    Fate.CLICKED: ["Send", "Delivery", "Open", "Click"],
    Fate.REJECTED: ["Send", "Reject"],
    Fate.SUPPRESSED: ["Send", "Bounce"],
}


def written(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("fate", list(Fate))
def test_a_fate_is_told_as_ses_tells_it_with_the_tags_of_the_call(
    fate: Fate, open_standin: Any, connect: Any, call: Any, tmp_path: Path
) -> None:
    standin = open_standin(events=tmp_path / "events.jsonl", fates={fate: 1.0}, event_delay=60)
    identifier = connect(standin).send_email(**call())["MessageId"]
    assert written(tmp_path / "events.jsonl") == []
    standin.flush_events()
    events = written(tmp_path / "events.jsonl")
    assert [event["eventType"] for event in events] == EXPECTED[fate]
    for event in events:
        assert event["mail"]["messageId"] == identifier
        assert event["mail"]["destination"] == ["ada@example.com"]
        assert event["mail"]["tags"]["attempt"] == ["a1"]
        assert event["mail"]["tags"]["ses:configuration-set"] == ["weekly"]


def test_events_come_after_their_delay(open_standin: Any, connect: Any, call: Any, tmp_path: Path) -> None:
    standin = open_standin(events=tmp_path / "events.jsonl", event_delay=0.05)
    connect(standin).send_email(**call())
    for _ in range(200):
        if found := written(tmp_path / "events.jsonl"):
            break
    else:
        standin.flush_events()
        found = written(tmp_path / "events.jsonl")
    assert found[0]["eventType"] == "Send"


def test_without_a_configuration_set_there_are_no_events(
    open_standin: Any, connect: Any, call: Any, tmp_path: Path
) -> None:
    standin = open_standin(events=tmp_path / "events.jsonl")
    connect(standin).send_email(**call(ConfigurationSetName=""))
    standin.flush_events()
    assert written(tmp_path / "events.jsonl") == []


def test_mail_to_a_suppressed_address_is_accepted_and_bounces(
    open_standin: Any, connect: Any, call: Any, tmp_path: Path
) -> None:
    standin = open_standin(events=tmp_path / "events.jsonl", event_delay=60)
    client = connect(standin)
    client.put_suppressed_destination(EmailAddress="ada@example.com", Reason="COMPLAINT")
    client.send_email(**call())
    standin.flush_events()
    assert written(tmp_path / "events.jsonl")[1]["bounce"]["bounceSubType"] == "OnAccountSuppressionList"
    assert standin.accepted == 1


def test_the_same_seed_gives_everybody_the_same_fate_and_shares_are_kept() -> None:
    shares = parse_fates("bounced=10%, opened=30%")
    people = [f"reader{number}@example.com" for number in range(2_000)]

    def fates(seed: int) -> list[Fate]:
        return [fate_of(each, shares, seed=seed) for each in people]

    assert fates(1) == fates(1) != fates(2)
    found: Callable[[Fate], int] = Counter(fates(1)).__getitem__
    assert 150 < found(Fate.BOUNCED) < 250
    assert 500 < found(Fate.OPENED) < 700


def test_the_addresses_of_the_mailbox_simulator_have_the_fate_that_they_name() -> None:
    named = {name: fate_of(f"{name}+1@simulator.amazonses.com", {}, seed=1) for name in ("bounce", "complaint", "ooto")}
    assert named == {"bounce": Fate.BOUNCED, "complaint": Fate.COMPLAINED, "ooto": Fate.SOFT_BOUNCED}


@pytest.mark.parametrize("text", ["lost=1%", "opened", "opened=60%,bounced=50%"])
def test_shares_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_fates(text)
