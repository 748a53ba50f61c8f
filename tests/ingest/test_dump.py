"""Dumps of web pages in the shapes they come in; all of them are invented."""

import datetime as dt

import pytest

from newsletter.content.article import format_article, parse_article
from newsletter.errors import IngestError
from newsletter.ingest.dump import parse_dump
from newsletter.models import Article, Image

PARAGRAPHS = (
    "The city council voted on Monday to keep its last paper map of the sewers. Officials had wanted to throw it away.",
    "“It is the only one that shows where the old brewery let its beer run,” said the archivist, who looks after it.",
    "The map will hang in the town hall from next week on, behind glass and out of the sun.",
)
BODY = "\n\n".join(PARAGRAPHS)
SUMMARY = PARAGRAPHS[0]


def dump(*parts: str) -> str:
    return "\n\n".join(("Council keeps the paper map", *parts))


def test_a_credit_that_repeats_itself_a_via_line_an_author_and_a_biography_leave_the_body() -> None:
    biography = (
        "After eleven years on the harbour desk, Mirela is now the editor for maps and archives at the Brackwater "
        "Post, where she covers everything that is older than she is. When not writing, she repairs clocks."
    )
    article = parse_dump(
        dump(
            "Image credit: Pixhaus (Image credit: Image Credit: Odo Falk / Pixhaus)",
            BODY,
            "Via Nordwire",
            "Mirela Tschudi",
            biography,
        )
    )
    assert article == Article(
        slug="council-keeps-the-paper-map",
        title="Council keeps the paper map",
        summary=SUMMARY,
        body=BODY,
        author="Mirela Tschudi",
        author_bio=biography,
        via="Nordwire",
        image=Image(src="", credit="Odo Falk / Pixhaus"),
    )


def test_a_byline_with_role_and_date_above_the_text() -> None:
    article = parse_dump(dump("By Jean-Luc d\u2019Arbois, Chief Reporter | 3 March 2026", BODY))
    assert (article.author, article.published, article.body) == ("Jean-Luc d\u2019Arbois", dt.date(2026, 3, 3), BODY)


def test_two_authors_a_photo_line_and_a_source_with_its_address() -> None:
    article = parse_dump(
        dump(
            "By Ada Novak and Bo van der Meer",
            "Photo: Lio Sand/Agentur Nord",
            BODY,
            "Source: Brackwater Post, https://post.example.com/map",
        )
    )
    assert article.author == "Ada Novak and Bo van der Meer"
    assert article.image == Image(src="", credit="Lio Sand/Agentur Nord")
    assert (article.source, article.url) == ("Brackwater Post", "https://post.example.com/map")
    assert article.body == BODY


def test_a_caption_with_its_credit_in_brackets_becomes_the_alt_text() -> None:
    article = parse_dump(dump("The map in its frame at the town hall (Photo: Lio Sand)", BODY))
    assert article.image == Image(src="", alt="The map in its frame at the town hall", credit="Lio Sand")
    assert article.body == BODY


def test_a_dateline_names_the_agency_and_stays_in_the_body_but_not_in_the_summary() -> None:
    article = parse_dump(dump(f"BRACKWATER (Nordwire) - {BODY}"))
    assert article.via == "Nordwire"
    assert article.body == f"BRACKWATER (Nordwire) - {BODY}"
    assert article.summary == SUMMARY


def test_lines_without_blank_lines_between_them() -> None:
    text = "\n".join(["Council keeps the paper map", "Written by Ada Novak", "Published: March 3, 2026", *PARAGRAPHS])
    article = parse_dump(text)
    assert (article.author, article.published, article.body) == ("Ada Novak", dt.date(2026, 3, 3), BODY)


def test_windows_line_ends_a_byte_order_mark_and_label_lines_at_the_end() -> None:
    text = "\ufeff" + dump(BODY, "Tags: maps, archives , #sewers", "Read more: https://post.example.com/map")
    article = parse_dump(text.replace("\n", "\r\n"))
    assert article.title == "Council keeps the paper map"
    assert article.tags == ("maps", "archives", "sewers")
    assert article.url == "https://post.example.com/map"
    assert article.body == BODY


def test_about_the_author_heads_a_biography_of_several_paragraphs() -> None:
    article = parse_dump(dump(BODY, "About the author", "Ada Novak", "Ada is a writer.", "She lives by a river."))
    assert (article.author, article.author_bio, article.body) == (
        "Ada Novak",
        "Ada is a writer.\nShe lives by a river.",
        BODY,
    )


def test_a_biography_that_begins_with_the_known_author() -> None:
    article = parse_dump(dump("By Ada Novak", BODY, "Ada Novak is a freelance writer based in Lind."))
    assert (article.author_bio, article.body) == ("Ada Novak is a freelance writer based in Lind.", BODY)


def test_a_credit_in_the_middle_is_taken_once_and_a_second_one_stays() -> None:
    article = parse_dump(
        dump(PARAGRAPHS[0], "Image credit: Lio Sand", PARAGRAPHS[1], "Image credit: Odo Falk", PARAGRAPHS[2])
    )
    assert article.image == Image(src="", credit="Lio Sand")
    assert article.body == "\n\n".join([PARAGRAPHS[0], PARAGRAPHS[1], "Image credit: Odo Falk", PARAGRAPHS[2]])


