"""An editor's week in the studio, in a real chromium: the files on the disk are what counts."""

import contextlib
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from newsletter.studio import StudioServer
from newsletter.web.fetch import Fetcher
from tests.browser.running import running

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]
CHESS = "issues/first-light/articles/chess-club-needs-boards.md"
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Ferry line opens</title>
<meta property="og:title" content="Ferry line opens"><meta property="og:site_name" content="Coast Post"></head>
<body><article><h1>Ferry line opens</h1><p>The ferry between the two harbours sails again from Monday, six times a day
and twice at night, as the council announced in its meeting on Thursday after a debate of three hours.</p>
<img src="x" onerror="top.document.title='attacked'"><script>top.document.title = "attacked"</script></article></body>
</html>"""


@pytest.fixture
def site() -> Iterator[tuple[str, int]]:
    """Serve a page of a paper."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ferry", server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Make a project with templates and settings, and no article or issue."""
    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")
    shutil.copy(REPOSITORY / "newsletter.toml", tmp_path)
    (tmp_path / "issues").mkdir()
    return tmp_path.resolve()


def drop_file(page: Page, name: str, text: str) -> None:
    """Drop a file onto the inbox, as the desktop does."""
    page.evaluate(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name));
          for (const kind of ["dragover", "drop"]) {
            document.getElementById("pane-inbox").dispatchEvent(
              new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
          }
        }""",
        [name, text],
    )


def entry(page: Page, title: str) -> Locator:
    return page.locator("#entries .entry").filter(has_text=title)


def cards(page: Page, section: str) -> Locator:
    return page.locator(f'.cards[data-section="{section}"] .card-title')


def mail(page: Page) -> Locator:
    return page.frame_locator("#frame").locator("body")


def test_a_week_from_an_empty_project_to_files_as_a_person_writes_them(  # noqa: PLR0915 - it is one story
    empty: Path, site: tuple[str, int], open_page: Callable[..., Page], expected: list[str]
) -> None:
    # the mail of an issue without an article; a picture that the page names, and the mail is not let load
    expected += ["404 (Not Found)", "Content Security Policy", "/x csp"]
    with running(empty, fetcher=Fetcher(allowed=[("127.0.0.1", site[1])])) as server:
        page = open_page(server.url, width=1440)
        expect(page.get_by_text("Begin with a few articles")).to_be_visible()
        page.keyboard.press("n")
        page.get_by_label("Subject").fill("Ferries and boats")
        page.get_by_label("Folder").fill("ferries")
        page.get_by_role("button", name="Make it").click()
        page.wait_for_url("**/issues/ferries")

        # three articles: by address, and by two dropped files
        expect(page.get_by_text("The inbox is empty")).to_be_visible()
        page.get_by_label("Address of a page").fill(site[0])
        page.get_by_role("button", name="Add", exact=True).click()
        expect(entry(page, "Ferry line opens")).to_be_visible()
        drop_file(page, "chess-club.md", "---\ntitle: Chess club\n---\n\nThey need *twelve* boards.\n")
        drop_file(page, "tide.md", "# Tide tables\n\nHigh water comes earlier this week than last week.\n")
        expect(page.locator("#entries .entry")).to_have_count(3)

        # dragged, moved by keys, sent back and undone
        page.get_by_label("Title of the section").last.wait_for()
        entry(page, "Ferry").drag_to(page.locator('.cards[data-section="Top story"]'))
        expect(cards(page, "Top story")).to_have_text(["Ferry line opens"])
        entry(page, "Chess").get_by_role("combobox").select_option("Top story")
        expect(cards(page, "Top story")).to_have_text(["Ferry line opens", "Chess club"])
        entry(page, "Tide").locator(".entry-main").focus()
        page.keyboard.press("Enter")
        expect(cards(page, "Top story")).to_have_count(3)
        for name in ("Tide tables", "Ferry line opens"):
            page.locator(".card-open").filter(has_text=name).focus()
            page.keyboard.press("Alt+ArrowRight")
            expect(cards(page, "Top story").filter(has_text=name)).to_have_count(0)
            expect(page.locator(".card-open").filter(has_text=name)).to_be_focused()
        expect(mail(page)).to_contain_text("Tide tables")

        # edited in place, with the mail beside it
        page.locator(".card-open").filter(has_text="Chess club").click()
        page.locator(".editor [data-name=body]").fill("They need **thirteen** boards.")
        page.keyboard.press("Control+s")
        expect(mail(page)).to_contain_text("They need thirteen boards.")
        page.get_by_role("button", name="Done").click()
        page.get_by_label("Subject", exact=True).fill("Ferries and boards")
        page.get_by_label("Introduction").fill("Hello, dear reader.")
        page.get_by_label("Subject", exact=True).focus()
        expect(mail(page)).to_contain_text("Hello, dear reader.")

        page.locator(".card-open").filter(has_text="Tide tables").focus()
        page.keyboard.press("Delete")
        expect(entry(page, "Tide tables")).to_be_visible()
        page.locator("#status").click()
        page.keyboard.press("Control+z")
        expect(page.locator(".card-title").filter(has_text="Tide tables")).to_be_visible()
        section = next(title for title, found in cards_by_section(page).items() if "Tide tables" in found)
        date = page.get_by_label("Date").input_value()
        assert page.title() != "attacked"
        text = (empty / "issues/ferries/issue.md").read_text()
    assert section != "Top story"
    assert f"number: 1\nsubject: Ferries and boards\ndate: {date}\ntemplate: weekly\nsections:\n" in text
    assert "  - title: Top story\n    layout: lead\n    articles:\n      - chess-club\n" in text
    assert "    articles:\n      - tide-tables\n      - ferry-line-opens\n" in text
    assert text.endswith("---\n\nHello, dear reader.\n")
    record = (empty / "issues/ferries/articles/chess-club.md").read_text()
    assert re.fullmatch(
        r"---\ntitle: Chess club\ncollected: \d{4}-\d\d-\d\d\n---\n\nThey need \*\*thirteen\*\* boards\.\n", record
    )
    assert sorted(path.name for path in (empty / "issues/inbox").glob("*.md")) == []


