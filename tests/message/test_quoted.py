"""Quoted-printable pieces can be joined in any order."""

import quopri
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import MessageError
from newsletter.message.quoted import encode_piece

TEXT = st.text(st.sampled_from("ab .=\t \n\r\0é😀\x0b_"), max_size=200) | st.text(
    st.characters(exclude_categories=["Cs"])
)


@given(st.lists(TEXT, max_size=4))
@example(["a" * 75 + " \nb"])
@example(["a" * 76, "b"])
@example([" ", "\n"])
def test_pieces_joined_decode_to_the_texts_joined(texts: list[str]) -> None:
    encoded = b"".join(encode_piece(text, "a text") for text in texts)
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    assert re.search(rb"[ \t]\r\n|[^\t\r\n -~]", encoded) is None
    assert encoded.count(b"\n") == encoded.count(b"\r\n") == encoded.count(b"\r")
    meant = "".join(re.sub(r"\r\n?|\n", "\r\n", text) for text in texts)
    assert quopri.decodestring(encoded) == meant.encode("utf-8")


def test_a_piece_ends_on_a_fresh_line() -> None:
    assert [encode_piece(text, "a text") for text in ("", "a", "a ", "a\n", "é\r")] == [
        b"", b"a=\r\n", b"a =\r\n", b"a\r\n", b"=C3=A9\r\n",
    ]  # fmt: skip


def test_half_a_character_is_refused() -> None:
    with pytest.raises(MessageError) as error:
        encode_piece("a\udc00", "the HTML part")
    assert str(error.value) == (
        "the HTML part contains half a character, U+DC00, which no mail can carry\nWrite the character again."
    )
