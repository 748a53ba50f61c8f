"""Deliverability: what mailbox providers and their filters look at before a mail is shown."""

import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.facts import SpamScore
from newsletter.checks.size.weight import words_of
from newsletter.models import Mailbox, Place, Severity

PHRASES: tuple[tuple[str, str], ...] = (
    ("100% guaranteed", "GUARANTEED_100_PERCENT"),
    ("act now", "ACT_NOW_CAPS"),
    ("dear friend", "DEAR_FRIEND"),
    ("financial freedom", "FIN_FREE"),
    ("join millions", "JOIN_MILLIONS"),
    ("lose weight", "DIET_1"),
    ("money back guarantee", "MONEY_BACK"),
    ("no credit check", "BAD_CREDIT"),
    ("no medical exam", "NO_MEDICAL"),
    ("one time offer", "ONE_TIME"),
    ("refinance your home", "REFINANCE_YOUR_HOME"),
    ("risk free", "ADVANCE_FEE_2_NEW_MONEY and its like"),
    ("stock alert", "STOCK_ALERT"),
    ("strong buy", "STRONG_BUY"),
    ("unclaimed money", "UNCLAIMED_MONEY"),
)
"""Phrases with the rule of SpamAssassin 4.0.1 that counts them; filters of today weigh far more than words."""

FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "aol.com", "hotmail.com", "outlook.com", "live.com"),
        *("msn.com", "icloud.com", "me.com", "mac.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de"),
        *("freenet.de", "mail.ru", "yandex.ru", "proton.me", "protonmail.com", "orange.fr", "free.fr", "laposte.net"),
        *("libero.it", "wp.pl", "o2.pl", "seznam.cz", "qq.com", "163.com", "126.com", "comcast.net", "zoho.com"),
    }
)
"""Domains of mailbox providers; most of them publish DMARC reject or quarantine for mail that others send."""

_NO_REPLY = re.compile(r"(?:no|do-?not|dont|non|nicht|kein)[-_.]?(?:reply|respond|repondre|antwort\w*)", re.IGNORECASE)
_SETTINGS = "newsletter.toml"
_UNSET = "localhost.invalid"


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1024)
def owner(host: str) -> str:
    """Return the registrable domain of a host (Public Suffix List), the host itself where there is none."""
    return _suffixes().privatesuffix(host.lower()) or host.lower()


def domain(mailbox: Mailbox) -> str:
    """Return the domain of a mailbox."""
    return mailbox.email.rpartition("@")[2].lower()


@check(
    id="N701",
    family=Family.DELIVERABILITY,
    severity=Severity.INFO,
    title="phrase that filters have counted",
    source="SpamAssassin 4.0.1, rule files 20_phrases.cf and 20_advance_fee.cf",
    bad=Example(article={"body": "Act now: the lamp is risk free."}),
    good=Example(article={"body": "They had to act, nowhere else was a lamp."}),
)
def phrases(it: Subject) -> Iterator[Hit]:
    """Advice only: words alone sort out nothing any more, but a row of such phrases still counts."""
    text = " ".join(f"{it.assembled.issue.subject} {it.text}".lower().replace("-", " ").split())
    for phrase, rule in PHRASES:
        if re.search(rf"\b{re.escape(phrase)}\b", text):
            yield Hit(
                message=f"the mail says {phrase!r}, which filters have counted against mails ({rule})",
                remedy="Say it in your own words, if they are yours.",
                place=_where(it, phrase),
            )


def _where(it: Subject, phrase: str) -> Place | None:
    words = r"[\s-]+".join(re.escape(word) for word in phrase.split())
    texts = [it.assembled.issue.subject, it.assembled.issue.preheader, it.assembled.issue.introduction]
    texts += [part for article in it.articles() for part in (article.title, article.summary, article.body)]
    for text in texts:
        if match := re.search(words, text, re.IGNORECASE):
            return it.place_of(match[0])
    return None


