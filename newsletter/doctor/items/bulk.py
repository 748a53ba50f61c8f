"""What the big mailbox providers ask of senders of much mail: each rule with the items that show it."""

import html
from collections.abc import Callable, Sequence

from newsletter.doctor.base import TO_PEOPLE, Diagnosis, Topic, Verdict, failure, passed, skipped
from newsletter.doctor.names import organisation_of
from newsletter.doctor.patient import Item, Patient

GMAIL = "support.google.com/a/answer/81126"
YAHOO = "senders.yahooinc.com/faqs"
MICROSOFT = "techcommunity.microsoft.com, post 4399730"
ALL_THREE = f"{GMAIL}; {YAHOO}; {MICROSOFT}"

PROVIDERS = frozenset(
    {
        "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com",
        "me.com", "msn.com", "outlook.com", "t-online.de", "web.de", "yahoo.com", "ymail.com",
    }
)  # fmt: skip
"""Domains of mailboxes whose DMARC records tell receivers to refuse mail that others send in their name."""

_WORST = (Verdict.FAILURE, Verdict.UNKNOWN, Verdict.WARNING)


def judge(it: Patient, ids: Sequence[str], kept: str) -> Diagnosis:
    """Say whether a rule is kept, from what other items found; `kept` is the sentence when it is."""
    found = {each: it.seen[each] for each in ids}
    for verdict in _WORST:
        named = [each for each, diagnosis in found.items() if diagnosis.verdict is verdict]
        if named:
            words = {
                Verdict.FAILURE: "this rule is broken",
                Verdict.UNKNOWN: "whether this rule is kept is not known",
                Verdict.WARNING: "this rule is not kept in full",
            }[verdict]
            return Diagnosis(verdict=verdict, message=f"{kept}: {words}", remedy=f"See {', '.join(named)}.")
    left_out = [diagnosis.message for diagnosis in found.values() if diagnosis.verdict is Verdict.SKIPPED]
    if left_out:
        return skipped(left_out[0])
    return passed(kept)


def _rule(number: int, title: str, source: str, ids: Sequence[str], transports: frozenset[str] = TO_PEOPLE) -> Item:
    def run(it: Patient) -> Diagnosis:
        return judge(it, ids, title)

    return Item(
        id=f"D{number}", topic=Topic.BULK, title=title, source=source, run=run, transports=transports, derived=True
    )


def _item(
    number: int,
    title: str,
    source: str,
    run: Callable[[Patient], Diagnosis],
) -> Item:
    return Item(id=f"D{number}", topic=Topic.BULK, title=title, source=source, run=run, transports=TO_PEOPLE)


def _visible_link(it: Patient) -> Diagnosis:
    sample = it.sample()
    url = sample.reader.unsubscribe_url
    missing = [
        part
        for part, text in (("HTML", html.unescape(sample.content.html)), ("text", sample.content.text))
        if url not in text
    ]
    if missing:
        return failure(
            f"the {' and the '.join(missing)} part of the template has no unsubscribe link",
            "Put [[ unsubscribe_url ]] into email.mjml and email.txt of the template.",
        )
    return passed("every mail has an unsubscribe link to see")


def _own_name(it: Patient) -> Diagnosis:
    domain = organisation_of(it.sender_domain)
    if domain in PROVIDERS:
        return failure(
            f"the sender is an address at {domain}, and mail from there is refused when others send it",
            "Send from an address of your own domain; newsletter.reply_to may be elsewhere.",
        )
    return passed(f"the sender does not use a mailbox provider's name ({domain})")


def _size(it: Patient) -> Diagnosis:
    people = it.recipients()
    if people >= 5_000:
        return passed(f"a list of {people:,} people is bulk mail: all of these rules are enforced")
    return passed(f"with {people:,} people Gmail and Microsoft enforce only some of these rules, Yahoo all")


def _complaints(_: Patient) -> Diagnosis:
    return skipped("only the providers count complaints: look into Postmaster Tools and Yahoo's Sender Hub")


ITEMS = (
    _item(801, "how much of this is enforced", f"{GMAIL}: 5,000 a day; {MICROSOFT}: 5,000 a day", _size),
    _rule(802, "mail passes SPF and DKIM", ALL_THREE, ("D402", "D601", "D602", "D603"), frozenset({"ses"})),
    _rule(803, "the return path passes SPF", ALL_THREE, ("D602", "D603"), frozenset({"smtp"})),
    _rule(804, "the sender has DMARC and is aligned with it", ALL_THREE, ("D605", "D606")),
    _rule(805, "one click unsubscribes", f"{GMAIL}; {YAHOO}; {MICROSOFT} (advised)", ("D701", "D702", "D703", "D704")),
    _item(806, "an unsubscribe link can be seen in every mail", ALL_THREE, _visible_link),
    _item(807, "the sender's name is its own", f"{GMAIL}: do not impersonate Gmail", _own_name),
    _rule(808, "the sender takes answers", f"{MICROSOFT}: valid From and Reply-To", ("D607",)),
    _item(809, "fewer than 3 in 1,000 complain", f"{GMAIL}: below 0.3 %; {YAHOO}: the same", _complaints),
)