def cards_by_section(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".cards[data-section]")].map((list) =>
             [list.dataset.section, [...list.querySelectorAll(".card-title")].map((it) => it.textContent)]))"""
    )
    return found


def test_two_tabs_and_an_editor_lose_nothing(
    server: StudioServer, open_page: Callable[..., Page], root: Path, expected: list[str]
) -> None:
    expected.append("409 (Conflict)")
    one, two = open_page(server.url, width=1440), open_page(server.url, width=1440)
    for page in (one, two):
        page.locator(".card-open").filter(has_text="Chess club").click()
        expect(page.locator(".editor")).to_be_visible()
    one.locator(".editor [data-name=title]").fill("Title of the first tab")
    one.keyboard.press("Control+s")
    expect(two.locator(".editor [data-name=title]")).to_have_value("Title of the first tab")
    # the second tab types while the file changes below it
    two.locator(".editor [data-name=title]").fill("Title of the second tab")
    path = root / CHESS
    path.write_text(path.read_text().replace("Title of the first tab", "Title of the editor"))
    two.keyboard.press("Control+s")
    expect(two.locator("#clash")).to_be_visible()
    expect(two.locator("#clash-disk")).to_have_text("Title of the editor")
    expect(two.locator("#clash-mine")).to_have_text("Title of the second tab")
    assert "Title of the editor" in path.read_text()
    two.get_by_role("button", name="Keep yours").click()
    expect(one.locator(".editor [data-name=title]")).to_have_value("Title of the second tab")
    assert "title: Title of the second tab" in path.read_text()


def test_a_tab_finds_a_studio_that_was_started_again(
    root: Path, open_page: Callable[..., Page], expected: list[str]
) -> None:
    expected += [
        "ERR_CONNECTION_REFUSED",
        "ERR_INCOMPLETE_CHUNKED_ENCODING",
        "ERR_CONNECTION_RESET",
        "Failed to load resource",
    ]
    with running(root, "first-light") as server:
        page = open_page(server.url, width=1440)
    expect(page.locator("#status")).to_contain_text("has ended")
    path = root / CHESS
    path.write_text(path.read_text().replace("title: ", "title: Meanwhile, "))
    with running(root, "first-light"):
        expect(page.locator("#status")).to_contain_text("Compiled", timeout=20_000)
        expect(page.locator(".card-title").filter(has_text="Meanwhile, ")).to_be_visible()
        page.locator("#pane-preview").click(position={"x": 5, "y": 5})


def test_every_view_shows_the_mail_as_another_program_does(
    server: StudioServer, open_page: Callable[..., Page]
) -> None:
    page = open_page(server.url, width=1440)
    expect(mail(page)).to_contain_text("Hello Ada")
    colour = "getComputedStyle(document.getElementById('frame').contentDocument.body).backgroundColor"
    light = page.evaluate(colour)
    for scheme, words in (("dark", "own dark rules"), ("partial", "a simulation"), ("forced", "a simulation")):
        page.locator("#scheme").select_option(scheme)
        expect(page.locator("#about")).to_contain_text(words)
    page.locator("#scheme").select_option("light")
    expect(page.locator("#about")).to_have_text("700 px")
    assert page.evaluate(colour) == light
    page.get_by_label("No pictures").check()
    expect(page.frame_locator("#frame").locator("img").first).to_have_attribute("src", "data:,")
    page.keyboard.press("2")
    expect(page.locator("#list .mailrow")).to_have_count(6)
    expect(page.locator("#list")).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator("#source-size")).to_be_visible()
    expect(page.locator("#source-size")).to_contain_text("of 102,400 bytes")
    page.keyboard.press("5")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .eml").click()
    assert download.value.suggested_filename == "first-light.eml"
    page.keyboard.press("1")
    page.locator("#reader-button").click()
    page.get_by_label("Search readers").fill("mark-up")
    expect(page.locator("#reader-list li")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(mail(page)).to_contain_text("Hello <b")


def test_a_finding_leads_to_the_card_it_is_about(
    server: StudioServer, open_page: Callable[..., Page], root: Path
) -> None:
    path = root / "issues/first-light/articles/libraries-hand-out-keys-for-the-night.md"
    path.write_text(re.sub(r"(?m)^  alt: .*\n", "", path.read_text()))
    page = open_page(server.url, width=1440)
    page.keyboard.press("6")
    found = page.locator("#findings li[data-severity=error]")
    expect(found).to_have_count(1)
    expect(found.locator(".remedy")).not_to_be_empty()
    found.get_by_role("button").click()
    page.locator('.editor [data-name="image.alt"]').fill("Shelves without doors at night")
    page.keyboard.press("Control+s")
    expect(found).to_have_count(0)
    assert "alt: Shelves without doors at night" in path.read_text()


HOSTILE = """\
---
title: '<img src="https://attacker.example/t.png" onerror="document.title=1"><script>document.title=2</script>'
summary: '"><svg onload="top.document.title=3">'
source: '<iframe src="https://attacker.example/s"></iframe>'
author: '<base href="https://attacker.example/">'
url: https://example.org/"onmouseover="document.title=4
tags: ['<link rel=stylesheet href=https://attacker.example/c.css>']
---

