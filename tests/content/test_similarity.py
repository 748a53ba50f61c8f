import pytest

from newsletter.content.similarity import likeness, may_be_alike, print_of

TITLE = "Harbour light returns after thirty years"
TEXT = (
    "The lamp on the north pier turns again. Volunteers rebuilt its clockwork over two winters, found the missing "
    "lens in a museum cellar, and lit it on Monday evening before some four hundred people. The harbour master said "
    "that ships had never stopped asking for it. The town pays the electricity; the museum keeps the old oil burner."
)
OTHER = (
    "A committee of the council met for six hours about the new timetable of the buses. It was decided to keep the "
    "night line, to move two stops, and to print the plan once more on paper for those who do not carry a telephone."
)


@pytest.mark.parametrize(
    ("title", "text", "like"),
    [
        (TITLE, TEXT, (1.0, "100 % of the text is the same")),
        ("A quite different headline", TEXT, (1.0, "100 % of the text is the same")),
        ("HARBOUR LIGHT: returns, after thirty years!", OTHER, (1.0, "nearly the same title")),
        ("Harbour lights return after thirty years", "", (0.97, "nearly the same title")),
        ("Harbour light", OTHER, None),
        ("Buses keep the night line", OTHER, None),
        ("Buses keep the night line", "", None),
    ],
)
def test_two_records_are_alike_by_their_text_or_by_a_title_that_is_a_sentence(
    title: str, text: str, like: tuple[float, str] | None
) -> None:
    found = likeness(print_of(TITLE, TEXT), print_of(title, text))
    assert (found and (round(found[0], 2), found[1])) == like


def test_a_text_that_was_cut_and_changed_is_still_told_by_its_title() -> None:
    cut = f"{TEXT[:180]} {OTHER}"
    found = likeness(print_of(TITLE, TEXT), print_of("Harbour light is back after thirty years", cut))
    assert found is not None
    assert found[1].startswith("a similar title and ")
    assert may_be_alike(frozenset(print_of("", TEXT).text), print_of("", cut).text)
    assert not may_be_alike(frozenset(print_of("", TEXT).text), print_of("", OTHER).text)


def test_a_column_of_one_name_is_not_alike_every_week() -> None:
    assert likeness(print_of("Letters to us", TEXT), print_of("Letters to us", OTHER)) is None


def test_white_space_alone_makes_no_other_record() -> None:
    assert print_of("A  title", "Text\n").digest == print_of("A title ", "Text").digest
    assert print_of("A title", "Text").digest != print_of("A title", "text").digest
