import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.slug import check_slug, slugify
from newsletter.errors import ContentError


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Amazon's plan: 50 % more!", "amazons-plan-50-more"),
        ("Élodie & Møller in Łódź, straße", "elodie-moller-in-lodz-strasse"),
        ("  --2026--  ", "2026"),
        ("天気", "article-bc79d84d"),
        ("第3回", "article-537206d0"),
        ("", "article-e3b0c442"),
        ("word " * 30, ("word-" * 16).strip("-")),
        ("x" * 200, "x" * 81),
    ],
)
def test_a_title_becomes_a_readable_name(title: str, slug: str) -> None:
    assert slugify(title) == slug


@given(st.text())
def test_every_title_becomes_a_valid_name(title: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,80}", slugify(title))


@pytest.mark.parametrize("bad", ["", "-a", "A", "a b", "../x", "a/b", "a\n", "é", "x" * 82, ".md"])
def test_nothing_else_passes_as_a_name(bad: str) -> None:
    with pytest.raises(ContentError, match="is no name of the form a-z, 0-9 and hyphens"):
        check_slug(bad, "the issue's name")


def test_the_message_shows_a_name_that_would_do() -> None:
    with pytest.raises(ContentError) as caught:
        check_slug("My Issue", "the issue's name")
    assert str(caught.value) == (
        "the issue's name 'My Issue' is no name of the form a-z, 0-9 and hyphens\nWrite it like my-issue."
    )