@check(
    id="N702",
    family=Family.DELIVERABILITY,
    severity=Severity.INFO,
    title="own links lead to another domain than the sender's",
    source="https://support.google.com/a/answer/81126: links of the sender's own domain",
    bad=Example(newsletter={"public_url": "https://weekly.mailer.example"}),
)
def other_domain(it: Subject) -> Iterator[Hit]:
    """Articles may lead anywhere; the mail's own pages and pictures are trusted more on the sender's domain."""
    sender = domain(it.newsletter.sender)
    if sender == _UNSET:
        return
    for key, url in (("public.base_url", it.newsletter.public_url), ("newsletter.site_url", it.newsletter.site_url)):
        host = urlsplit(url).hostname or ""
        if host and owner(host) != owner(sender):
            yield Hit(
                message=f"`{key}` is at {owner(host)}, the sender at {owner(sender)}",
                remedy="Use a host below the sender's domain, if you can.",
                place=Place(file=_SETTINGS),
            )


@check(
    id="N703",
    family=Family.DELIVERABILITY,
    severity=Severity.WARNING,
    title="the mail is one picture",
    source="SpamAssassin, rules HTML_IMAGE_ONLY_04 to _32",
    bad=Example(
        about="a mail of one picture",
        facts={"html": '<html><body><img src="https://x.example/a.jpg" alt="All of it" width="600"></body></html>'},
    ),
)
def one_picture(it: Subject) -> Iterator[Hit]:
    """Pictures are off in many mail programs, and filters know the trick."""
    words = words_of(it)
    if words < 60 and any(image.get("width", "").isdecimal() for image in it.tree.iter("img")):
        yield Hit(
            message=f"the mail is a picture with {words} words",
            remedy="Write the text as text.",
            place=it.assembled.issue.place("sections"),
        )


@check(
    id="N704",
    family=Family.DELIVERABILITY,
    severity=Severity.ERROR,
    title="header for unsubscribing missing",
    source="RFC 8058 §3.1; https://support.google.com/a/answer/81126",
    bad=Example(
        about="the message without its List-Unsubscribe-Post",
        message_edits=(("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", ""),),
    ),
)
def list_headers(it: Subject) -> Iterator[Hit]:
    """Gmail and Yahoo want one-click unsubscribing of everybody who sends to many."""
    for made in it.messages[:1]:
        found = BytesHeaderParser().parsebytes(made.message.partition(b"\r\n\r\n")[0]) if made.message else None
        if found is None:
            continue
        for name in ("List-ID", "List-Unsubscribe", "List-Unsubscribe-Post"):
            if name not in found:
                yield Hit(
                    message=f"the message has no {name}",
                    remedy="Please report it with this issue; every message has to have it.",
                )


@check(
    id="N705",
    family=Family.DELIVERABILITY,
    severity=Severity.WARNING,
    title="unsubscribe link leads nowhere",
    source="RFC 8058 §3.1: an HTTPS URI",
    bad=Example(newsletter={"public_url": ""}),
)
def dead_end(it: Subject) -> Iterator[Hit]:
    """Nobody can leave the list: `send` refuses that for a transport that reaches people."""
    if not it.newsletter.public_url.startswith("https://"):
        yield Hit(
            message="the unsubscribe links have no https address to lead to",
            remedy='Set `base_url = "https://…"` in [public] of newsletter.toml.',
            place=Place(file=_SETTINGS),
        )


@check(
    id="N706",
    family=Family.DELIVERABILITY,
    severity=Severity.WARNING,
    title="sender at a mailbox provider",
    source="RFC 7489; https://support.google.com/a/answer/81126: do not impersonate Gmail",
    bad=Example(newsletter={"sender": Mailbox(email="weekly.news@gmail.com", name="The Weekly")}),
)
def free_mail(it: Subject) -> Iterator[Hit]:
    """Their DMARC records tell receivers to refuse what others send in their name."""
    for label, mailbox in (("sender", it.newsletter.sender),):
        if domain(mailbox) in FREE_MAIL:
            yield Hit(
                message=f"the {label} is at {domain(mailbox)}, which lets nobody else send in its name",
                remedy="Send from a domain of your own; answers may go to this address by `reply_to`.",
                place=Place(file=_SETTINGS),
            )


