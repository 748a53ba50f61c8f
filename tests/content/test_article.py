import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.article import edit_article, format_article, parse_article
from newsletter.errors import ContentError
from newsletter.models import Article, ArticleStatus, Image

FULL = """---
title: A title
url: https://example.org/a?b=1
summary: One sentence.
author: Ada Novak
author_bio: Ada writes.
source: The Post
via: Nordwire
image:
  src: images/map.jpg
  alt: A map
  credit: Lio Sand
published: 2026-11-27
tags: [a, b c]
status: shortlisted
embargo: 2026-11-28
expires: 2026-12-31
collected: 2026-11-20
evidence:
  title: og:title
  author: "no"
extra:
  minutes: 3
  price: 1.5
  sold: false
  note: null
  more: [x, 2]
---

The **body**.
"""


def read(front: str, body: str = "") -> Article:
    return parse_article(f"---\n{front}\n---\n{body}", slug="x", file="issues/inbox/x.md")


def test_a_record_is_read_with_the_line_of_every_key() -> None:
    article = parse_article(FULL, slug="a-title", file="issues/inbox/a-title.md")
    assert article == Article(
        slug="a-title",
        title="A title",
        url="https://example.org/a?b=1",
        summary="One sentence.",
        body="The **body**.",
        author="Ada Novak",
        author_bio="Ada writes.",
        source="The Post",
        via="Nordwire",
        image=Image(src="images/map.jpg", alt="A map", credit="Lio Sand"),
        published=dt.date(2026, 11, 27),
        tags=("a", "b c"),
        status=ArticleStatus.SHORTLISTED,
        embargo=dt.date(2026, 11, 28),
        expires=dt.date(2026, 12, 31),
        collected=dt.date(2026, 11, 20),
        evidence={"title": "og:title", "author": "no"},
        extra={"minutes": 3, "price": 1.5, "sold": False, "note": None, "more": ["x", 2]},
        file="issues/inbox/a-title.md",
        lines=article.lines,
    )
    assert article.lines["title"] == 2
    assert article.lines["image.credit"] == 12
    assert str(article.place("body")) == "issues/inbox/a-title.md:30"


def test_a_record_is_written_as_it_was_read() -> None:
    assert format_article(parse_article(FULL, slug="x", file="f")) == FULL.replace(
        "more: [x, 2]", "more:\n    - x\n    - 2"
    )


@pytest.mark.parametrize(
    ("front", "field", "value"),
    [
        ("title: 2026", "title", "2026"),
        ("title: No", "title", "No"),
        ("title: 2026-11-27", "title", "2026-11-27"),
        ("title: >\n  two\n  lines", "title", "two lines"),
        ("title: Pourquoi\u00a0?", "title", "Pourquoi\u00a0?"),
        ("title: x\ntags: one, two,one", "tags", ("one", "two")),
        ("title: x\ntags:\n- 1\n- yes", "tags", ("1", "yes")),
        ("title: x\ntags:", "tags", ()),
        ("title: x\nimage: https://example.org/x.jpg", "image", Image(src="https://example.org/x.jpg")),
        ("title: x\nimage:\n  credit: Lio", "image", Image(src="", credit="Lio")),
        ("title: x\nimage: {}", "image", None),
        ("title: x\npublished: 2026-11-27T10:00:00+01:00", "published", dt.date(2026, 11, 27)),
        ("title: x\nsummary: |\n  one\n\n  two\n", "summary", "one\n\ntwo"),
        ('title: "Émile 😀 \\u00e9"', "title", "Émile 😀 é"),
    ],
)
def test_values_are_read_as_the_editor_meant_them(front: str, field: str, value: object) -> None:
    assert getattr(read(front), field) == value


KNOWN = (
    "Known: title, url, summary, author, author_bio, source, via, image, published, tags, status, embargo, expires, "
    "collected, evidence, ignore, extra."
)
WHOLE = "Write it from https:// on, as the browser shows it."
PICTURE = "Put the picture into the issue's images folder and write images/name.jpg (letters, digits, - _ + .)."


