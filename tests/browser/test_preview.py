"""The preview as an editor sees it, in a real chromium."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from newsletter.studio import StudioServer

pytestmark = pytest.mark.browser

LAST = "issues/first-light/articles/chess-club-needs-boards.md"
TEMPLATE = "templates/weekly/email.mjml"
MAIL = "document.getElementById('frame').contentDocument"


def mail(page: Page) -> FrameLocator:
    return page.frame_locator("#frame")


def in_mail(page: Page, expression: str) -> object:
    return page.evaluate(f"{MAIL}.{expression}")


def wait_until(page: Page, expression: str) -> None:
    """Wait for an expression; Playwright's own way needs `eval`, which the page's policy forbids."""
    deadline = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(20)


def choose(page: Page, name: str) -> None:
    page.locator(".choice span").filter(has_text=name).click()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_saved_file_shows_without_a_reload_and_the_mail_stays_where_it_was_scrolled_to(
    server: StudioServer, open_page: Callable[..., Page], root: Path
) -> None:
    page = open_page(server.url)
    assert page.url == f"http://127.0.0.1:{server.port}/issues/first-light"
    expect(page.locator("#board [data-name=subject]")).to_have_value(
        "Harbour light switched on, libraries open all night"
    )
    expect(mail(page).get_by_text("Hello Ada")).to_be_visible()
    wait_until(page, f"[...{MAIL}.images].length >= 3")
    wait_until(page, f"[...{MAIL}.images].every(image => image.complete && image.naturalWidth > 0)")
    page.evaluate("document.untouched = true")
    page.evaluate(f"{MAIL}.scrollingElement.scrollTop = 900")
    edit(root / LAST, "title: ", "title: Tonight - ")
    expect(mail(page).get_by_text("Tonight - ")).to_be_attached()
    assert in_mail(page, "scrollingElement.scrollTop") == 900
    assert page.evaluate("document.untouched") is True
    expect(page.locator("#status")).to_contain_text("Compiled")


def test_a_broken_template_shows_its_line_above_the_last_picture_and_heals(
    server: StudioServer, open_page: Callable[..., Page], root: Path
) -> None:
    page = open_page(server.url)
    expect(page.locator("#failure")).to_be_hidden()
    edit(root / TEMPLATE, "<mj-head>", "<mj-haed>")
    failure = page.locator("#failure")
    expect(failure).to_be_visible()
    expect(failure.locator("#place")).to_have_text(f"{TEMPLATE}:4")
    expect(failure.locator("[aria-current]")).to_have_text("4  <mj-haed>")
    expect(failure.locator("#remedy")).not_to_be_empty()
    expect(page.locator("#stale")).to_contain_text("Out of date")
    expect(page.locator("#status")).to_contain_text("Error since")
    expect(mail(page).get_by_text("Hello Ada")).to_be_visible()
    edit(root / TEMPLATE, "<mj-haed>", "<mj-head>")
    expect(failure).to_be_hidden()
    expect(page.locator("#stale")).to_be_hidden()
    expect(page.locator("#status")).to_contain_text("Compiled")


def test_the_mail_fits_a_phone_and_follows_its_own_dark_rules(
    server: StudioServer, open_page: Callable[..., Page]
) -> None:
    page = open_page(server.url)
    choose(page, "Phone")
    expect(page.locator("#about")).to_have_text("375 px")
    assert in_mail(page, "documentElement.clientWidth") == 375
    assert in_mail(page, "documentElement.scrollWidth") == 375
    colour = f"getComputedStyle({MAIL}.querySelector('h3.title')).color"
    light = page.evaluate(colour)
    page.locator("#scheme").select_option("dark")
    wait_until(page, f"{colour} !== '{light}'")
    expect(page.locator("#about")).to_contain_text(
        "375 px, the template\N{RIGHT SINGLE QUOTATION MARK}s own dark rules"
    )
    assert in_mail(page, "documentElement.scrollWidth") == 375
    assert page.url.endswith("/first-light#width=phone&scheme=dark")
    page.reload()
    wait_until(page, f"{MAIL}.querySelector('h3.title') && {colour} !== '{light}'")
    assert in_mail(page, "documentElement.clientWidth") == 375


def test_light_is_light_in_a_browser_that_prefers_dark(server: StudioServer, open_page: Callable[..., Page]) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = open_page(server.url, scheme=scheme)
        expect(mail(page).get_by_text("Hello Ada")).to_be_visible()
        colours.append(page.evaluate(f"getComputedStyle({MAIL}.querySelector('h3.title')).color"))
    assert colours[0] == colours[1]


@pytest.mark.parametrize(("width", "height"), [(375, 800), (768, 1024), (1920, 1080)])
def test_the_page_itself_never_scrolls_sideways(
    server: StudioServer, open_page: Callable[..., Page], root: Path, width: int, height: int
) -> None:
    page = open_page(server.url, width=width, height=height)
    for pane in page.locator("[data-show]:visible").all():
        pane.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for view in ("Mail", "Inbox list", "Text", "Source", "Message", "Checks"):
        choose(page, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    edit(root / TEMPLATE, "<mj-head>", "<mj-haed>")
    expect(page.locator("#failure")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_source_and_message_are_shown_as_they_are_sent(
    server: StudioServer, open_page: Callable[..., Page], root: Path
) -> None:
    page = open_page(server.url)
    page.evaluate(f"{MAIL}.scrollingElement.scrollTop = 0")
    choose(page, "Text")
    expect(page.locator("#text")).to_contain_text("Hello Ada")
    expect(page.locator("#frame")).to_be_hidden()
    choose(page, "Source")
    expect(page.locator("#source")).to_contain_text('<img alt="')
    expect(page.locator("#source")).to_contain_text("https://www.example.com/first-light/images/harbour-light.jpg")
    choose(page, "Message")
    expect(page.get_by_role("row", name="List-Unsubscribe-Post")).to_contain_text("List-Unsubscribe=One-Click")
    expect(page.locator("#message")).to_contain_text("Content-Transfer-Encoding: quoted-printable")
    edit(root / "newsletter.toml", 'name = "The Weekly"', 'name = "Morning"')
    expect(page.get_by_role("row", name="List-ID")).to_contain_text("Morning")
    expect(page.locator("#message")).to_contain_text("List-ID: Morning")


def test_looking_at_the_text_does_not_lose_the_place_in_the_mail(
    server: StudioServer, open_page: Callable[..., Page]
) -> None:
    page = open_page(server.url)
    wait_until(page, f"{MAIL}.images.length && [...{MAIL}.images].every(image => image.complete)")
    page.evaluate(f"{MAIL}.scrollingElement.scrollTop = 700")
    choose(page, "Text")
    expect(page.locator("#text")).to_be_visible()
    choose(page, "Mail")
    expect(page.locator("#frame")).to_be_visible()
    assert in_mail(page, "scrollingElement.scrollTop") == 700


def test_all_choices_can_be_made_by_keyboard(server: StudioServer, open_page: Callable[..., Page]) -> None:
    page = open_page(server.url)
    expect(mail(page).get_by_text("Hello Ada")).to_be_visible()
    page.get_by_role("radio", name="Mail").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#list")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Desktop")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#about")).to_have_text("375 px")
    page.get_by_role("slider").focus()
    page.keyboard.press("PageUp")
    expect(page.locator("#about")).to_have_text("475 px")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", "475")


def test_the_handle_changes_the_width(server: StudioServer, open_page: Callable[..., Page]) -> None:
    page = open_page(server.url)
    expect(page.locator("#about")).to_have_text("700 px")
    box = page.locator("#handle").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] - 45, box["y"] + 100)
    page.mouse.up()
    expect(page.locator("#about")).to_have_text("600 px")
    assert page.url.endswith("#width=600")


def test_findings_name_their_place_and_remedy(
    server: StudioServer, open_page: Callable[..., Page], root: Path, expected: list[str]
) -> None:
    expected.append("status of 404")  # the picture that is not there is missing in the frame, too
    page = open_page(server.url)
    choose(page, "Checks")
    errors = page.locator("#findings li[data-severity=error]")
    expect(errors).to_have_count(0)
    article = root / "issues/first-light/articles/harbour-light-returns-after-thirty-years.md"
    edit(article, "images/harbour-light.jpg", "images/harbour-night.jpg")
    finding = errors.first
    expect(finding).to_be_visible()
    expect(finding.locator(".place")).to_contain_text("articles/harbour-light-returns-after-thirty-years.md:")
    expect(finding.locator(".remedy")).not_to_be_empty()
    expect(page.locator("#findingshead")).to_contain_text("Findings (")
    choose(page, "Mail")
    wait_until(page, f"[...{MAIL}.images].some(image => image.complete && !image.naturalWidth)")