@check(
    id="N707",
    family=Family.DELIVERABILITY,
    severity=Severity.WARNING,
    title="answers are not wanted",
    source="Yahoo sender best practices; an answer tells filters that the mail is wanted",
    bad=Example(newsletter={"sender": Mailbox(email="no-reply@weekly.example.com", name="The Weekly")}),
    good=Example(
        newsletter={
            "sender": Mailbox(email="no-reply@weekly.example.com", name="The Weekly"),
            "reply_to": Mailbox(email="editors@weekly.example.com"),
        }
    ),
)
def no_reply(it: Subject) -> Iterator[Hit]:
    """Readers answer newsletters, also to leave them; each answer helps the next mail to arrive."""
    contact = it.newsletter.reply_to or it.newsletter.sender
    if _NO_REPLY.search(contact.email.partition("@")[0]):
        yield Hit(
            message=f"answers go to {contact.email}",
            remedy="Set `reply_to` in newsletter.toml to an address that somebody reads.",
            place=Place(file=_SETTINGS),
        )


@check(
    id="N708",
    family=Family.DELIVERABILITY,
    severity=Severity.WARNING,
    title="no sender yet",
    source="RFC 5322 §3.6.2",
    bad=Example(newsletter={"sender": Mailbox(email=f"newsletter@{_UNSET}", name="The Weekly")}),
)
def no_sender(it: Subject) -> Iterator[Hit]:
    """Previews and the outbox work without one; `send` refuses it for a transport that reaches people."""
    if domain(it.newsletter.sender) == _UNSET:
        yield Hit(
            message="the newsletter has no sender",
            remedy='Set `sender = "Weekly <news@example.com>"` in newsletter.toml.',
            place=Place(file=_SETTINGS),
        )


@check(
    id="N709",
    family=Family.DELIVERABILITY,
    severity=Severity.INFO,
    title="sender without a name",
    source="inbox lists show the sender's name, or the bare address",
    bad=Example(newsletter={"sender": Mailbox(email="news@weekly.example.com")}),
)
def nameless(it: Subject) -> Iterator[Hit]:
    """The name is the first thing a reader looks at, before the subject."""
    if not it.newsletter.sender.name.strip() and domain(it.newsletter.sender) != _UNSET:
        yield Hit(
            message=f"inboxes show the bare address {it.newsletter.sender.email} as the sender",
            remedy='Write `sender` in newsletter.toml with a name: "Weekly <news@example.com>".',
            place=Place(file=_SETTINGS),
        )


@check(
    id="N710",
    family=Family.DELIVERABILITY,
    severity=Severity.WARNING,
    title="SpamAssassin takes it for spam",
    source="https://spamassassin.apache.org, its default limit of 5",
    bad=Example(
        about="SpamAssassin gives 6.1 of 5 points",
        facts={"spam": SpamScore(score=6.1, limit=5.0, rules=("HTML_IMAGE_ONLY_04", "SUBJ_ALL_CAPS"))},
    ),
    good=Example(about="it gives 2.4 of 5", facts={"spam": SpamScore(score=2.4, limit=5.0)}),
)
def spam(it: Subject) -> Iterator[Hit]:
    """Asked only with `--spam`, of the program on this machine, with its network tests off."""
    if it.spam and it.spam.score >= it.spam.limit:
        yield Hit(
            message=f"the mail has {it.spam.score:.1f} points, SpamAssassin's limit is {it.spam.limit:.1f}: "
            + ", ".join(it.spam.rules),
            remedy="Look the rules up by name at https://spamassassin.apache.org.",
        )