<script>top.document.title = 5</script><form action="https://attacker.example/f"><input name=x></form>
"""


def test_what_a_record_says_is_text_in_the_studios_own_page(root: Path, open_page: Callable[..., Page]) -> None:
    text = HOSTILE.replace('"onmouseover="document.title=4', "harbour")
    (root / "issues/inbox/hostile.md").write_text(text)
    path = root / CHESS
    path.write_text(text)
    with running(root) as server:
        page = open_page(server.url)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url.replace("/?", "/issues/first-light?"))
        expect(entry(page, "<script>")).to_be_visible()
        card = page.locator(".card-open").filter(has_text="<script>")
        card.click()
        expect(page.locator(".editor [data-name=body]")).to_have_value(re.compile("^<script>"))
        expect(mail(page)).to_contain_text("<script>document.title=2</script>")
        page.locator("#suggested summary").click()
        expect(page.locator("#suggestions .entry").first).to_be_visible()
        assert page.title().endswith("studio")
        assert page.locator("#pane-inbox iframe, #pane-issue iframe, main script, main base, main link").count() == 0
    assert [url for url in asked if "attacker.example" in url] == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return axe-core's script, from npm, kept between two runs."""
    if os.environ.get("AXE"):
        return Path(os.environ["AXE"]).read_text()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "newsletter-tests" / "axe"
    script = cache / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        reason = "there is no npm"
        if npm:
            cache.mkdir(parents=True, exist_ok=True)
            command = [npm, "install", "--silent", "--no-audit", "--prefix", str(cache), "axe-core@4"]
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(command, check=False, capture_output=True, timeout=120)
            reason = "npm cannot fetch axe-core"
        if not script.exists():
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    return script.read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_stands_in_anybodys_way(
    root: Path, axe: str, open_page: Callable[..., Page], width: int, scheme: str
) -> None:
    with running(root) as server:
        home = open_page(server.url, width=width, scheme=scheme)
        assert violations(home, axe) == []
        page = open_page(
            f"http://127.0.0.1:{server.port}/issues/first-light{server.url[-29:]}", width=width, scheme=scheme
        )
        expect(page.locator(".card")).to_have_count(7)
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator(".card-open").first.evaluate("it => it.click()")
        page.locator(".editor").wait_for(state="attached")
        assert violations(page, axe) == []
        for view in ("list", "text", "source", "message", "checks"):
            page.locator(f"input[name=view][value={view}]").evaluate("it => it.click()")
            assert violations(page, axe) == [], view


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core objects to; the mail in its frame is for the checks, not for the studio."""
    # evaluated, not added as an element: the page's policy allows no script but its own
    page.evaluate(f"() => {{ {axe} }}")
    found: list[str] = page.evaluate(
        """async () => {
          const found = await axe.run(document, { iframes: false });
          return found.violations.flatMap((it) =>
            it.nodes.map((node) => `${it.id}: ${node.target} ${node.failureSummary}`));
        }"""
    )
    return found
