"""Make the pictures of the README from the sample issue: the preview, and the mail alone at two widths.

Run `python docs/screenshots.py` in the repository; it needs Debian's chromium and Pillow. A picture is a palette PNG.
"""

import io
import os
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import FrameLocator, Page, sync_playwright

from newsletter.project import Project
from newsletter.studio import StudioServer
from newsletter.studio.picture import take_picture

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


def wait_for_pictures(mail: Page | FrameLocator) -> None:
    """Wait until every picture of the mail can be drawn."""
    for image in mail.locator("img").all():
        image.evaluate("image => image.decode()")


def write(name: str, png: bytes) -> None:
    """Write a screenshot with a palette of as many colours as the size allows."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
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
    take_picture(project.root, os.environ, "first-light")  # loads what is loaded at first use
    server = StudioServer(project, "first-light", environ=os.environ, tell=lambda _: None)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(server.url)
            page.locator("html[data-shown]").wait_for(state="attached")
            wait_for_pictures(page.frame_locator("#frame"))
            write("preview.png", page.screenshot())
            for name, width in (("mail.png", 700), ("mail-phone.png", 375)):
                page.set_viewport_size({"width": width, "height": 1400})
                page.goto(f"http://127.0.0.1:{server.port}/mail/light")
                wait_for_pictures(page)
                write(name, page.screenshot())
            browser.close()
    finally:
        server.stop()
        thread.join()


if __name__ == "__main__":
    main()
