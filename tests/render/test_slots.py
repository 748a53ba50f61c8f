"""Slots: found, checked, parsed into pieces, filled per reader."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SlotError
from newsletter.models import Place, Reader, Subscriber
from newsletter.render.slots import MASK, check_slot, check_slots, find_slots, mask, parse_slots, reader_context

PLACE = Place(file="issues/tides/issue.md", line=3)


def fill(source: str, reader: Reader, *, html: bool = True) -> str:
    return parse_slots(source, html=html, part="html").render(reader_context(reader))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Dear [[ subscriber.first_name ]]!", "Dear Ada!"),
        ('[[ subscriber.attributes.land | default("home") ]]', "home"),
        ('[% if "pro" in subscriber.tags %]pro[% else %]free[% endif %]', "pro"),
        ("[% for list in subscriber.lists %]<[[ list ]]>[% endfor %]", "<weekly>"),
        ("[% set city = subscriber.attributes.city %]a[[ city ]]b[% if city %]c[[ city ]][% endif %]", "aUlmbcUlm"),
        ("[% if web_url %][% set greeting = 'Hi' %][% else %][% set greeting = 'Yo' %][% endif %][[ greeting ]]", "Hi"),
        ("[% macro twice(x) %][[ x ]][[ x ]][% endmacro %]<[[ twice(subscriber.first_name) ]]>", "<AdaAda>"),
        ("[# a remark #]x", "x"),
        ('[[ "]]" ]]', "]]"),
        ('[[ {"a": [1, 2]}["a"][1] ]]', "2"),
        ("a [%- if true -%]  b  [%- endif %]", "ab"),
    ],
)
def test_a_slot_prints_what_it_names(source: str, expected: str, reader: Reader) -> None:
    assert [span.source for span in find_slots(source, place=PLACE)]
    assert fill(source, reader) == expected


def test_a_value_is_escaped_in_html_and_not_in_text(reader: Reader) -> None:
    reader = dataclasses.replace(reader, subscriber=Subscriber(email="x@example.com", name='<b onload="x">'))
    assert fill("[[ subscriber.name ]]", reader) == "&lt;b onload=&#34;x&#34;&gt;"
    assert fill("[[ subscriber.name ]]", reader, html=False) == '<b onload="x">'


def test_static_text_stays_one_piece_between_slots() -> None:
    pieces = parse_slots("a[[ web_url ]]b[% if web_url %]c[% endif %]d", html=True, part="html").pieces
    assert [piece if isinstance(piece, str) else "slot" for piece in pieces] == ["a", "slot", "b", "slot", "d"]


@given(st.text(alphabet=st.sampled_from("[]%#{}a \n" + MASK[:0]), max_size=40))
def test_masked_text_comes_out_unchanged_whatever_its_brackets(text: str) -> None:
    parsed = parse_slots(mask(text) + "[[ web_url ]]", html=True, part="html")
    assert "".join(piece for piece in parsed.pieces if isinstance(piece, str)) == text
    assert len(parsed.slots) == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x\n[[ subscriber.name", "issues/tides/issue.md:4: the slot '[[ subscriber.name' is never closed"),
        (
            "[[ subscriber.nme ]]",
            "issues/tides/issue.md:3: `subscriber.nme` is nothing a reader has\nDid you mean `name`?",
        ),
        ("[[ 1 + ]]", "issues/tides/issue.md:3: the slot [[ 1 + ]] cannot be read: "),
    ],
)
def test_a_slot_that_cannot_be_read_is_named_with_its_line(source: str, message: str) -> None:
    def read() -> None:
        for span in find_slots(source, place=PLACE):
            check_slot(span, place=PLACE)

    with pytest.raises(SlotError) as error:
        read()
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("[% if web_url %]x", "the slots of the html do not fit together"),
        ("[[ subscribr.name ]]", "`subscribr` is nothing a slot can name"),
        ('[% include "x" %]', "`include` is no statement for slots"),
    ],
)
def test_slots_that_do_not_fit_are_named_with_the_place_they_were_written_at(source: str, sentence: str) -> None:
    spans = [(span, Place(file="f.md", line=9)) for span in find_slots(source, place=PLACE)]
    with pytest.raises(SlotError) as error:
        check_slots(spans, part="html")
    assert error.value.what.startswith(sentence)
    assert error.value.place == Place(file="f.md", line=9)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("[[ subscriber.attributes.land ]]", "the reader has no `land`"),
        ("[[ 'a' * 1000000000 ]]", "repeating a text more than 10,000 times is refused"),
        ("[[ 9 ** 999999999 ]]", "a power above 64 is refused"),
        ("[[ 1 / 0 ]]", "division by zero"),
        ("[[ subscriber.email.__class__ ]]", "access to attribute '__class__'"),
    ],
)
def test_a_slot_that_fails_names_the_reader_and_the_reason(source: str, reason: str, reader: Reader) -> None:
    with pytest.raises(SlotError) as error:
        fill(source, reader)
    assert "fails for ada@example.com" in error.value.what
    assert reason in error.value.what
