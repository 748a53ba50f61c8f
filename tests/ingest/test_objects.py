import json

import pytest

from newsletter.errors import IngestError
from newsletter.ingest.objects import read_objects
from newsletter.ingest.taken import Taken

PINBOARD = json.dumps(
    [
        {
            "href": "https://uppermill.example/bees",
            "description": "Bees on a roof",
            "extended": "Honey from line 7",
            "meta": "ab12",
            "time": "2026-06-15T09:00:00Z",
            "shared": "no",
            "toread": "no",
            "tags": "town bees",
        }
    ]
)
OBJECT = 'Each record has to be an object, like {"title": "…", "url": "https://…"}.'


def records(text: str) -> list[Taken | IngestError]:
    return list(read_objects(text, file="x.json", mapping={}))


def test_an_export_of_a_bookmarking_tool_needs_no_mapping() -> None:
    (result,) = records(PINBOARD)
    assert isinstance(result, Taken)
    found = result.article
    assert (found.title, found.url) == ("Bees on a roof", "https://uppermill.example/bees")
    assert (found.summary, found.tags, found.published) == ("Honey from line 7", ("town", "bees"), None)


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "A"}, {"title": "B", "tags": ["x", "y z"]}]',
        '{"title": "A"}\n\n{"title": "B", "tags": ["x", "y z"]}\n',
        '\ufeff{"version": 1, "items": [{"title": "A"}, {"title": "B", "tags": ["x", "y z"]}]}',
    ],
)
def test_a_list_lines_and_a_list_inside_an_object_are_the_same(text: str) -> None:
    first, second = records(text)
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert (first.article.title, second.article.title, second.article.tags) == ("A", "B", ("x", "y z"))


def test_html_in_a_text_becomes_markdown_and_people_their_names() -> None:
    (result,) = records(
        '{"title": "A &amp; B", "content_html": "<p>Hello <b>you</b></p>", "author": {"name": "Jo Ek"}}'
    )
    assert isinstance(result, Taken)
    assert (result.article.title, result.article.body, result.article.author) == ("A & B", "Hello **you**", "Jo Ek")


def test_one_bad_record_does_not_stop_the_others() -> None:
    first, second = records('[{"title": ""}, {"title": "B"}]')
    assert str(first) == "x.json: record 1: it has no title\nFill it in, or take the row out."
    assert isinstance(second, Taken)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["https://a.example/", "b"]', f'x.json: record 1 is a text, not an object: "https://a.example/"\n{OBJECT}'),
        ('[{"title": "A"}, 3]', f"x.json: record 2 is a number, not an object: 3\n{OBJECT}"),
        ("[]", f"x.json: the file has no records\n{OBJECT}"),
        ('"x"', f"x.json: the file holds a text, not a list of records\n{OBJECT}"),
        ('[{"title": "A",}]', "x.json:1:16: this is no JSON: illegal trailing comma before end of object"),
        ('{"title": "A"}\n{"title": }', "x.json:2:11: this is no JSON: expecting value"),
        ("[" * 100_000, f"x.json: the JSON is nested too deeply\n{OBJECT}"),
        ('[{"a": 1}]', "x.json: no column is the title\nSay which: --map title=NAME. It has: a."),
    ],
)
def test_what_is_no_list_of_records_says_what_it_is(text: str, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        records(text)
    assert str(caught.value).startswith(message.split(": illegal", maxsplit=1)[0])
    if "illegal" not in message and "expecting" not in message:
        assert str(caught.value) == message
