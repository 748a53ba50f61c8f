"""The report of an issue: everybody accounted for, what became of the mail, compared with the issues before."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from newsletter.errors import UsageError
from newsletter.feedback.machines import bursts, is_machine, link_of
from newsletter.feedback.providers import provider_of, words_of
from newsletter.models import DeliveryState, EventMeaning, EventType
from newsletter.store.database import Database
from newsletter.store.reporting import (
    BOUNCES,
    RANKED,
    Sent,
    account,
    bounce_codes,
    delivered_by_minute,
    sent_issues,
    unsubscribed,
    visits,
)

EARLIER = 10
"""Issues before this one that it is compared with."""
COLUMNS = 24
"""Spans of time at most that deliveries are counted in."""

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440, 10080)
"""Minutes a span may last."""
_FATES = {
    EventMeaning.ACCEPTED: "no news yet",
    EventMeaning.DELAYED: "delayed",
    EventMeaning.SOFT_BOUNCE: "bounced softly",
    EventMeaning.DELIVERED: "delivered",
    EventMeaning.CONTENT_REFUSED: "content refused",
    EventMeaning.POLICY_REFUSED: "our domain refused",
    EventMeaning.REJECTED: "rejected by SES",
    EventMeaning.PROVIDER_SUPPRESSED: "on SES's suppression list",
    EventMeaning.HARD_BOUNCE: "bounced",
    EventMeaning.COMPLAINT: "complained",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The account of an issue. `excluded` and `states` add up to `candidates`, `fates` to `sent`.

    `unsubscribed` counts people who are among the `fates` too: they got the issue, and left.
    """

    issue: str
    subject: str
    started_at: dt.datetime
    candidates: int
    excluded: Mapping[str, int]
    states: Mapping[str, int]
    fates: Mapping[str, int]
    unsubscribed: int

    @property
    def sent(self) -> int:
        """Messages that the provider accepted."""
        return self.states.get(DeliveryState.SENT, 0)

    @property
    def delivered(self) -> int:
        """Messages that the recipients' servers took; who complained has it too."""
        return self.fates.get(_FATES[EventMeaning.DELIVERED], 0) + self.complained

    @property
    def bounced(self) -> int:
        """Messages that bounced in any way."""
        return sum(self.fates.get(_FATES[each], 0) for each in BOUNCES)

    @property
    def complained(self) -> int:
        """People who marked it as spam."""
        return self.fates.get(_FATES[EventMeaning.COMPLAINT], 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What one mailbox provider did with the mail."""

    name: str
    sent: int
    delivered: int
    bounced: int
    complained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Openings or clicks: all, and without machines; and the people behind them, counted once."""

    total: int
    people: int
    total_without_machines: int
    people_without_machines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link and how many people followed it, with and without machines."""

    url: str
    people: int
    people_without_machines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it. `reaches_people` is False when the issue only went to a transport that mails nobody."""

    numbers: Numbers
    reaches_people: bool
    providers: tuple[Provider, ...]
    reasons: tuple[tuple[str, str, int], ...]
    timeline: tuple[tuple[dt.datetime, int], ...]
    step_minutes: int
    opens: Engagement
    clicks: Engagement
    links: tuple[Link, ...]
    earlier: tuple[Numbers, ...]


def make_report(database: Database, issue: str) -> Report:
    """Return the report of an issue that was sent. Raises UsageError when it was not."""
    known = sent_issues(database)
    place = next((number for number, each in enumerate(known) if each.issue == issue), None)
    if place is None:
        raise UsageError(f"the issue `{issue}` was not sent yet", remedy="See newsletter mailing list.")
    sent = known[place]
    before = [each for each in known[:place] if each.reaches_people][-EARLIER:]
    step, timeline = _spans(delivered_by_minute(database, sent))
    opens, clicks, links = _engagement(database, sent)
    return Report(
        numbers=numbers_of(database, sent),
        reaches_people=sent.reaches_people,
        providers=_providers(database, sent),
        reasons=tuple((_FATES[meaning], f"{words_of(code)} ({code})" if code else words_of(code), number)
                      for meaning, code, number in bounce_codes(database, sent)),
        timeline=timeline,
        step_minutes=step,
        opens=opens,
        clicks=clicks,
        links=links,
        earlier=tuple(numbers_of(database, each) for each in before),
    )  # fmt: skip


def numbers_of(database: Database, sent: Sent) -> Numbers:
    """Return the account of one issue."""
    excluded: Counter[str] = Counter()
    states: Counter[str] = Counter()
    fates: Counter[str] = Counter()
    for group in account(database, sent):
        if group.state is DeliveryState.SKIPPED:
            excluded[group.reason.replace("_", " ")] += group.people
            continue
        states[group.state] += group.people
        if group.state is DeliveryState.SENT:
            fates[_FATES[group.fate]] += group.people
    order = (_FATES[EventMeaning.DELIVERED], *(_FATES[each] for each in reversed(RANKED)))
    return Numbers(
        issue=sent.issue,
        subject=sent.subject,
        started_at=sent.started_at,
        candidates=excluded.total() + states.total(),
        excluded=dict(sorted(excluded.items())),
        states={state.value: states[state] for state in DeliveryState if states[state]},
        fates={name: fates[name] for name in dict.fromkeys(order) if fates[name]},
        unsubscribed=unsubscribed(database, sent),
    )


def _providers(database: Database, sent: Sent) -> tuple[Provider, ...]:
    counts: dict[str, Counter[str]] = {}
    for group in account(database, sent):
        if group.state is DeliveryState.SENT:
            counter = counts.setdefault(provider_of(group.domain), Counter())
            counter["sent"] += group.people
            counter["delivered"] += group.people * (group.fate in {EventMeaning.DELIVERED, EventMeaning.COMPLAINT})
            counter["bounced"] += group.people * (group.fate in BOUNCES)
            counter["complained"] += group.people * (group.fate is EventMeaning.COMPLAINT)
    found = [
        Provider(name=name, **{key: count[key] for key in ("sent", "delivered", "bounced", "complained")})
        for name, count in counts.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.sent, each.name)))


