import pytest

from newsletter.errors import IngestError
from newsletter.ingest.fields import FIELDS, parse_mapping
from newsletter.ingest.table import read_table
from newsletter.ingest.taken import Taken
from newsletter.models import Article, Image

WHOLE = "Write it from https:// on, as the browser shows it."
QUOTE = "Put quotation marks around the cell that has the separator in it."


def rows(text: str, *pairs: str) -> list[Taken | IngestError]:
    return list(read_table(text, file="t.csv", mapping=parse_mapping(pairs)))


def article(result: Taken | IngestError) -> Article:
    assert isinstance(result, Taken)
    return result.article


RAINDROP = (
    "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\r\n"
    '7,"Bees, on a roof",,"Honey from ""line 7""",https://uppermill.example/bees,Unsorted,"town, bees",'
    "2026-06-15T09:00:00.000Z,https://uppermill.example/roof.jpg,,false\r\n"
)


def test_an_export_of_a_bookmarking_tool_needs_no_mapping() -> None:
    (result,) = rows(RAINDROP)
    found = article(result)
    assert (found.title, found.url) == ("Bees, on a roof", "https://uppermill.example/bees")
    assert (found.summary, found.tags) == ('Honey from "line 7"', ("town", "bees"))
    assert found.image == Image(src="https://uppermill.example/roof.jpg")


@pytest.mark.parametrize(
    "text", ["\ufefftitel;url\r\nTür;https://a.example/\r\n", "Headline\tLink\nTür\thttps://a.example/\n"]
)
def test_semicolons_tabs_and_a_byte_order_mark_are_seen(text: str) -> None:
    (result,) = rows(text)
    assert (article(result).title, article(result).url) == ("Tür", "https://a.example/")


def test_columns_can_be_named_by_hand() -> None:
    (result,) = rows("What,Where,title\nA,https://a.example/,B\n", "title=What", "url=where")
    assert (article(result).title, article(result).url) == ("A", "https://a.example/")


def test_each_bad_row_is_named_by_its_line_and_the_others_are_read() -> None:
    results = rows(
        "title,url,date\n"
        '"two\nlines",https://a.example/,2026-11-20\n,,\n,,2026-01-01\nB,not an address,\nC,,soon\nD,x,y,z\n'
    )
    assert article(results[0]).title == "two lines"
    assert [str(result) for result in results if not isinstance(result, Taken)] == [
        "t.csv:5: it has no title\nFill it in, or take the row out.",
        f"t.csv:6: `url` is no complete web address: 'not an address'\n{WHOLE}",
        f"t.csv:8: the row has 4 cells under 3 columns\n{QUOTE}",
    ]
    assert isinstance(results[3], Taken)
    assert results[3].notes == ("t.csv:7: 'soon' is no date, so the record has none",)


def test_a_quotation_mark_that_is_not_closed_ends_the_table_with_its_line() -> None:
    results = rows('title\nA\n"B\n')
    assert article(results[0]).title == "A"
    assert str(results[1]) == (
        "t.csv:3: the table is broken here: unexpected end of data\n"
        "Look for a quotation mark that is not closed; the rows from here on were not read."
    )


@pytest.mark.parametrize(
    ("text", "pairs", "message"),
    [
        ("", [], "t.csv: the table is empty\nIts first row has to name the columns."),
        ("a,b\n1,2\n", [], "t.csv: no column is the title\nSay which: --map title=NAME. It has: a, b."),
        ("title,b\n1,2\n", ["url=Link"], "t.csv: there is no column 'Link' for url\nIt has: title, b."),
        (
            "title\n1\n",
            ["name=x"],
            f"--map name=x names no field\nWrite it like title=Headline; fields: {', '.join(FIELDS)}.",
        ),
    ],
)
def test_a_table_without_the_needed_columns_says_what_it_has(text: str, pairs: list[str], message: str) -> None:
    with pytest.raises(IngestError) as caught:
        rows(text, *pairs)
    assert str(caught.value) == message
