"""A real chromium that complains to the test: an error on the console or a broken policy fails it."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from newsletter.studio import StudioServer
from tests.browser.running import running

REPOSITORY = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=20_000)  # machines that test are busy
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        message = f"there is no {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with (
        sync_playwright() as playwright,
        contextlib.closing(playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)) as browser,
    ):
        yield browser


@pytest.fixture
def expected() -> list[str]:
    """Hold parts of the complaints that a test provokes."""
    return []


@pytest.fixture
def open_page(browser: Browser, expected: list[str]) -> Iterator[Callable[..., Page]]:
    """Open an address in a browser of its own; what the console complains of fails the test at its end."""
    complaints: list[str] = []
    with contextlib.ExitStack() as stack:

        def open_address(address: str, *, width: int = 1500, height: int = 900, scheme: str = "light") -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            stack.enter_context(contextlib.closing(context))
            page = context.new_page()
            page.set_default_timeout(20_000)
            page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url} {request.failure}"))
            page.goto(address)
            page.locator("html[data-shown]").wait_for(state="attached")
            return page

        yield open_address
        # leaving the page breaks off what it was reading, which is no complaint
        ignored = ("/events", "net::ERR_ABORTED", *expected)
        assert [text for text in complaints if not any(part in text for part in ignored)] == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("issues/first-light", "issues/inbox", "templates"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "newsletter.toml", tmp_path)
    return tmp_path.resolve()


@pytest.fixture
def server(root: Path) -> Iterator[StudioServer]:
    with running(root, "first-light") as server:
        yield server
