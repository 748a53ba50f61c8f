"""Pictures: files, sizes and alt texts."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from newsletter.checks.facts import ImageFacts
from newsletter.models import Image

Lines = Callable[..., list[str]]
DUSK = "https://courier.example.com/dusk.jpg"
LAMP = "issues/tides/articles/lamp.md"
SHOWN = Image(src="images/lamp.jpg", alt="A lighthouse with red bands at dawn", credit="Jo Ek")
FILE = ImageFacts(size=60_000, width=1200, height=800, format="JPEG")


def one(**facts: object) -> dict[str, object]:
    return {"images": {"images/lamp.jpg": replace(FILE, **facts)}}  # type: ignore[arg-type]


def test_alt_texts_of_a_record(lines_of: Lines) -> None:
    assert lines_of(article={"image": replace(SHOWN, alt="")}) == [
        f"N301 error {LAMP}:9: the picture of 'The old lamp burns again' has no alt text"
    ]
    assert lines_of(article={"image": replace(SHOWN, alt="IMG_2041.jpg")}) == [
        f"N302 warning {LAMP}:9: the alt text 'IMG_2041.jpg' says nothing about its picture"
    ]
    assert lines_of(article={"image": replace(SHOWN, alt="Foto von einem Leuchtturm")}) == [
        f"N308 info {LAMP}:9: an alt text says that the picture is a picture: 'Foto von einem Leuchtturm'"
    ]


@pytest.mark.parametrize("alt", ["Photographers at the pier", "Image Comics, volume 7", "Picture this: a lamp"])
def test_alt_texts_that_begin_like_a_picture_and_are_none(lines_of: Lines, alt: str) -> None:
    assert lines_of(article={"image": replace(SHOWN, alt=alt)}) == []


def test_a_picture_in_a_text(lines_of: Lines) -> None:
    assert lines_of(article={"body": "Dusk.\n\n![](https://courier.example.com/dusk.jpg)"}) == [
        f"N309 warning {LAMP}:16: the picture {DUSK} has no width, so that Outlook shows it as large as its file",
        f"N312 warning {LAMP}:16: the picture {DUSK} in a text has no alt text",
    ]


def test_counting_pixels_and_decorations_are_left_in_peace(lines_of: Lines) -> None:
    pixel = '<img src="https://a.example/open.gif" alt="" width="1" height="1">'
    rule = '<img src="https://a.example/rule.png" alt="" width="540">'
    assert lines_of(html=pixel + rule) == []


def test_a_picture_of_the_template_without_alt_is_found(lines_of: Lines) -> None:
    assert lines_of(html='<img src="https://a.example/logo.png" width="200">') == [
        "N301 error -: the picture https://a.example/logo.png has no alt text"
    ]


def test_sizes_of_files(lines_of: Lines) -> None:
    assert lines_of(facts=one(width=1200)) == []
    assert lines_of(facts=one(width=1150)) == []
    (found,) = lines_of(facts=one(width=900))
    assert found == (
        f"N310 info {LAMP}:7: the picture images/lamp.jpg is 900 pixels wide, shown 600 wide, "
        "and looks blurred on sharp screens"
    )
    assert lines_of(facts=one(width=300, height=200))[0].endswith("and is enlarged and looks blurred on sharp screens")
    assert lines_of(facts=one(size=300 * 1024)) == []
    (heavy,) = lines_of(facts=one(size=300 * 1024 + 1))
    assert (
        heavy == f"N305 warning {LAMP}:7: the picture images/lamp.jpg has 300 KB, and readers on the road wait for it"
    )


def test_a_picture_that_is_not_there_and_one_that_is_none(lines_of: Lines) -> None:
    assert lines_of(facts={"images": {"images/lamp.jpg": None}}) == [
        f"N303 error {LAMP}:7: the picture images/lamp.jpg is not in the issue's folder"
    ]
    assert lines_of(facts={"images": {"images/lamp.jpg": ImageFacts(size=900)}}) == [
        f"N311 error {LAMP}:7: the file images/lamp.jpg is no picture that can be read"
    ]


def test_a_light_picture_on_a_transparent_ground_is_seen_in_dark_mode(lines_of: Lines) -> None:
    assert lines_of(facts=one(format="PNG", luminance=0.6)) == []
    assert lines_of(facts=one(format="PNG", luminance=0.2)) == [
        f"N315 warning {LAMP}:7: the picture images/lamp.jpg is dark and transparent, so that dark mode swallows it"
    ]
