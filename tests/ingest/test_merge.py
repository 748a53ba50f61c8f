import datetime as dt

from newsletter.ingest.merge import merge_missing
from newsletter.models import Article, Image

OLD = Article(
    slug="a", title="Mine", summary="Mine", image=Image(src="https://a.example/1.jpg", alt="Mine"), tags=("x",)
)
NEW = Article(
    slug="b",
    title="Theirs",
    summary="Theirs",
    author="Jo Ek",
    image=Image(src="https://a.example/1.jpg", alt="Theirs", credit="Ann"),
    published=dt.date(2026, 11, 20),
    tags=("y",),
    evidence={"title": "json-ld", "author": "meta"},
)


def test_only_empty_fields_are_filled_and_where_they_come_from_is_kept() -> None:
    assert merge_missing(OLD, NEW) == {
        "author": "Jo Ek",
        "published": dt.date(2026, 11, 20),
        "image": Image(src="https://a.example/1.jpg", alt="Mine", credit="Ann"),
        "evidence": {"author": "meta"},
    }


def test_the_same_record_again_changes_nothing() -> None:
    assert merge_missing(NEW, NEW) == {}


def test_the_words_of_another_picture_are_not_taken() -> None:
    new = Article(slug="b", title="T", image=Image(src="https://a.example/2.jpg", alt="Other", credit="Other"))
    assert merge_missing(OLD, new) == {}
