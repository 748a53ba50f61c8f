import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import AddressError, IngestError
from newsletter.message.address import canonical_email
from newsletter.store.importing import NewSubscriber, RefusedRow, canonical_import_email, read_rows


def rows(text: str) -> list[NewSubscriber | RefusedRow]:
    return list(read_rows(text.splitlines(keepends=True), file="people.csv"))


def test_accents_quoted_commas_and_an_upper_case_domain() -> None:
    assert rows('E-Mail,Name,Home Town\nAnna.B@EXAMPLE.Org,"Bäcker, Anna",Köln\n') == [
        NewSubscriber(line=2, email="Anna.B@example.org", name="Bäcker, Anna", attributes={"home_town": "Köln"})
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    text = delimiter.join(["email", '"name, or; so|\t"', "city"]) + "\n" + delimiter.join(["a@b.org", "x", "Rome"])
    (row,) = rows(text)
    assert isinstance(row, NewSubscriber)
    assert row.attributes["city"] == "Rome"


def test_first_and_last_name_make_the_name() -> None:
    (row,) = rows("Last Name;First Name;Address\nLovelace;Ada;ada@example.org\n")
    assert row == NewSubscriber(line=2, email="ada@example.org", name="Ada Lovelace")


def test_tags_are_cut_at_commas_and_semicolons_each_once() -> None:
    (row,) = rows('email,tags\na@example.org,"press; berlin,press"\n')
    assert row == NewSubscriber(line=2, email="a@example.org", tags=("press", "berlin"))


def test_a_bare_list_of_addresses_needs_no_heading() -> None:
    assert [row.line for row in rows("a@example.org\nb@example.org\n")] == [1, 2]


def test_blank_lines_before_between_and_after_are_nothing() -> None:
    assert [type(row) for row in rows("\n\nemail\n\na@example.org\n \n")] == [NewSubscriber]


def test_refused_rows_name_line_value_and_reason() -> None:
    found = rows(
        "email,name\n"
        "no-address,Nobody\n"
        "jösé@example.org,José\n"
        ",Empty\n"
        'x@example.org,"Eve\r\nBcc: all@example.org"\n'
        "y@example.org,=?utf-8?q?x?=\n"
        "z@example.org,Smith,John\n"
    )
    assert [(row.line, row.value) for row in found if isinstance(row, RefusedRow)] == [
        (2, "no-address"),
        (3, "jösé@example.org"),
        (4, ""),
        (6, "x@example.org"),
        (7, "y@example.org"),
        (8, "z@example.org,Smith,John"),
    ]
    reasons = [row.reason for row in found if isinstance(row, RefusedRow)]
    assert reasons[0].startswith("'no-address' is no address that can be mailed: ")
    assert reasons[2] == "the address is empty"
    assert reasons[3] == "the name contains the control character U+000D: 'Eve\\r\\nBcc: all@example.org'"
    assert reasons[5] == "3 cells under 2 headings: put cells that hold a separator in quotes"


def test_no_column_of_addresses_is_an_error_that_names_what_was_found() -> None:
    with pytest.raises(IngestError) as error:
        rows("name,city\nx,y\n")
    assert str(error.value) == (
        "people.csv:1: no column of addresses; found: name, city\nGive the column of addresses the heading `email`."
    )


def test_an_empty_file_and_a_heading_that_comes_twice_are_errors() -> None:
    with pytest.raises(IngestError, match="the file is empty"):
        rows("")
    with pytest.raises(IngestError, match="two columns are called `city`"):
        rows("email,City,city\n")


def test_an_open_quotation_mark_is_one_refused_row_not_a_traceback() -> None:
    found = rows('email,name\na@example.org,"open\n' + "b@example.org,x\n" * 20_000)
    assert isinstance(found[0], RefusedRow)
    assert "is a quotation mark open?" in found[0].reason


@given(
    st.one_of(
        st.emails(),
        st.text(max_size=20),
        st.builds(
            "{}@{}".format, st.text("aB1.+-_' ", max_size=70), st.sampled_from(["B.org", "bücher.de", "a_b.org"])
        ),
    )
)
@example("a" * 65 + "@example.org")
@example("a@" + "b." * 140 + "org")
@example("a@b@example.org")
@example("a@ example.org")
def test_the_short_way_gives_what_the_long_way_gives(text: str) -> None:
    def outcome(function: object) -> object:
        assert callable(function)
        try:
            return function(text)
        except AddressError as exc:
            return str(exc)

    assert outcome(canonical_import_email) == outcome(canonical_email)
