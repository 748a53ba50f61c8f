"""Readers who break careless templates: the mail is merged and read back for each of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter.checks.facts import FinalMessage
from newsletter.errors import NewsletterError
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.models import Newsletter, Reader, Subscriber

AWKWARD: tuple[tuple[str, Subscriber], ...] = (
    ("nothing but an address", Subscriber(email="plain@example.org")),
    ("a name of one letter", Subscriber(email="o@example.org", name="O")),
    ("a name of spaces", Subscriber(email="spaces@example.org", name="   ")),
    ("a very long name", Subscriber(email="long@example.org", name="Maximiliane-Theodora " * 8 + "von Hohenstein")),
    ("a long name without a space", Subscriber(email="unbroken@example.org", name="Llanfairpwllgwyngyll" * 6)),
    ("the longest address", Subscriber(email=f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example.org", name="Ada")),
    ("a name in Arabic, from right to left", Subscriber(email="rtl@example.org", name="ليلى العامرية")),
    ("a name in Hebrew with a Latin word", Subscriber(email="mixed@example.org", name="דוד King")),
    ("a name in Chinese", Subscriber(email="han@example.org", name="王小明")),
    ("a name of emoji with joiners", Subscriber(email="emoji@example.org", name="👩‍👩‍👧 Family 🏳️‍🌈")),
    ("a name with combining accents", Subscriber(email="accents@example.org", name="Zoe\u0308 C\u0327elik")),
    ("a name with mark-up", Subscriber(email="markup@example.org", name='<b onclick="x()">Bobby</b> & "Co" <script>')),
    ("a name that looks like a slot", Subscriber(email="slot@example.org", name="[[ unsubscribe_url ]] [% if x %]")),
    ("a name that looks like Jinja", Subscriber(email="jinja@example.org", name="{{ 7 * 7 }} {% raw %}")),
    ("a name with header characters", Subscriber(email="header@example.org", name='Ada, "Countess" <ada@x>; (Byron)')),
    ("a name that looks like an encoded word", Subscriber(email="encoded@example.org", name="Ada = ? UTF-8 =")),
    ("an address with a tag", Subscriber(email="ada+news/week=1@example.org", name="Ada Byron")),
    ("an apostrophe in address and name", Subscriber(email="o'brien@example.org", name="Sinéad O'Brien")),
    (
        "empty attributes",
        Subscriber(email="empty@example.org", name="Ada", attributes={"city": "", "first_name": None}),
    ),
    ("no space and no capital letter", Subscriber(email="lower@example.org", name="bell-hooks\u00a0jr.")),
)
"""Twenty invented subscribers with what is awkward about each; none has an attribute that can be relied on."""


def awkward_readers(newsletter: Newsletter, issue: str, people: Iterable[Subscriber] = ()) -> Iterator[Reader]:
    """Yield readers with links of their own: the invented ones, then those of `people`."""
    example = sample_reader(newsletter, issue)
    subscribers = [subscriber for _, subscriber in AWKWARD]
    for number, subscriber in enumerate((*subscribers, *people)):
        yield replace(
            example,
            subscriber=subscriber,
            unsubscribe_url=f"{example.unsubscribe_url[:-3]}{number:03}",
            preferences_url=f"{example.preferences_url[:-3]}{number:03}",
        )


def final_messages(template: MessageTemplate, readers: Iterable[Reader]) -> list[FinalMessage]:
    """Build the mail of each reader; one that cannot be built carries the reason."""
    names = {subscriber.email: why for why, subscriber in AWKWARD}
    found = []
    for reader in readers:
        why = names.get(reader.subscriber.email, f"the address {reader.subscriber.email}")
        try:
            message, content = template.build(reader), template.content(reader)
        except NewsletterError as exc:
            found.append(FinalMessage(reader=reader, why=why, problem=exc.what))
        else:
            found.append(FinalMessage(reader=reader, why=why, message=message, content=content))
    return found
