"""Make the pictures of the docs: the studio, the sample mails, every component of docs/components.md, and a report.

Run `python docs/screenshots.py` in the repository, with `components`, `mails`, `studio` or `report` behind it for those
alone; it needs Debian's chromium and Pillow. A picture is a palette PNG.
"""

import dataclasses
import datetime as dt
import io
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, Route, sync_playwright

from newsletter.feedback.export import as_html
from newsletter.feedback.report import Engagement, Link, Numbers, Provider, Report
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.project import Project
from newsletter.render import compile_issue
from newsletter.studio import StudioServer
from newsletter.studio.picture import take_picture

REPOSITORY = Path(__file__).parent.parent
IMAGES = REPOSITORY / "docs" / "images"
LARGEST = 64 * 1024
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


COMPONENT = """\
{% from "_shared/frame.mjml" import head, wordmark, issue_line, view_in_browser, legal with context %}
{% from "_shared/styles.mjml" import base, adaptive with context %}
{% from "_shared/article.mjml" import picture, title, byline, more, summary_or_body, card with context %}
{% from "_shared/blocks.mjml" import button, divider, quotation, sponsor_label, social_row, contents with context %}
{% set article = issue.sections[1].articles[0] %}
<mjml lang="{{ newsletter.language }}" dir="{{ newsletter.direction }}">
  <mj-head>
    <mj-attributes>
      <mj-all font-family="{{ parameters.font }}" />
      <mj-text align="{{ newsletter.start }}" color="{{ parameters.text }}" font-size="17px"
        line-height="1.6" padding="0px {{ parameters.gutter }}" />
    </mj-attributes>
    {{ base() }}
    {% include "styles.mjml" %}
  </mj-head>
  <mj-body width="{{ parameters.width }}" background-color="{{ parameters.surface }}">
    <mj-section padding="20px 0px"><mj-column>CALL</mj-column></mj-section>
  </mj-body>
</mjml>
"""


def component_calls() -> Iterator[tuple[str, str]]:
    """Yield the picture and the call of every component, as docs/components.md has them."""
    text = (REPOSITORY / "docs" / "components.md").read_text(encoding="utf-8")
    for match in re.finditer(r"```mjml\n(.*?)```\s+!\[[^]]*\]\(images/(components/\w+\.png)\)", text, re.DOTALL):
        yield match[2], match[1]


def component_html(project: Project, call: str) -> str:
    """Compile a mail that has nothing but one component in it."""
    newsletter, template = project.settings.identity(), project.template("weekly")
    template = dataclasses.replace(
        template,
        files={**template.files, "email.mjml": COMPONENT.replace("CALL", call)},
        parameters={
            **template.parameters,
            "social": [
                {"name": "Mastodon", "url": "https://social.example/@weekly"},
                {"name": "RSS", "url": "https://www.example.com/feed"},
            ],
        },
    )
    compiled = compile_issue(project.assemble("first-light"), template, newsletter)
    return MessageTemplate(compiled, newsletter).content(sample_reader(newsletter, "first-light")).html


def components(project: Project, browser: Browser) -> None:
    """Photograph every component alone."""
    (IMAGES / "components").mkdir(exist_ok=True)
    site = f"{project.settings.newsletter.site_url}/"

    def answer(route: Route) -> None:
        route.fulfill(path=REPOSITORY / "issues" / route.request.url.removeprefix(site))

    page = browser.new_page(viewport={"width": 600, "height": 60})
    page.route(f"{site}**", answer)
    for name, call in component_calls():
        page.set_content(component_html(project, call), wait_until="load")
        write(name, page.locator("body").screenshot())


SAMPLES = {"weekly": "first-light", "digest": "kept-links", "letter": "the-drawer", "bulletin": "winter-news"}


def mails(project: Project, browser: Browser) -> None:
    """Photograph the head of every sample on a wide screen and on a phone."""
    for template, slug in SAMPLES.items():
        take_picture(project.root, os.environ, slug)  # loads what is loaded at first use
        server = StudioServer(project, slug, environ=os.environ, tell=lambda _: None)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(server.url)
            page.locator("html[data-shown]").wait_for(state="attached")
            for suffix, width, scheme in (("", 700, "light"), ("-phone", 375, "dark")):
                page.set_viewport_size({"width": width, "height": 1400})
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.goto(f"http://127.0.0.1:{server.port}/issues/{slug}/mail/{scheme}")
                wait_for_pictures(page)
                write(f"{template}{suffix}.png", page.screenshot())
        finally:
            server.stop()
            thread.join()


