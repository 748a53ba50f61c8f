"""Every page in every language, whole: no text without its translation, none that lost its placeholder."""

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from newsletter.errors import TemplateError
from newsletter.public.languages import Languages, direction_of, name_of
from newsletter.public.pages import Pages
from tests.public.conftest import World

STOCK = Path(__file__).parents[2] / "templates/public"
CODES = ("ar", "de", "en", "es", "fr", "ja")
IN_CODE = "I want to get %(name)s by e-mail. I can leave at any time."


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_a_catalogue_has_every_text_and_keeps_every_placeholder(code: str) -> None:
    used = {IN_CODE}
    for file in [*STOCK.rglob("*.html"), *STOCK.rglob("*.txt")]:
        used |= set(re.findall(r'_\("((?:[^"\\]|\\.)*)"', file.read_text()))
    with (STOCK / "locale" / f"{code}.po").open("rb") as source:
        texts: dict[Any, Any] = {message.id: message.string for message in read_po(source) if message.id}
    assert set(texts) == used
    for text, translation in texts.items():
        assert translation, text
        assert sorted(re.findall(r"%\(\w+\)s", translation)) == sorted(re.findall(r"%\(\w+\)s", text))


@pytest.mark.parametrize(
    ("accept", "default", "chosen"),
    [
        ("", "en", "en"),
        ("", "de-AT", "de"),
        ("", "nl", "en"),
        ("fr-CH, de;q=0.9", "en", "fr"),
        ("nl, de;q=0.3, ja;q=0.7", "en", "ja"),
        ("DE", "en", "de"),
        ("de;q=0, *", "fr", "fr"),
        ("de;q=x, es", "fr", "es"),
        (",;q=,=;" * 500, "fr", "fr"),
    ],
)
def test_the_browser_chooses_then_the_newsletter(accept: str, default: str, chosen: str) -> None:
    assert Languages([STOCK / "locale"]).choose(accept, default) == chosen


def test_pages_come_in_the_visitors_language_and_direction(world: World) -> None:
    for code, text, direction in (("de", "Abmelden", "ltr"), ("ar", "إلغاء الاشتراك", "rtl"), ("ja", "配信", "ltr")):
        answer = world.visitor.get("/u/x", headers={"Accept-Language": code})
        assert f'<html lang="{code}" dir="{direction}">' in answer.text
        assert text in answer.text
        assert answer.headers["content-language"] == code


def test_a_mail_speaks_the_language_of_the_form(world: World) -> None:
    world.visitor.post(
        "/subscribe",
        data={"email": "ada@example.org", "list": "weekly", "stamp": world.stamp()},
        headers={"Accept-Language": "fr"},
    )
    [mail] = world.mails()
    assert mail["Subject"] == "Veuillez confirmer : The Weekly"
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="fr" dir="ltr">' in html.get_content()


def test_a_project_overrides_a_page_a_text_and_adds_a_language(world: World, root: Path) -> None:
    folder = root / "templates/public"
    (folder / "left.html").write_text('{% extends "base.html" %}{% block title %}Ciao{% endblock %}')
    (folder / "locale/de.po").write_text('msgid "Unsubscribe"\nmsgstr "Tschüss"\n')
    (folder / "locale/nl.po").write_text('msgid "Unsubscribe"\nmsgstr "Afmelden"\n')
    pages = Pages(root, world.app.site.newsletter, base="")
    assert "<h1>Ciao</h1>" in pages.page("left", "en")
    assert "<h1>Tschüss</h1>" in pages.page("leave", "de")
    assert "<h1>Afmelden</h1>" in pages.page("leave", "nl")
    assert "<h1>Thank you</h1>" in pages.page("confirmed", "nl", kind="")


def test_a_project_without_templates_of_its_own_has_the_stock(world: World, tmp_path: Path) -> None:
    pages = Pages(tmp_path / "elsewhere", world.app.site.newsletter, base="")
    assert pages.languages.codes == CODES
    assert "<h1>Unsubscribe</h1>" in pages.page("leave", "en")


def test_a_broken_template_and_a_broken_catalogue_are_named(world: World, root: Path) -> None:
    (root / "templates/public/leave.html").write_text("\n{% if %}")
    with pytest.raises(TemplateError) as error:
        Pages(root, world.app.site.newsletter, base="").page("leave", "en")
    assert str(error.value.place) == "templates/public/leave.html:2"
    (root / "templates/public/locale/xx.po").write_text('msgid "a\n')
    with pytest.raises(TemplateError, match="this catalogue of translations cannot be read") as error:
        Pages(root, world.app.site.newsletter, base="")
    assert str(error.value.place).endswith("templates/public/locale/xx.po")


def test_languages_name_themselves() -> None:
    assert [name_of(code) for code in CODES] == ["العربية", "Deutsch", "English", "español", "français", "日本語"]
    assert [direction_of(code) for code in ("ar", "he", "de", "nonsense")] == ["rtl", "rtl", "ltr", "ltr"]
    assert name_of("nonsense") == "nonsense"
