"""Addresses and header text: what is canonical, what is refused."""

import sys
import unicodedata

import pytest

from newsletter.errors import AddressError, MessageError
from newsletter.message.address import canonical_email, display, email_key, header_text, parse_mailbox
from newsletter.models import Mailbox


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" Ada@EXAMPLE.com ", "Ada@example.com"),
        ("a+b@bücher.example.com", "a+b@xn--bcher-kva.example.com"),
        ("A.B@XN--BCHER-KVA.example.com", "A.B@xn--bcher-kva.example.com"),
    ],
)
def test_the_domain_becomes_lower_case_and_ascii_and_the_local_part_is_kept(text: str, canonical: str) -> None:
    assert canonical_email(text) == canonical


def test_two_spellings_of_an_address_have_one_key() -> None:
    assert email_key(canonical_email("Ada@Example.com")) == email_key(canonical_email("ada@example.COM"))


@pytest.mark.parametrize("text", ["", "ada", "ada@", "jösé@example.com", "a@b@example.com", '"a b"@example.com'])
def test_what_cannot_be_mailed_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        canonical_email(text)


def test_every_control_character_is_refused_and_nothing_else() -> None:
    refused = set()
    for number in range(sys.maxunicode + 1):
        try:
            header_text(f"a{chr(number)}b", "the name")
        except MessageError:
            refused.add(number)
    meant = {n for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) in {"Cc", "Zl", "Zp", "Cs"}}
    assert refused == meant


@pytest.mark.parametrize("text", ["=?utf-8?q?x?=", "a =?ISO-8859-1?B?eA==?= b", "=?utf-8*en?Q?x?=", "=?u 8?q?x y?="])
def test_a_literal_encoded_word_is_refused(text: str) -> None:
    with pytest.raises(MessageError) as error:
        header_text(text, "the name")
    assert str(error.value) == (
        f"the name contains an encoded word: {text!r}\nWrite the text itself; it is encoded when the message is built."
    )


def test_questions_and_equations_are_no_encoded_words() -> None:
    assert header_text(" 1+1=? what?q =?x ", "the subject") == "1+1=? what?q =?x"


def test_a_mailbox_is_read_with_and_without_a_name() -> None:
    assert parse_mailbox("Weekly <Ann@Example.com>") == Mailbox(email="Ann@example.com", name="Weekly")
    assert parse_mailbox('"Weekly, the" <n@example.com>') == Mailbox(email="n@example.com", name="Weekly, the")
    assert parse_mailbox("n@example.com") == Mailbox(email="n@example.com")


def test_a_mailbox_is_shown_as_a_person_reads_it() -> None:
    shown = [display(Mailbox(email="n@example.com", name=name)) for name in ("", "Ada", "Lovelace, Ada")]
    assert shown == ["n@example.com", "Ada <n@example.com>", '"Lovelace, Ada" <n@example.com>']
