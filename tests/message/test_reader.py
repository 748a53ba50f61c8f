"""The links of a reader."""

import dataclasses

from newsletter.message.reader import make_reader, sample_reader
from newsletter.message.tokens import Purpose, TokenKeys, make_token, read_token
from newsletter.models import Mailbox, MailingContext, Newsletter, Reader, Subscriber

WEEKLY = Newsletter(
    name="Weekly",
    sender=Mailbox(email="news@example.com"),
    site_url="https://weekly.example.com",
    public_url="https://lists.example.com",
)
KEYS = TokenKeys(current="k1", keys={"k1": bytes(32)})
ADA = Subscriber(email="ada@example.com", name="Ada Lovelace")
ID = bytes(range(16))


def ada(newsletter: Newsletter) -> Reader:
    mailing = MailingContext(id="7", issue="clouds")
    return make_reader(ADA, subscription=ID, newsletter=newsletter, keys=KEYS, mailing=mailing)


def test_links_carry_a_token_of_their_own_purpose() -> None:
    reader = ada(WEEKLY)
    assert reader == Reader(
        subscriber=ADA,
        unsubscribe_url=f"https://lists.example.com/u/{make_token(ID, Purpose.UNSUBSCRIBE, KEYS)}",
        preferences_url=f"https://lists.example.com/p/{make_token(ID, Purpose.PREFERENCES, KEYS)}",
        web_url="https://weekly.example.com/clouds/",
        mailing=MailingContext(id="7", issue="clouds"),
    )
    assert "ada" not in reader.unsubscribe_url + reader.preferences_url


def test_without_a_public_address_links_lead_nowhere_and_without_a_site_there_is_no_web_version() -> None:
    reader = ada(dataclasses.replace(WEEKLY, public_url="", site_url=""))
    assert reader.unsubscribe_url.startswith("https://unsubscribe.invalid/u/k1")
    assert reader.preferences_url.startswith("https://unsubscribe.invalid/p/k1")
    assert reader.web_url == ""


def test_without_a_site_the_web_version_is_at_the_public_pages() -> None:
    assert ada(dataclasses.replace(WEEKLY, site_url="")).web_url == "https://lists.example.com/i/clouds"


def test_the_sample_reader_is_invented_always_the_same_and_its_links_unsubscribe_nobody() -> None:
    sample = sample_reader(WEEKLY, "clouds")
    assert sample == sample_reader(WEEKLY, "clouds")
    assert (sample.subscriber.email, sample.subscriber.first_name) == ("ada.lovelace@example.com", "Ada")
    assert sample.mailing == MailingContext(id="preview", issue="clouds")
    token = sample.unsubscribe_url.removeprefix("https://lists.example.com/u/")
    assert len(token) == 44  # sizes of a preview are those of a real message
    assert read_token(token, Purpose.UNSUBSCRIBE, TokenKeys(current="t", keys={"t": bytes(32)})) is None