@pytest.mark.parametrize(
    "line",
    [
        "By the sea, everything is different in March.",
        "Via this road the beer ran into the river for two hundred years.",
        "A short subtitle without a label",
        "Map Room Secrets",
        "03/04/2026",
        "Source code is not a source: it is read by nobody.",
        "Photo editing was never allowed here.",
    ],
)
def test_a_line_above_the_text_that_only_resembles_a_label_stays_in_the_body(line: str) -> None:
    article = parse_dump(dump(line, BODY))
    assert article.body == f"{line}\n\n{BODY}"
    assert (article.author, article.via, article.source, article.image, article.published) == ("", "", "", None, None)


@pytest.mark.parametrize(
    "ending",
    [
        ("Machine Learning", "Machine learning was not used to find the beer, and nobody missed it."),
        ("Happy Reading",),
        ("“We will keep it for another hundred years if the mice agree,” said the mayor.", "— Ada Novak"),
        ("Mayor Ada Novak is the first to have seen the whole map.",),
    ],
)
def test_an_ending_that_only_resembles_a_signature_stays_in_the_body(ending: tuple[str, ...]) -> None:
    article = parse_dump(dump(BODY, *ending))
    assert article.body == "\n\n".join([BODY, *ending])
    assert (article.author, article.author_bio) == ("", "")


def test_a_name_below_a_via_line_is_the_author_even_without_a_biography() -> None:
    article = parse_dump(dump(BODY, "Via: Nordwire", "Zoë Çelik-O'Hara"))
    assert (article.via, article.author, article.body) == ("Nordwire", "Zoë Çelik-O'Hara", BODY)


def test_text_that_looks_like_markdown_or_html_is_shown_as_it_was() -> None:
    article = parse_dump(
        dump("# of visitors: 5 < 6 & that *is* <b>all</b> there was to say about it, `he` said.", BODY)
    )
    assert article.body.startswith(
        r"\# of visitors: 5 \< 6 & that \*is\* \<b>all\</b> there was to say about it, \`he\` said."
    )


def test_lists_and_paragraphs_of_several_lines_stay() -> None:
    text = "A sentence that runs over\ntwo lines of the file, as some pages do.\n\n- one\n- two"
    assert parse_dump(dump(text)).body == text


def test_a_first_line_too_long_for_a_title_stays_in_the_body() -> None:
    article = parse_dump(f"{'Many words follow each other here ' * 8}end.\n\n{BODY}")
    assert article.title == f"{('Many words follow each other here ' * 8)[:140].rpartition(' ')[0]}…"
    assert article.body.startswith("Many words follow")


def test_a_long_first_sentence_is_cut_between_words() -> None:
    article = parse_dump(dump("Word " * 100 + "ends here. And a second sentence follows it."))
    assert article.summary == ("Word " * 63).strip() + "…"


def test_abbreviations_and_initials_end_no_sentence() -> None:
    article = parse_dump(
        dump("Dr. A. B. Novak of St. Veit found the map in the U.S. Archive. It was wet. Nobody knew.")
    )
    assert article.summary == "Dr. A. B. Novak of St. Veit found the map in the U.S. Archive. It was wet."


def test_every_record_survives_being_written_and_read() -> None:
    article = parse_dump(dump("By Ada Novak", "Photo: Lio Sand", BODY, "Via Nordwire"))
    again = parse_article(format_article(article), slug=article.slug, file="x.md")
    assert (again.title, again.body, again.image, again.via) == (article.title, BODY, article.image, "Nordwire")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "page.txt: the text is empty\nCopy the whole article, title first."),
        (" \n\n\u00a0\n", "page.txt: the text is empty\nCopy the whole article, title first."),
        ("Only a title", "page.txt: there is a title but no text\nCopy the whole article, title first."),
        ("T\n\nBy Ada Novak", "page.txt: there is a title but no text\nCopy the whole article, title first."),
        ("a\x00b", "page.txt: this is no text file\nSave the article as plain text."),
        (
            "Title\n\nText\x07 here",
            (
                "page.txt:3:5: the character U+0007 cannot stand in a text: it is invisible and breaks mails\n"
                "Delete it; it usually comes along when text is pasted."
            ),
        ),
        (
            "x" * 100_001,
            (
                "page.txt: the text has 100,001 characters, the limit is 100,000\n"
                "Save the article alone, without the pages around it."
            ),
        ),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(IngestError) as caught:
        parse_dump(text, file="page.txt")
    assert str(caught.value) == message


def test_a_paragraph_that_the_page_repeats_is_kept_once_and_short_lines_stay() -> None:
    prose = "It costs a lot, said the mayor, and he would know, since he pays it."
    body = parse_dump(f"A title\n\n{prose}\n\nOh!\n\nOh!\n\n{prose}\n\n- one\n- two\n").body
    assert body == f"{prose}\n\nOh!\n\nOh!\n\n- one\n- two"
