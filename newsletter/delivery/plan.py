"""Before a mailing: whom it is for, whether it was sent before, and whether it can be merged for everybody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from newsletter.delivery.merge import Merge
from newsletter.errors import ConfigError, DeliveryError, MessageError, NewsletterError, SlotError
from newsletter.message.tokens import TokenKeys
from newsletter.models import (
    CompiledIssue,
    DeliveryState,
    MailingState,
    MailingSummary,
    Newsletter,
    Place,
    SkipReason,
    Wish,
)
from newsletter.store.controls import Controls
from newsletter.store.database import Database
from newsletter.store.mailings import Audience, AudienceCount, Mailings, Recipient

SAMPLE_LINES = 3
NAMED = 10
"""People named in a message; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one of the recipients gets to read: the subject, and the first lines of the text."""

    email: str
    name: str
    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a send would do.

    `mailing` is the one that goes on or was finished, None for a new one. `notice` says how the frozen issue differs
    from the files of today, or that an earlier mailing was cancelled. `held` says who paused the mailing and why:
    nothing is sent until they go on. `size` is the octets of one complete message, 0 when nothing is left to send;
    `samples` are what the first, the middle and the last recipient get, for a new mailing.
    """

    audience: Audience
    compiled: CompiledIssue
    newsletter: Newsletter
    count: AudienceCount
    size: int
    mailing: MailingSummary | None = None
    notice: str = ""
    held: str = ""
    samples: tuple[Sample, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether this audience had the issue before, so that nothing is to be sent."""
        return self.mailing is not None and self.mailing.state is MailingState.FINISHED


def plan_mailing(
    database: Database,
    audience: Audience,
    *,
    compile_now: Callable[[], CompiledIssue],
    newsletter: Newsletter,
    keys: TokenKeys,
) -> Plan:
    """Find the mailing to go on with or, for a new one, make sure that it can be sent to everybody; writes nothing.

    Raises DeliveryError naming the readers for whom a slot fails, or when nobody is left to mail; ConfigError for
    settings without which people must not be mailed; whatever `compile_now` raises, for a new mailing.
    """
    mailings = Mailings(database)
    found = mailings.find(audience)
    if found is not None:
        control = Controls(database).get(found.id)
        held = control.words if control.wish is Wish.PAUSE else ""
        return _go_on(mailings, audience, found, compile_now, held)
    if audience.reaches_people:
        _require_identity(newsletter)
    compiled = compile_now()
    count = mailings.count(audience)
    if count.recipients == 0:
        raise DeliveryError(
            f"nobody is left to send to: {describe_skipped(count.skipped)}",
            remedy="See newsletter subscriber list and mailing list.",
        )
    merge = Merge(compiled, newsletter, keys, mailing_id="0")
    size, samples = _try_everybody(mailings, audience, merge, count.recipients)
    return Plan(
        audience=audience,
        compiled=compiled,
        newsletter=newsletter,
        count=count,
        size=size,
        samples=samples,
        notice=_cancelled_before(mailings, audience),
    )


def _cancelled_before(mailings: Mailings, audience: Audience) -> str:
    before = mailings.cancelled(audience)
    if before is None:
        return ""
    reached = sum(before.counts.get(state, 0) for state in (DeliveryState.SENT, DeliveryState.UNKNOWN))
    return (
        f"mailing {before.id} of this issue was {before.reason}; whom it reached, {reached:,}, is left out here, and "
        "the rest get the issue as it is now, in a new mailing"
    )


def _go_on(
    mailings: Mailings, audience: Audience, found: MailingSummary, compile_now: Callable[[], CompiledIssue], held: str
) -> Plan:
    compiled, newsletter = mailings.content(found.id)
    notice = ""
    try:
        if compile_now().sha256 != compiled.sha256:
            notice = "the issue's files have changed since; what was frozen is sent"
    except NewsletterError as exc:
        notice = f"the issue's files cannot be compiled any more ({exc.what}); what was frozen is sent"
    skipped = dict(found.skipped)
    count = AudienceCount(recipients=found.candidates - sum(skipped.values()), skipped=skipped)
    return Plan(
        audience=audience,
        compiled=compiled,
        newsletter=newsletter,
        count=count,
        size=0,
        mailing=found,
        notice=notice,
        held=held,
    )


def _try_everybody(mailings: Mailings, audience: Audience, merge: Merge, count: int) -> tuple[int, tuple[Sample, ...]]:
    """Build one whole message and evaluate every slot for every recipient; return that message's size, and samples."""
    size = 0
    samples = []
    failed = 0
    named: list[str] = []
    for number, recipient in enumerate(mailings.recipients(audience)):
        reason = _problem(merge, recipient)
        if reason:
            failed += 1
            if len(named) < NAMED:
                named.append(f"  {recipient.subscriber.email}: {reason}")
        elif not size:
            size = len(merge.build(recipient.subscriber, recipient.subscription))
        if not reason and number in {0, count // 2, count - 1}:
            samples.append(_sample(merge, recipient))
    if failed:
        more = [f"  and {failed - len(named):,} more"] if failed > len(named) else []
        people = "1 reader" if failed == 1 else f"{failed:,} readers"
        raise DeliveryError(
            "\n".join([f"the issue cannot be merged for {people}; nothing was sent", *named, *more]),
            remedy="Give the slot a fallback, or complete or exclude these subscribers.",
        )
    return size, tuple(samples)


def _sample(merge: Merge, recipient: Recipient) -> Sample:
    content = merge.content(recipient.subscriber, recipient.subscription)
    lines = [line.strip() for line in content.text.splitlines() if line.strip()]
    person = recipient.subscriber
    return Sample(email=person.email, name=person.name, subject=content.subject, lines=tuple(lines[:SAMPLE_LINES]))


def _problem(merge: Merge, recipient: Recipient) -> str:
    try:
        merge.try_slots(recipient.subscriber, recipient.subscription)
    except (SlotError, MessageError) as exc:
        return exc.what
    return ""


def _require_identity(newsletter: Newsletter) -> None:
    """Refuse to mail people without what the law and the mailbox providers ask for (RFC 8058, CAN-SPAM)."""
    missing: Sequence[tuple[bool, str, str]] = (
        (
            newsletter.sender.email.endswith(".invalid"),
            "the newsletter has no sender",
            '[newsletter]\n  sender = "Weekly <news@example.com>"',
        ),
        (
            not newsletter.postal_address.strip(),
            "the newsletter has no postal address",
            '[newsletter]\n  postal_address = "Example Ltd, 1 Street, City"',
        ),
        (
            not newsletter.public_url.startswith("https://"),
            "the unsubscribe links have no public https address to lead to",
            '[public]\n  base_url = "https://news.example.com"',
        ),
    )
    for wrong, what, line in missing:
        if wrong:
            raise ConfigError(what, place=Place(file="newsletter.toml"), remedy=f"Add to newsletter.toml:\n  {line}")


def describe_skipped(skipped: Mapping[SkipReason, int]) -> str:
    """Write the exclusions with their reasons: `3 unsubscribed, 1 suppressed`; empty when there are none."""
    return ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in skipped.items())
