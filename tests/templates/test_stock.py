"""What every stock template promises, whatever the issue."""

import dataclasses
import re
from itertools import pairwise
from typing import Any

import pytest
from lxml.html import document_fromstring

from newsletter.models import Severity
from newsletter.project import Project
from newsletter.project.preparation import prepare_issue
from newsletter.render import compile as compiling
from newsletter.render import compile_issue, inline
from tests.templates.conftest import SAMPLES, Compiled

LANGUAGES = ("en", "de", "fr", "es", "ar", "ja")
UNSUBSCRIBE = {
    "en": "Unsubscribe",
    "de": "Abbestellen",
    "fr": "Se désabonner",
    "es": "Darse de baja",
    "ar": "إلغاء الاشتراك",
    "ja": "配信を停止する",
}
ROLES = ("background", "surface", "tint", "text", "muted", "accent", "button", "on_button", "rule")


def test_the_checks_find_nothing_in_the_samples(template: str, stock: Project) -> None:
    prepared = prepare_issue(stock, SAMPLES[template], past_issues=True)
    assert prepared.compiled.template == template
    assert [f"{found.id} {found.message}" for found in prepared.findings if found.severity is not Severity.INFO] == []


def test_the_same_issue_gives_the_same_bytes(template: str, stock: Project) -> None:
    again = Project(stock.root, stock.settings)
    one = compile_issue(stock.assemble(SAMPLES[template]), stock.template(template), stock.settings.identity())
    two = compile_issue(again.assemble(SAMPLES[template]), again.template(template), again.settings.identity())
    assert one == two


def test_every_parameter_says_what_it_is_for_and_of_what_type(described: dict[str, Any]) -> None:
    kinds = {"color", "length", "font", "url", "image", "text", "choice", "boolean", "number", "links"}
    for name, entry in described["parameters"].items():
        assert entry["type"] in kinds, name
        assert entry["description"], name
    assert {f"{mode}{role}" for mode in ("", "dark_") for role in ROLES} <= set(described["parameters"])


