"""Widths of text are those of Helvetica; an inbox list shows what fits."""

from importlib import import_module

import pytest

from newsletter.checks.subject.widths import INBOXES, shown_in, text_width


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("", 0),
        ("iii", 666),
        ("WWW", 2832),
        ("é", 556),
        ("e\u0301", 556),
        ("王", 1000),
        ("\u200d", 0),
        ("Я", 600),
        (" ", 278),
    ],
)
def test_width(text: str, thousandths: int) -> None:
    assert text_width(text, 1000) == pytest.approx(thousandths)


def test_a_list_shows_the_beginning_that_fits() -> None:
    phone = INBOXES[0]
    assert shown_in("Short", phone) == "Short"
    shown = shown_in("The quick brown fox jumps over the lazy dog and on", phone)
    assert 34 <= len(shown) <= phone.characters
    assert text_width(f"{shown}…", phone.font) <= phone.width
    assert len(shown_in("W" * 80, phone)) < len(shown_in("i" * 200, phone))


def test_lists_come_from_the_narrowest_to_the_widest() -> None:
    assert [inbox.characters for inbox in INBOXES] == sorted(inbox.characters for inbox in INBOXES)


def test_widths_are_those_of_adobe_s_metrics() -> None:
    metrics = import_module("reportlab.pdfbase.pdfmetrics")
    known = [*map(chr, range(0x20, 0x7F)), *"\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2026éüñÅç"]
    meant = {character: metrics.stringWidth(character, "Helvetica", 1000) for character in known}
    assert {character: text_width(character, 1000) for character in known} == pytest.approx(meant)
