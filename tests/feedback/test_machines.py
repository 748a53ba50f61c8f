"""What a machine fetched, by its name, by its haste, and by its thoroughness; everything else is a person's."""

import datetime as dt
from typing import Any

import pytest

from newsletter.feedback.machines import bursts, is_machine
from newsletter.models import EventType
from newsletter.store.reporting import Visit

AT = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)


def visit(kind: EventType, agent: str, *, seconds: float = 600, link: str = "", delivered: bool = True) -> Visit:
    detail: dict[str, Any] = {"userAgent": agent, **({"link": link} if link else {})}
    return Visit(
        delivery_id=1,
        type=kind,
        at=AT + dt.timedelta(seconds=seconds),
        delivered_at=AT if delivered else None,
        payload={kind.value: detail},
    )


OPENS = [
    (FIREFOX, 600, False),
    (IPHONE, 600, False),
    (GMAIL, 600, False),  # the proxy fetches when a person opens
    (GMAIL, 2, True),  # so soon nobody has
    (PREFETCH, 600, True),
    ("Mozilla/5.0", 600, True),  # Apple's Mail Privacy Protection
    ("Barracuda Sentinel (EE)", 600, True),
    ("", 600, True),
    (FIREFOX, 4.9, True),
    (FIREFOX, 5, False),
]


@pytest.mark.parametrize(("agent", "seconds", "machine"), OPENS)
def test_an_opening_is_a_machines_by_name_or_haste(agent: str, seconds: float, *, machine: bool) -> None:
    assert is_machine(visit(EventType.OPEN, agent, seconds=seconds)) is machine


def test_a_click_by_the_name_that_apple_opens_under_is_a_persons() -> None:
    assert not is_machine(visit(EventType.CLICK, "Mozilla/5.0"))


@pytest.mark.parametrize("agent", ["python-requests/2.32", "curl/8.5.0", "Mozilla/5.0 (compatible; bingbot/2.0)"])
def test_a_click_of_a_program_is_a_machines(agent: str) -> None:
    assert is_machine(visit(EventType.CLICK, agent))


def test_without_a_reported_delivery_haste_proves_nothing() -> None:
    assert not is_machine(visit(EventType.CLICK, FIREFOX, seconds=1, delivered=False))


def test_who_follows_four_links_in_ten_seconds_is_a_scanner_and_who_takes_longer_is_not() -> None:
    quick = [visit(EventType.CLICK, FIREFOX, seconds=60 + n, link=f"https://example.com/{n}") for n in range(4)]
    slow = [visit(EventType.CLICK, FIREFOX, seconds=60 + 9 * n, link=f"https://example.com/{n}") for n in range(4)]
    same = [visit(EventType.CLICK, FIREFOX, seconds=60 + n, link="https://example.com/") for n in range(4)]
    late = visit(EventType.CLICK, FIREFOX, seconds=900, link="https://example.com/1")
    assert bursts([*quick, late]) == {0, 1, 2, 3}
    assert bursts(slow) == set()
    assert bursts(same) == set()
