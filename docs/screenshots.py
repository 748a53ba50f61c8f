"""Make the pictures of the README from the sample issue: the preview, and the mail alone at two widths.

Run `python docs/screenshots.py` in the repository; it needs Debian's chromium and Pillow. A picture is a palette PNG.
"""

import io
import os
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from newsletter.project import Project
from newsletter.studio import PreviewServer

REPOSITORY = Path(__file__).parent.parent
IMAGES = REPOSITORY / "docs" / "images"
LARGEST = 200 * 1024
CHROMIUM = "/usr/bin/chromium"
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


def opened(browser: Browser, address: str, width: int, height: int) -> Page:
    """Open a page and wait until the mail and its pictures are there."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.locator("html[data-shown]").wait_for(state="attached")
    for image in page.frame_locator("#frame").locator("img").all():
        image.evaluate("image => image.decode()")
    return page


def write(name: str, png: bytes, part: tuple[int, int, int, int] | None = None) -> None:
    """Write a screenshot, or a part of it, with a palette of as many colours as the size allows."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").crop(part)
    for colours in (256, 128, 64, 32):
        packed = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= LARGEST:
            break
    (IMAGES / name).write_bytes(packed.getvalue())
    print(f"docs/images/{name}: {picture.width} x {picture.height}, {packed.tell():,} bytes, {colours} colours")


def main() -> None:
    """Serve the sample issue and photograph it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    project = Project.open(REPOSITORY, os.environ)
    server = PreviewServer(project, "first-light", environ=os.environ, tell=lambda _: None)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            page = opened(browser, server.url, 1280, 860)
            write("preview.png", page.screenshot())
            for name, width in (("mail.png", 700), ("mail-phone.png", 375)):
                # tall enough that the frame alone has 1,400 pixels
                page = opened(browser, f"{server.url}#width={width}", 1280, 1600)
                write(name, page.locator("#frame").screenshot(), (1, 1, 1 + width, 1401))  # without the frame's border
            browser.close()
    finally:
        server.stop()
        thread.join()


if __name__ == "__main__":
    main()