def _spans(minutes: Sequence[tuple[dt.datetime, int]]) -> tuple[int, tuple[tuple[dt.datetime, int], ...]]:
    """Return minutes in a span and the deliveries of each, the empty ones too; the last takes all that is later."""
    if not minutes:
        return 1, ()
    first, last = minutes[0][0], minutes[-1][0]
    length = int((last - first).total_seconds() // 60) + 1
    step = next((each for each in _STEPS if length <= each * COLUMNS), _STEPS[-1])
    counts: Counter[int] = Counter()
    for at, number in minutes:
        counts[min(int((at - first).total_seconds() // 60) // step, COLUMNS - 1)] += number
    return step, tuple((first + dt.timedelta(minutes=step * span), counts[span]) for span in range(max(counts) + 1))


def _engagement(database: Database, sent: Sent) -> tuple[Engagement, Engagement, tuple[Link, ...]]:
    totals: Counter[tuple[str, str]] = Counter()
    links: dict[str, Counter[str]] = {}
    for _, group in groupby(visits(database, sent), key=lambda visit: visit.delivery_id):
        found = list(group)
        for kind in (EventType.OPEN, EventType.CLICK):
            some = [visit for visit in found if visit.type is kind]
            scanned = bursts(some) if kind is EventType.CLICK else set()
            real = [visit for place, visit in enumerate(some) if place not in scanned and not is_machine(visit)]
            totals[kind, "total"] += len(some)
            totals[kind, "people"] += bool(some)
            totals[kind, "total_without_machines"] += len(real)
            totals[kind, "people_without_machines"] += bool(real)
            if kind is EventType.CLICK:
                for url in {link_of(visit) for visit in some}:
                    links.setdefault(url, Counter())["people"] += 1
                for url in {link_of(visit) for visit in real}:
                    links[url]["real"] += 1
    names = ("total", "people", "total_without_machines", "people_without_machines")
    opens, clicks = (
        Engagement(**{name: totals[kind, name] for name in names}) for kind in (EventType.OPEN, EventType.CLICK)
    )
    followed = [Link(url=url, people=n["people"], people_without_machines=n["real"]) for url, n in links.items()]
    return opens, clicks, tuple(sorted(followed, key=lambda each: (-each.people_without_machines, each.url)))