def studio(project: Project, browser: Browser) -> None:
    """Photograph the studio: its start page, and an issue with its inbox."""
    server = StudioServer(project, environ=os.environ, tell=lambda _: None)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url)
        page.locator("html[data-shown]").wait_for(state="attached")
        write("studio-home.png", page.screenshot(clip={"x": 0, "y": 0, "width": 1440, "height": 560}))
        page.goto(f"http://127.0.0.1:{server.port}/issues/first-light")
        page.locator(".sizebar b").wait_for()
        page.locator("html[data-shown]").wait_for(state="attached")
        wait_for_pictures(page.frame_locator("#frame"))
        write("studio-issue.png", page.screenshot())
    finally:
        server.stop()
        thread.join()


def sample_report() -> Report:
    """Return a report of a made-up issue, with earlier ones."""
    start = dt.datetime(2026, 11, 27, 7, 0, tzinfo=dt.UTC)
    earlier = tuple(
        Numbers(
            issue=f"issue-{number}",
            subject="",
            started_at=start - dt.timedelta(days=7 * (48 - number)),
            candidates=9_000 + 60 * number,
            excluded={},
            states={"sent": 8_700 + 60 * number},
            fates={"delivered": 8_600 + 60 * number - number % 4 * 9, "bounced": 90, "complained": number % 3 + 1},
            unsubscribed=14 + number % 5 * 3,
        )
        for number in range(38, 48)
    )
    numbers = Numbers(
        issue="first-light",
        subject="First light: what the new harbour crane saw",
        started_at=start,
        candidates=12_040,
        excluded={"suppressed": 131, "unsubscribed": 212},
        states={"sent": 11_690, "failed": 5, "unknown": 2},
        fates={"delivered": 11_498, "complained": 4, "bounced": 88, "our domain refused": 3, "bounced softly": 61,
               "delayed": 12, "no news yet": 24},
        unsubscribed=19,
    )  # fmt: skip
    names = ("Gmail", 5_120), ("Microsoft", 2_204), ("GMX and web.de", 1_310), ("Yahoo", 902), ("Apple", 731)
    providers = tuple(
        Provider(name=name, sent=sent, delivered=round(sent * 0.984), bounced=round(sent * 0.013), complained=place % 2)
        for place, (name, sent) in enumerate((*names, ("university.example", 423), ("harbour.example", 118)))
    )
    counts = (940, 1010, 1004, 998, 1007, 1011, 995, 1003, 990, 1001, 1002, 610, 312, 180, 122, 80, 61, 40, 31, 25, 80)
    return Report(
        numbers=numbers,
        reaches_people=True,
        providers=providers,
        reasons=(
            ("bounced", "the mailbox does not exist (5.1.1)", 71),
            ("bounced softly", "the mailbox is full (4.2.2)", 48),
            ("bounced", "the domain does not exist (5.1.2)", 17),
            ("bounced softly", "the server did not answer (4.4.1)", 13),
            ("our domain refused", "the domain does not meet Microsoft's level of authentication (5.7.515)", 3),
        ),
        timeline=tuple((start + dt.timedelta(minutes=place), count) for place, count in enumerate(counts)),
        step_minutes=1,
        opens=Engagement(total=9_871, people=6_904, total_without_machines=4_120, people_without_machines=3_377),
        clicks=Engagement(total=2_455, people=1_544, total_without_machines=1_610, people_without_machines=1_120),
        links=(Link(url="https://example.com/crane", people=812, people_without_machines=611),),
        earlier=earlier,
    )


def draw_report(browser: Browser) -> None:
    """Take the picture of a report as it stands in a browser, wide and narrow."""
    html = as_html(sample_report(), "The Weekly", "Europe/Berlin")
    for name, width, scheme in (("report.png", 1280, "light"), ("report-narrow.png", 390, "dark")):
        page = browser.new_page(viewport={"width": width, "height": 1500}, color_scheme=scheme)
        page.set_content(html)
        write(name, page.screenshot())
        page.close()


def main() -> None:
    """Photograph everything, or the parts that are named: components, mails, studio, report."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    project = Project.open(REPOSITORY, os.environ)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        wanted = sys.argv[1:] or ["components", "mails", "studio", "report"]
        if "components" in wanted:
            components(project, browser)
        if "mails" in wanted:
            mails(project, browser)
        if "studio" in wanted:
            studio(project, browser)
        if "report" in wanted:
            draw_report(browser)
        browser.close()


if __name__ == "__main__":
    main()
