"""What the page knows of an issue, and what it shows of an error."""

from pathlib import Path

import pytest

from newsletter.errors import ContentError, NewsletterError, TemplateError
from newsletter.models import Place
from newsletter.studio.picture import ExcerptLine, Failure, describe, take_picture
from newsletter.studio.variants import Scheme


def test_a_picture_has_what_the_page_shows(root: Path) -> None:
    picture = take_picture(root, {}, "first-light")
    facts = picture.facts
    assert facts["subject"] == "Harbour light switched on, libraries open all night"
    assert facts["preheader"].startswith("Also this week — hill turbines")
    assert facts["sender"] == {"name": "The Weekly", "email": "news@example.com"}
    assert facts["clipped_at"] == 102_400
    assert facts["dark_rules"] is True
    assert dict(facts["headers"])["To"] == "Ada Lovelace <ada.lovelace@example.com>"
    assert picture.message.startswith("From: The Weekly <news@example.com>\nTo: ")
    assert "Hello Ada" in picture.text
    assert "Hello Ada" in picture.html


def test_the_preheader_is_merged_for_the_reader(root: Path) -> None:
    issue = root / "issues/first-light/issue.md"
    issue.write_text(
        issue.read_text()
        .replace("preheader: Also", "preheader: '[[ subscriber.first_name ]], also")
        .replace("nine years", "nine years'")
    )
    assert take_picture(root, {}, "first-light").facts["preheader"].startswith("Ada, also this week")


def test_a_header_that_needs_encoding_is_shown_as_people_read_it(root: Path) -> None:
    issue = root / "issues/first-light/issue.md"
    issue.write_text(issue.read_text().replace("subject: Harbour", "subject: Dämmerung — " + "Küste " * 20 + "Harbour"))
    picture = take_picture(root, {}, "first-light")
    assert dict(picture.facts["headers"])["Subject"] == picture.facts["subject"]


def test_the_source_is_what_is_sent_and_the_frame_shows_local_pictures(root: Path) -> None:
    picture = take_picture(root, {}, "first-light")
    published = "https://www.example.com/first-light/images/"
    assert published in picture.html
    for scheme in Scheme:
        assert published not in picture.frames[scheme]
        assert 'src="/issues/first-light/images/harbour-light.jpg?v=' in picture.frames[scheme]
        assert '<base target="_blank">' in picture.frames[scheme]
        assert "prefers-color-scheme" not in picture.frames[scheme]


def test_a_replaced_picture_gets_another_address_and_an_untouched_one_keeps_it(root: Path) -> None:
    before = take_picture(root, {}, "first-light")
    assert take_picture(root, {}, "first-light") == before
    image = root / "issues/first-light/images/open-shelves.png"
    image.write_bytes(image.read_bytes() + b"\0")
    after = take_picture(root, {}, "first-light")
    assert after.html == before.html
    assert after.frames[Scheme.LIGHT] != before.frames[Scheme.LIGHT]


def test_settings_are_read_anew(root: Path) -> None:
    settings = root / "newsletter.toml"
    settings.write_text(settings.read_text().replace('name = "The Weekly"', 'name = "Morning"'))
    assert "Morning" in take_picture(root, {}, "first-light").text
    settings.write_text("[newsletter]\nnam = 1\n")
    with pytest.raises(NewsletterError, match=r"unknown key `newsletter\.nam`") as caught:
        take_picture(root, {}, "first-light")
    assert describe(root, caught.value).place == "newsletter.toml:2"


def test_an_error_shows_the_lines_around_its_place(root: Path) -> None:
    (root / "issues/x.md").write_text("".join(f"line {number}\n" for number in range(1, 10)))
    error = ContentError("no", place=Place(file="issues/x.md", line=2, column=4), remedy="Mend it.")
    assert describe(root, error) == Failure(
        what="no",
        place="issues/x.md:2:4",
        remedy="Mend it.",
        excerpt=tuple(ExcerptLine(number=n, text=f"line {n}", marked=n == 2) for n in range(1, 6)),
    )


@pytest.mark.parametrize("file", ["../secret.txt", "/etc/passwd", "link.txt", "gone.txt", "issues"])
def test_no_line_of_a_file_outside_the_project_is_shown(root: Path, file: str) -> None:
    (root.parent / "secret.txt").write_text("secret\n")
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    assert describe(root, TemplateError("no", place=Place(file=file, line=1))).excerpt == ()


def test_an_error_without_a_place_has_no_excerpt(root: Path) -> None:
    assert describe(root, TemplateError("no")) == Failure(what="no", place="", remedy="", excerpt=())