def test_headings_begin_with_one_h1_and_skip_no_level(template: str, mail: Compiled) -> None:
    levels = [
        int(heading.tag[1])
        for heading in document_fromstring(mail(template).html).xpath("//body//*")
        if re.fullmatch("h[1-6]", str(heading.tag))
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


def test_assistive_technology_is_told_what_is_what(template: str, mail: Compiled) -> None:
    html = mail(template).html
    page = document_fromstring(html)
    assert page.get("lang") == "en"
    assert page.xpath("//*[@role='article']/@lang") == ["en"]
    assert page.xpath("//*[@role='article']/@dir") == ["ltr"]
    # tables of an article's own text are data
    assert [t for t in page.xpath("//table[not(ancestor::*[contains(@class, 'body')])]") if not t.get("role")] == []
    assert page.xpath("//img[not(@alt)]") == []
    outlook = [
        table
        for part in re.findall(r"<!--\[if mso.*?<!\[endif\]-->", html, re.DOTALL)
        for table in re.findall(r"<table[^>]*>", part)
    ]
    assert outlook
    assert [table for table in outlook if 'role="presentation"' not in table] == []


def test_dark_mode_and_phones_keep_their_rules(template: str, mail: Compiled, described: dict[str, Any]) -> None:
    html = mail(template).html
    styles = " ".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    assert '<meta name="color-scheme" content="light dark"' in html
    assert styles.count("@media (prefers-color-scheme: dark)") == 1
    assert styles.count("@media only screen and (max-width: 479px)") == 2
    assert "[data-ogsc]" in styles
    assert "[data-ogsb]" in styles
    for name, entry in described["parameters"].items():
        if name.startswith("dark_"):
            assert entry["default"] in styles, name
    assert len(styles.encode()) < 16_384, "Gmail drops what is beyond"


def test_inlining_changes_no_rule_that_stays_in_the_head(
    template: str, mail: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def watched(html: str, **others: Any) -> str:
        seen.append((html, inline.inline_css(html, **others)))
        return seen[-1][1]

    monkeypatch.setattr(compiling, "inline_css", watched)
    mail(template, width="598px")
    [(before, after)] = seen
    kept = [
        rules for rules in re.findall(r"<style[^>]*>(.*?)</style>", before, re.DOTALL) if inline.SENTINEL not in rules
    ]
    assert re.findall(r"<style[^>]*>(.*?)</style>", after, re.DOTALL) == kept
    assert inline.SENTINEL in before


def test_outlook_gets_buttons_drawn_in_vml(mail: Compiled) -> None:
    for template in ("digest", "bulletin"):
        html = mail(template).html
        [button, *_] = re.findall(r"<!--\[if mso\]><v:roundrect(.*?)</v:roundrect><!\[endif\]-->", html, re.DOTALL)
        address = re.search(r'href="([^"]+)"', button)
        assert address
        assert f'<!--[if !mso]><!--><a href="{address[1]}"' in html


def test_the_inbox_line_shows_nothing_but_the_preheader(template: str, mail: Compiled, stock: Project) -> None:
    preheader = stock.assemble(SAMPLES[template]).issue.preheader
    [hidden] = document_fromstring(mail(template).html).xpath("//body/div[contains(@style, 'display:none')]")
    text = hidden.text_content().strip()
    assert text.startswith(preheader)
    assert len(text) >= 150
    assert text[len(preheader) :].strip("\u034f\u200c\xa0 ") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_phrases_and_direction_follow_the_language(language: str, template: str, mail: Compiled) -> None:
    content = mail(template, language=language)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in content.html
    for part in (content.html, content.text):
        assert UNSUBSCRIBE[language] in part
        assert (UNSUBSCRIBE["en"] in part) == (language == "en")
    if language == "ja":
        assert re.search(r"2026年1[12]月\d+日", content.html)


def test_every_phrase_is_in_every_catalogue(stock: Project) -> None:
    folder = stock.root / "templates"
    used = set()
    pages = folder / "public"  # has catalogues of its own, held to its pages by tests/public
    for file in [*folder.rglob("*.mjml"), *folder.rglob("*.txt")]:
        if file.is_relative_to(pages):
            continue
        used |= set(re.findall(r'_\("((?:[^"\\]|\\.)+)"', file.read_text(encoding="utf-8")))
        used |= set(re.findall(r'ngettext\("([^"]+)"', file.read_text(encoding="utf-8")))
    assert len(used) > 10
    for language in LANGUAGES[1:]:
        catalogue = (folder / "_shared/locale" / f"{language}.po").read_text(encoding="utf-8")
        assert set(re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE)) == used, language


def test_the_text_part_is_folded_and_free_of_markup(template: str, mail: Compiled) -> None:
    text = mail(template).text
    assert [line for line in text.splitlines() if len(line) > 72 and "https://" not in line] == []
    assert not re.search(r"</?[a-z]+[ >]|&\w+;|\{|\\u|&#", text)
    assert "\n\n\n" not in text
    assert {"/u/", "/p/"} <= set(re.findall(r"/[up]/", text))


def test_addresses_of_the_text_part_can_be_footnotes(template: str, mail: Compiled) -> None:
    text = mail(template, text_links="footnotes").text
    numbers = [int(number) for number in re.findall(r"^\[(\d+)\] https://", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    body = re.sub(r"^\[\d+\] https://.*$", "", text, flags=re.MULTILINE)
    assert [int(number) for number in re.findall(r"\[(\d+)\]", body)] == numbers
    inline_links = set(re.findall(r"https://[^\s>]+", mail(template).text))
    assert set(re.findall(r"https://[^\s>]+", text)) == inline_links


def test_a_logo_stands_for_the_name_and_survives_dark_mode(template: str, mail: Compiled) -> None:
    alone = mail(template, logo="https://example.com/logo.png", logo_width="180px").html
    assert '<img class="logo" src="https://example.com/logo.png" alt="The Weekly" width="180"' in alone
    assert ".logo { background: #ffffff !important;" in alone
    both = mail(template, logo="https://example.com/logo.png", logo_dark="https://example.com/dark.png").html
    assert ".logo-dark { display: inline-block !important; }" in both
    assert re.search(r'<img class="logo-dark"[^>]*display:none; ?mso-hide:all', both)
    assert 'class="logo' not in mail(template).html


def test_social_links_are_named_and_in_both_parts(template: str, mail: Compiled) -> None:
    content = mail(template, social=[{"name": "Mastodon", "url": "https://social.example/@weekly"}])
    assert '<a href="https://social.example/@weekly"' in content.html
    assert "Mastodon: https://social.example/@weekly" in content.text


def test_contents_lead_to_the_articles(mail: Compiled) -> None:
    for template in ("weekly", "digest", "bulletin"):
        page = document_fromstring(mail(template, contents=True).html)
        targets = [href[1:] for href in page.xpath("//a/@href") if href.startswith("#")]
        assert len(targets) > 3
        assert set(targets) <= set(page.xpath("//@id"))


def test_a_weekly_with_twelve_articles_stays_small(stock: Project) -> None:
    assembled = stock.assemble("first-light")
    articles = dict(assembled.articles)
    sections = list(assembled.issue.sections)
    extra = []
    for number, slug in enumerate(list(articles)[:5]):
        name = f"more-{number}"
        articles[name] = dataclasses.replace(articles[slug], slug=name, url=f"https://news.example.com/{name}")
        extra.append(name)
    sections[1] = dataclasses.replace(sections[1], articles=(*sections[1].articles, *extra))
    grown = dataclasses.replace(
        assembled, articles=articles, issue=dataclasses.replace(assembled.issue, sections=tuple(sections))
    )
    assert sum(len(section.articles) for section in sections) == 12
    html = compile_issue(grown, stock.template("weekly"), stock.settings.identity()).html
    assert len(html.encode()) < 60_000
