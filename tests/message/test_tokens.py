"""Tokens: opaque, bound to one purpose, forged by nobody, valid after a key was replaced."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import MessageError
from newsletter.message.tokens import Purpose, TokenKeys, make_token, read_token

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
KEYS = TokenKeys(current="k2", keys={"1": OLD, "k2": NEW})
ANNA = bytes.fromhex("00112233445566778899aabbccddeeff")


@given(st.binary(min_size=16, max_size=16), st.sampled_from(Purpose))
def test_a_token_gives_back_its_subscription_for_its_own_purpose_only(subscription: bytes, purpose: Purpose) -> None:
    token = make_token(subscription, purpose, KEYS)
    assert re.fullmatch(r"k2[A-Za-z0-9_-]{43}", token)
    assert {each: read_token(token, each, KEYS) for each in Purpose} == {
        each: subscription if each is purpose else None for each in Purpose
    }


def test_a_token_made_with_an_old_key_still_verifies() -> None:
    token = make_token(ANNA, Purpose.UNSUBSCRIBE, TokenKeys(current="1", keys={"1": OLD}))
    assert len(token) == 44
    assert read_token(token, Purpose.UNSUBSCRIBE, KEYS) == ANNA
    assert read_token(token, Purpose.UNSUBSCRIBE, TokenKeys(current="k2", keys={"k2": NEW})) is None


def test_the_same_token_is_made_every_time() -> None:
    assert make_token(ANNA, Purpose.UNSUBSCRIBE, KEYS) == "k2ABEiM0RVZneImaq7zN3u_1XNTec7_f2F8-IBHJ3yfXg"


@given(st.integers(min_value=0, max_value=44), st.characters())
def test_no_token_with_another_character_verifies(position: int, character: str) -> None:
    token = make_token(ANNA, Purpose.UNSUBSCRIBE, KEYS)
    forged = token[:position] + character + token[position + 1 :]
    assert read_token(forged, Purpose.UNSUBSCRIBE, KEYS) == (ANNA if forged == token else None)


@given(st.text() | st.text("ABCabc019_-=", min_size=40, max_size=50))
def test_anything_else_is_none_and_never_raises(text: str) -> None:
    assert read_token(text, Purpose.UNSUBSCRIBE, KEYS) is None


def test_only_one_spelling_of_a_token_is_valid() -> None:
    token = make_token(ANNA, Purpose.UNSUBSCRIBE, KEYS)
    octets = base64.urlsafe_b64decode(token[2:] + "=")
    spellings = [token[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"]
    same = [each for each in spellings if base64.urlsafe_b64decode(each[2:] + "=") == octets]
    assert len(same) == 4
    assert [each for each in same if read_token(each, Purpose.UNSUBSCRIBE, KEYS)] == [token]


def test_a_token_with_white_space_around_it_is_none() -> None:
    token = make_token(ANNA, Purpose.UNSUBSCRIBE, KEYS)
    assert [read_token(each, Purpose.UNSUBSCRIBE, KEYS) for each in (f"{token}\n", f" {token}", f"{token}=")] == [
        None
    ] * 3


def test_the_keys_stay_out_of_every_representation() -> None:
    assert repr(KEYS) == "TokenKeys(current='k2')"


@pytest.mark.parametrize(
    ("current", "keys", "complaint"),
    [
        ("k9", {"k1": OLD}, "the signing key 'k9' is not among the keys"),
        ("k1", {"k1": OLD[:31]}, "the signing key 'k1' has 31 bytes; 32 are needed"),
        ("k_1", {"k_1": OLD}, "the signing key's id 'k_1' is not one or two ASCII letters or digits"),
        ("", {"": OLD}, "the signing key's id '' is not one or two ASCII letters or digits"),
    ],
)
def test_keys_that_cannot_sign_are_refused(current: str, keys: dict[str, bytes], complaint: str) -> None:
    with pytest.raises(MessageError) as error:
        TokenKeys(current=current, keys=keys)
    assert error.value.what == complaint


def test_an_id_of_another_length_is_refused() -> None:
    with pytest.raises(MessageError) as error:
        make_token(b"short", Purpose.UNSUBSCRIBE, KEYS)
    assert error.value.what == "a subscription's id has 16 bytes, this one 5"
