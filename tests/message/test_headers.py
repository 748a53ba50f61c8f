"""Header fields: what is written, where it folds, what is refused."""

import email
import re
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import AddressError, MessageError
from newsletter.message.headers import (
    archive_field,
    encoded_words,
    list_id_field,
    mailbox_field,
    text_field,
    unsubscribe_field,
)
from newsletter.models import Mailbox

EDITOR = Mailbox(email="editor@example.com")


def mailbox(name: str, address: str = "ada@example.com") -> str:
    return mailbox_field("To", Mailbox(email=address, name=name)).decode("ascii")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("", "To: ada@example.com\r\n"),
        ("Ada Lovelace", "To: Ada Lovelace <ada@example.com>\r\n"),
        ("  Ada   Lovelace ", "To: Ada Lovelace <ada@example.com>\r\n"),
        ("O'Neil", "To: O'Neil <ada@example.com>\r\n"),
        ("Lovelace, Ada", 'To: "Lovelace, Ada" <ada@example.com>\r\n'),
        ("Ada (home)", 'To: "Ada (home)" <ada@example.com>\r\n'),
        ("J. Doe", 'To: "J. Doe" <ada@example.com>\r\n'),
        ('Ada "Star" \\', 'To: "Ada \\"Star\\" \\\\" <ada@example.com>\r\n'),
        ("eve@example.com>", 'To: "eve@example.com>" <ada@example.com>\r\n'),
        ("Zoë", "To: =?utf-8?q?Zo=C3=AB?= <ada@example.com>\r\n"),
        ("Łukasz, Đỗ", "To: =?utf-8?b?xYF1a2FzeiwgxJDhu5c=?= <ada@example.com>\r\n"),
        ("x" * 57, "To: " + "x" * 57 + "\r\n <ada@example.com>\r\n"),
        ("x" * 75, f"To: =?utf-8?q?{'x' * 60}?=\r\n =?utf-8?q?{'x' * 15}?= <ada@example.com>\r\n"),
    ],
)
def test_a_name_is_written_as_its_characters_need(name: str, field: str) -> None:
    assert mailbox(name) == field


def test_a_long_address_stays_whole_on_a_line_of_its_own() -> None:
    long = f"{'a' * 64}@{'b' * 60}.example.com"
    assert mailbox("Ada", long) == f"To: Ada\r\n <{long}>\r\n"


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "jösé@example.com", "a b@example.com", "a@x\r\nBcc: e@x", "<a@x>"]
)
def test_what_is_no_canonical_address_is_refused(address: str) -> None:
    with pytest.raises(AddressError, match="cannot stand in a header: it is no canonical address"):
        mailbox("Ada", address)


def test_a_subject_folds_at_its_spaces() -> None:
    words = " ".join(["cloud"] * 26)
    assert text_field("Subject", words).decode() == (
        "Subject: " + " ".join(["cloud"] * 11) + "\r\n " + " ".join(["cloud"] * 13) + "\r\n cloud cloud\r\n"
    )


def test_a_short_subject_keeps_its_double_spaces_and_a_long_one_is_encoded_for_them() -> None:
    assert text_field("Subject", "a  b") == b"Subject: a  b\r\n"
    long = text_field("Subject", "a  b" * 20).decode()
    assert "".join(re.findall(r"=\?utf-8\?q\?(.*?)\?=", long)).replace("_", " ") == "a  b" * 20


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200),
    st.integers(min_value=0, max_value=12),
)
def test_encoded_words_are_short_split_no_character_and_decode_to_the_text(text: str, used: int) -> None:
    lines = encoded_words(text, used=used).split("\r\n ")
    assert len(lines[0]) + used <= 76
    assert max(map(len, lines)) <= 75
    for line in lines:
        ((octets, charset),) = decode_header(line)
        assert charset == "utf-8"
        assert isinstance(octets, bytes)
        octets.decode("utf-8")  # raises when a character was split
    assert str(make_header(decode_header(" ".join(lines)))) == text


def test_list_id_is_plain_and_never_encoded() -> None:
    assert list_id_field("weekly.example.com", "Cloud Weekly") == b"List-ID: Cloud Weekly <weekly.example.com>\r\n"
    assert list_id_field("weekly.example.com", "Weekly, the") == b'List-ID: "Weekly, the" <weekly.example.com>\r\n'
    assert list_id_field("weekly.example.com", "Wöchentlich") == b"List-ID: <weekly.example.com>\r\n"
    assert list_id_field("weekly.example.com", "") == b"List-ID: <weekly.example.com>\r\n"
    assert list_id_field("weekly.example.com", "x" * 79) == b"List-ID: <weekly.example.com>\r\n"


def test_unsubscribe_holds_one_https_address_and_then_one_to_write_to() -> None:
    contact = Mailbox(email="news+a%b@example.com")
    assert unsubscribe_field("https://lists.example.com/u/k1TOKEN", contact) == (
        b"List-Unsubscribe: <https://lists.example.com/u/k1TOKEN>, "
        b"<mailto:news+a%25b@example.com?subject=unsubscribe%20k1TOKEN>\r\n"
    )


def test_a_long_unsubscribe_is_neither_folded_nor_encoded() -> None:
    url = f"https://lists.example.com/{'x' * 700}/u/TOKEN"
    field = unsubscribe_field(url, EDITOR)
    assert len(field) > 780
    assert email.message_from_bytes(field + b"\r\n")["List-Unsubscribe"].startswith(f"<{url}>, <mailto:")


def test_unsubscribe_must_be_https_except_on_this_machine() -> None:
    with pytest.raises(MessageError) as error:
        unsubscribe_field("http://lists.example.com/u/T", EDITOR)
    assert str(error.value) == (
        "the unsubscribe address 'http://lists.example.com/u/T' is not HTTPS, which one-click unsubscribing needs "
        "(RFC 8058)\nWrite public.base_url in newsletter.toml with https://."
    )
    for host in ("localhost:8000", "127.0.0.1", "[::1]:80"):
        assert unsubscribe_field(f"http://{host}/u/T", EDITOR).startswith(b"List-Unsubscribe: <http://")
    with pytest.raises(MessageError, match="is not HTTPS"):
        unsubscribe_field("http://localhost.example.com/u/T", EDITOR)


@pytest.mark.parametrize(
    "url", ["https://bücher.example/", "https://x.example/a b", "https://x.example/>,<", "https://x\r\n"]
)
def test_an_address_that_is_not_ascii_cannot_stand_in_a_list_header(url: str) -> None:
    with pytest.raises(MessageError, match="cannot stand in a list header: it is no plain ASCII web address"):
        archive_field(url)
    with pytest.raises(MessageError, match="cannot stand in a list header"):
        unsubscribe_field(url, EDITOR)


def test_a_list_field_that_is_too_long_for_one_line_is_refused() -> None:
    prefix = "https://x.example/"
    most = prefix + "y" * (996 - len("List-Archive: <>") - len(prefix))
    assert len(archive_field(most)) == 996 + len("\r\n")
    with pytest.raises(MessageError) as error:
        archive_field(most + "y")
    assert error.value.what == "List-Archive would have 997 characters; 996 is the most for a line that is never folded"


def test_without_a_web_version_there_is_no_archive_field() -> None:
    assert archive_field("") == b""
