import base64
import itertools

from hypothesis import given
from hypothesis import strategies as st

from newsletter.message.aligned import WORTH_IT, Encoded, join_base64, prepare


@given(st.lists(st.tuples(st.binary(max_size=2 * WORTH_IT), st.booleans()), max_size=12))
def test_joined_pieces_are_the_base64_of_the_whole(pieces: list[tuple[bytes, bool]]) -> None:
    whole = b"".join(piece for piece, _ in pieces)
    ready = [prepare(piece) if static else piece for piece, static in pieces]
    assert join_base64(ready) == base64.b64encode(whole)


def test_every_length_fits_behind_every_remainder() -> None:
    for before, length in itertools.product(range(4), range(WORTH_IT, WORTH_IT + 4)):
        piece = bytes(range(length))
        assert isinstance(prepare(piece), Encoded)
        assert join_base64([b"x" * before, prepare(piece), b"end"]) == base64.b64encode(b"x" * before + piece + b"end")


def test_a_short_piece_is_left_as_it_is() -> None:
    assert prepare(b"x" * (WORTH_IT - 1)) == b"x" * (WORTH_IT - 1)
