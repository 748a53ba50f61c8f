"""The stock templates as a browser shows them: legible in both modes, at any width, and as they were."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from newsletter.config import parse_settings
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.project import Project
from newsletter.render import compile as compiling
from newsletter.render import compile_issue
from tests.browser.stock import (
    PICTURES,
    REPOSITORY,
    SAMPLES,
    SCHEMES,
    WIDTHS,
    difference,
    html_of,
    packed,
    picture_of,
    pinned,
    shown,
)

LOW_CONTRAST = """() => {
  const channel = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest('style')) continue;
    count += 1;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return [count, found];
}"""
"""Texts below 4.5:1 (WCAG 2.2 §1.4.3, level AA), large letters too, and how many texts were looked at."""


@pytest.fixture(params=SAMPLES)
def template(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@contextmanager
def every_layout(template: str, browser: Browser, *, language: str = "en", **how: Any) -> Iterator[Page]:
    """Show the sample issue and, below it, its articles again in every layout that the template has."""
    settings = parse_settings((REPOSITORY / "newsletter.toml").read_text(encoding="utf-8"), {})
    project = Project(REPOSITORY, settings)
    newsletter = dataclasses.replace(settings.identity(), language=language)
    assembled, found = project.assemble(SAMPLES[template]), project.template(template)
    [slug, *_] = [name for name, article in assembled.articles.items() if article.image]
    more = tuple(
        dataclasses.replace(
            assembled.issue.sections[0], title=f"All of {layout}", layout=layout, articles=(slug,) * 2, layouts={}
        )
        for layout in found.layouts
    )
    issue = dataclasses.replace(assembled.issue, sections=(*assembled.issue.sections, *more))
    found = dataclasses.replace(
        found,
        parameters={
            **found.parameters,
            "contents": True,
            "tagline": "All that is new",
            "social": [{"name": "Mastodon", "url": "https://social.example/@weekly"}],
        },
    )
    compiled = compile_issue(dataclasses.replace(assembled, issue=issue), found, newsletter)
    html = MessageTemplate(compiled, newsletter).content(sample_reader(newsletter, issue.slug)).html
    with shown(browser, html, **how) as page:
        yield page


@pytest.mark.parametrize("mode", ["light", "dark", "outlook"])
def test_every_text_stands_out_from_what_is_behind_it(template: str, mode: str, browser: Browser) -> None:
    with every_layout(template, browser, width=680, scheme="dark" if mode == "dark" else "light") as page:
        if mode == "outlook":
            # what Outlook's apps put on the elements whose colours they changed
            page.evaluate("['data-ogsc', 'data-ogsb'].forEach(name => document.documentElement.setAttribute(name, ''))")
        count, found = page.evaluate(LOW_CONTRAST)
    assert count > 30
    assert found == []


@pytest.mark.parametrize("language", ["en", "ar", "ja"])
def test_no_mail_scrolls_sideways(template: str, language: str, browser: Browser) -> None:
    with every_layout(template, browser, language=language, width=800) as page:
        for width in (320, 360, 375, 414, 479, 480, 520, 600, 680, 800):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width, width


def test_a_right_to_left_mail_begins_its_lines_on_the_right(template: str, browser: Browser) -> None:
    with every_layout(template, browser, language="ar", width=680) as page:
        sides = set(
            page.evaluate("[...document.querySelectorAll('.body > div')].map(e => getComputedStyle(e).textAlign)")
        )
        assert sides <= {"right", "center"}
        assert "right" in sides
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"


def test_without_pictures_their_words_are_read(template: str, browser: Browser) -> None:
    with every_layout(template, browser, width=680, images=False) as page:
        for image in page.locator("img").all():
            assert image.get_attribute("alt")
        count, found = page.evaluate(LOW_CONTRAST)
        assert (count > 30, found) == (True, [])


def test_tidying_changes_no_pixel(template: str, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    tidied = html_of(template)
    monkeypatch.setattr(compiling, "tidy", lambda html, **_: html)
    loose = html_of(template)
    assert len(tidied) < len(loose)
    for width in WIDTHS:
        with shown(browser, tidied, width=width) as page, shown(browser, loose, width=width) as other:
            assert page.screenshot(full_page=True) == other.screenshot(full_page=True)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_mail_looks_as_it_did(template: str, width: int, scheme: str, browser: Browser) -> None:
    with shown(browser, pinned(html_of(template)), width=width, scheme=scheme) as page:
        now = packed(picture_of(page))
    before = Image.open(PICTURES / f"{template}-{width}-{scheme}.png")
    assert difference(now, before) < 0.01, "refresh with `python tests/browser/stock.py` when this is what you want"


def test_the_pictures_stay_small() -> None:
    assert sum(file.stat().st_size for file in Path(PICTURES).iterdir()) < 600 * 1024