@pytest.mark.parametrize(
    ("front", "line", "message", "remedy"),
    [
        ("url: https://x.org", 2, "the article has no title", "Add a line like `title: …`."),
        ("url: https://x.org\ntitle:", 3, "the article has no title", "Add a line like `title: …`."),
        ("title: x\nTitel: y", 3, "an article has no key `Titel`", f"Did you mean `title`? {KNOWN}"),
        ("title: x\nqqq: y", 3, "an article has no key `qqq`", KNOWN),
        (
            "title: x\nimage:\n  source: y",
            4,
            "an image has no key `source`",
            "Did you mean `src`? Known: src, alt, credit.",
        ),
        ("title: [a]", 2, "`title` is a list, it has to be text", "Put quotation marks around it."),
        ("title: {a: b}", 2, "`title` is a group of keys, it has to be text", "Put quotation marks around it."),
        ("title: x\nurl: /a", 3, "`url` is no complete web address: '/a'", WHOLE),
        ("title: x\nurl: javascript:alert(1)", 3, "`url` is no complete web address: 'javascript:alert(1)'", WHOLE),
        ("title: x\nurl: https://a b", 3, "`url` is no complete web address: 'https://a b'", WHOLE),
        ("title: x\nurl: http://[x", 3, "`url` is no complete web address: 'http://[x'", WHOLE),
        ("title: x\nurl: http://x:99999/", 3, "`url` is no complete web address: 'http://x:99999/'", WHOLE),
        (
            "title: x\nimage: images/../../etc/passwd",
            3,
            "`image` is neither a web address nor a file of the issue: 'images/../../etc/passwd'",
            PICTURE,
        ),
        (
            "title: x\nimage:\n  src: /map.jpg",
            4,
            "`image.src` is neither a web address nor a file of the issue: '/map.jpg'",
            PICTURE,
        ),
        (
            "title: x\npublished: 27.11.2026",
            3,
            "`published` is no date: '27.11.2026'",
            "Write it as year, month, day: 2026-11-27.",
        ),
        (
            "title: x\nstatus: shortlist",
            3,
            "`status` cannot be 'shortlist'",
            "Did you mean `shortlisted`? Known: inbox, shortlisted, rejected.",
        ),
        ("title: x\nstatus: 7", 3, "`status` cannot be '7'", "Known: inbox, shortlisted, rejected."),
        (
            "title: x\nexpires: soon",
            3,
            "`expires` is no date: 'soon'",
            "Write it as year, month, day: 2026-11-27.",
        ),
        ("title: x\nevidence: y", 3, "`evidence` is no group of keys", "Write keys below it, indented."),
        (
            "title: x\nevidence:\n  title: [a]",
            4,
            "an entry of `evidence` is no text",
            "Write one word or name behind each `- `.",
        ),
        ("title: x\nextra: y", 3, "`extra` is no group of keys", "Write keys below it, indented."),
        (
            "title: x\ntags:\n  - a: b",
            4,
            "an entry of `tags` is no text",
            "Write one word or name behind each `- `.",
        ),
        (
            "title: x\ntags: {a: b}",
            3,
            "`tags` is no list",
            "Write each entry on a line of its own, behind `- `.",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(front: str, line: int, message: str, remedy: str) -> None:
    with pytest.raises(ContentError) as caught:
        read(front)
    assert str(caught.value) == f"issues/inbox/x.md:{line}: {message}\n{remedy}"


def test_an_undecided_record_says_nothing_of_its_status() -> None:
    assert read("title: x\nstatus: Rejected").status is ArticleStatus.REJECTED
    assert read("title: x").status is read("title: x\nstatus: inbox").status is ArticleStatus.INBOX
    assert format_article(Article(slug="x", title="x")) == "---\ntitle: x\n---\n"


def test_an_edit_keeps_every_line_it_is_not_about() -> None:
    text = "---\r\n# mine\r\ntitle: 'x'  # odd\r\ntags: [a]\r\nstatus: rejected\r\n---\r\n\r\nOld\r\n"
    changes = {
        "tags": ("a", "b"),
        "status": ArticleStatus.INBOX,
        "image": Image(src="images/a.jpg", alt="A"),
        "via": None,
        "body": "New\n---\n\nlines\n",
    }
    assert edit_article(text, changes, slug="x", file="f") == (
        "---\r\n# mine\r\ntitle: 'x'  # odd\r\ntags: [a, b]\r\nimage:\r\n  src: images/a.jpg\r\n  alt: A\r\n---\r\n"
        "\r\nNew\r\n---\r\n\r\nlines\r\n"
    )
    assert edit_article("---\ntitle: x\n---\nbody\n", {"body": ""}, slug="x", file="f") == "---\ntitle: x\n---\n"
    assert edit_article(text, {}, slug="x", file="f") == text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "f:2: the article has no title"),
        ({"titel": "y"}, "f:3: an article has no key `titel`"),
        ({"status": "shortlist"}, "f:3: `status` cannot be 'shortlist'"),
        ({"body": "a\x00"}, "f:5:2: the character U+0000 cannot stand in a text: it is invisible and breaks mails"),
    ],
)
def test_an_edit_that_would_break_the_record_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ContentError) as caught:
        edit_article("---\ntitle: x\n---\n", changes, slug="x", file="f")
    assert str(caught.value).split("\n")[0] == message


TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"), include_characters="\n:#-'\"[]{}&*!|>%@`?, "),
    max_size=200,
).map(lambda text: text.strip(" \t\n"))
LINE = TEXT.map(lambda text: " ".join(text.replace("\n", " ").split(" ")).strip(" "))


@settings(max_examples=150, deadline=None)
@given(LINE, TEXT, TEXT, st.lists(LINE), st.dictionaries(LINE, st.one_of(TEXT, st.integers(), st.booleans())))
def test_whatever_is_written_is_read_back(
    title: str, summary: str, bio: str, tags: list[str], extra: dict[str, object]
) -> None:
    one = " ".join(word for word in title.split(" ") if word) or "t"
    words = tuple(dict.fromkeys(" ".join(w for w in tag.split(" ") if w) for tag in tags if tag.strip(" ")))
    article = Article(slug="x", title=one, summary=summary, author_bio=bio, tags=words, extra=extra)
    again = parse_article(format_article(article), slug="x", file="f")
    assert (again.title, again.summary, again.author_bio, again.tags) == (one, summary, bio, words)
    assert list(again.extra) == list(extra)
