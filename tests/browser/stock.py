"""The sample issue of every stock template in a browser, and the pictures of them: `python tests/browser/stock.py`.

The fonts are pinned to those that come with Debian's chromium, so that a picture says something about the template and
not about the machine.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from newsletter.config import parse_settings
from newsletter.project import Project
from newsletter.project.preparation import prepare_issue

REPOSITORY = Path(__file__).parents[2]
PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--font-render-hinting=none"]
SAMPLES = {"weekly": "first-light", "digest": "kept-links", "letter": "the-drawer", "bulletin": "winter-news"}
WIDTHS, SCHEMES = (375, 680), ("light", "dark")
SITE = "https://www.example.com/"
_PINNED = {
    "Liberation Serif": ("Georgia", "Iowan Old Style", "Palatino Linotype", "Palatino"),
    "Liberation Sans": ("Helvetica Neue", "Avenir Next", "Avenir", "Segoe UI", "Roboto", "BlinkMacSystemFont"),
    "Liberation Mono": ("Menlo", "Consolas"),
}


def html_of(template: str) -> str:
    """Return the sample issue's mail with the stock settings."""
    settings = parse_settings((REPOSITORY / "newsletter.toml").read_text(encoding="utf-8"), {})
    return prepare_issue(Project(REPOSITORY, settings), SAMPLES[template]).content.html


def pinned(html: str) -> str:
    """Name fonts that every machine with chromium has in place of the designs' own."""
    for font, names in _PINNED.items():
        html = re.sub("|".join(map(re.escape, names)), font, html)
    return html.replace("-apple-system", "Liberation Sans")


@contextmanager
def shown(browser: Browser, html: str, *, width: int, scheme: str = "light", images: bool = True) -> Iterator[Page]:
    """Open a mail; its pictures come from the issue's folder, and nothing from the network."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )

    def answer(route: Any) -> None:
        file = REPOSITORY / "issues" / route.request.url.removeprefix(SITE)
        if images and route.request.url.startswith(SITE) and file.is_file():
            route.fulfill(path=str(file))
        else:
            route.abort()

    context.route("**/*", answer)
    page = context.new_page()
    page.set_content(html, wait_until="load")
    yield page
    context.close()


def picture_of(page: Page) -> Image.Image:
    """Photograph the whole mail at half size, which is enough to see a change and keeps the file small."""
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    return shot.resize((shot.width // 2, shot.height // 2), Image.Resampling.BOX)


def packed(picture: Image.Image) -> Image.Image:
    """Return the picture with 32 colours."""
    return picture.quantize(32, dither=Image.Dither.NONE)


def difference(one: Image.Image, two: Image.Image) -> float:
    """Return the share of pixels that differ by more than a shade; pictures of other sizes differ altogether."""
    if one.size != two.size:
        return 1.0
    grey = ImageChops.difference(one.convert("RGB"), two.convert("RGB")).convert("L")
    return sum(grey.histogram()[48:]) / (one.width * one.height)


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for template in SAMPLES:
            mail = pinned(html_of(template))
            for width in WIDTHS:
                for scheme in SCHEMES:
                    file = PICTURES / f"{template}-{width}-{scheme}.png"
                    with shown(chromium, mail, width=width, scheme=scheme) as page:
                        packed(picture_of(page)).save(file, "PNG", optimize=True)
        chromium.close()
