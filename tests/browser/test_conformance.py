"""What our engine draws is what the reference implementation draws: npm's `mjml`, fetched for this test only.

Both HTMLs are shown in chromium at the widths of a telephone and of a desk, and the pictures compared.
"""

import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from newsletter.models import Mailbox, Newsletter, Place
from newsletter.project.templates import read_template, template_names
from newsletter.render import compile as stages
from newsletter.render.inline import inline_css, mark_inline_styles
from newsletter.render.mjml import compile_mjml
from newsletter.render.mjml_components import COMPONENTS
from newsletter.render.torture import find_case, pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPOSITORY = Path(__file__).parents[2]
VERSION = "5.4.1"
WIDTHS = (375, 680)
TOLERANCE = 0.2
"""Per cent of pixels that may differ by more than a shade."""
KNOWN = {"mj-carousel": 15.0}
"""Per cent that may differ all the same: our engine draws a carousel without the arrows beside its pictures."""
WORDS = re.compile(r"nlconform[a-z]\d{5}z")
SCRIPT = """
const mjml = require('mjml'); const run = mjml.default || mjml;
let input = ''; process.stdin.on('data', d => input += d).on('end', async () => {
  const out = {};
  for (const [name, source] of Object.entries(JSON.parse(input)))
    out[name] = (await run(source, {validationLevel: 'skip', keepComments: true})).html;
  process.stdout.write(JSON.stringify(out));
});
"""
IMAGE = pictures()["images/wide.svg"]
LINES = "The harbour was quiet that week, and the tide table said why: nobody had asked the moon. " * 3
PICTURE = '<mj-image src="https://example.com/x.svg" alt="A harbour" />'
SAMPLES = {
    "mj-text": f'<mj-text font-size="18px" line-height="1.5" color="#333366"><h2>Tides</h2><p>{LINES}</p></mj-text>',
    "mj-text padding": f'<mj-text padding="0 20px 12px" align="right">{LINES}</mj-text>',
    "mj-image": '<mj-image src="https://example.com/x.svg" alt="A harbour" width="300px" align="left" />',
    "mj-image wide": '<mj-image src="https://example.com/x.svg" alt="x" padding="0 25px" fluid-on-mobile="true" />',
    "mj-button": '<mj-button href="https://example.com" background-color="#9c2f2f">Read on</mj-button>',
    "mj-divider": '<mj-divider border-color="#9c2f2f" border-width="3px" width="50%" padding="10px 0" />',
    "mj-spacer": '<mj-spacer height="40px" /><mj-text>Below</mj-text>',
    "mj-table": "<mj-table><tr><th>Tide</th><th>Hour</th></tr><tr><td>high</td><td>4:12</td></tr></mj-table>",
    "mj-social": """<mj-social mode="horizontal" icon-size="24px"><mj-social-element name="github"
        href="https://example.com">GitHub</mj-social-element><mj-social-element src="https://example.com/x.svg"
        href="https://example.com">Own</mj-social-element></mj-social>""",
    "mj-navbar": """<mj-navbar><mj-navbar-link href="https://example.com">One</mj-navbar-link>
        <mj-navbar-link href="https://example.com">Two</mj-navbar-link></mj-navbar>""",
    "mj-accordion": """<mj-accordion><mj-accordion-element><mj-accordion-title>Why</mj-accordion-title>
        <mj-accordion-text>The moon.</mj-accordion-text></mj-accordion-element></mj-accordion>""",
    "mj-raw": "<mj-raw><p>raw</p></mj-raw>",
    "mj-carousel": """<mj-carousel><mj-carousel-image src="https://example.com/x.svg" alt="a" />
        <mj-carousel-image src="https://example.com/x.svg" alt="b" /></mj-carousel>""",
}
BODIES = {
    "columns": "<mj-section>"
    + "".join(f'<mj-column width="{width}"><mj-text>{LINES}</mj-text></mj-column>' for width in ("40%", "60%"))
    + "</mj-section>",
    "three columns": "<mj-section>" + f"<mj-column>{PICTURE}<mj-text>Tide</mj-text></mj-column>" * 3 + "</mj-section>",
    "group": "<mj-section><mj-group>" + f"<mj-column>{PICTURE}</mj-column>" * 2 + "</mj-group></mj-section>",
    "wrapper": f"""<mj-wrapper background-color="#ddeedd" padding="12px" border="1px solid #336633"><mj-section
        background-color="#ffffff"><mj-column><mj-text>{LINES}</mj-text></mj-column></mj-section></mj-wrapper>""",
    "full width": f"""<mj-section full-width="full-width" background-color="#eeeeff" padding="0 10px"><mj-column>
        <mj-text>{LINES}</mj-text></mj-column></mj-section>""",
    "right to left": '<mj-section direction="rtl">' + f"<mj-column><mj-text>{LINES}</mj-text></mj-column>" * 2
    + "</mj-section>",
    "hero": f"""<mj-hero mode="fixed-height" height="240px" background-width="600px" background-height="300px"
        background-url="https://example.com/x.svg" background-color="#333366"><mj-text color="#ffffff">{LINES}</mj-text>
        </mj-hero>""",
}  # fmt: skip
DOCUMENT = """<mjml lang="en" dir="ltr"><mj-head><mj-title>Tides</mj-title><mj-preview>Low and high</mj-preview>
<mj-breakpoint width="480px" /><mj-attributes><mj-all font-family="Arial, sans-serif" /><mj-text font-size="16px" />
<mj-class name="big" font-size="24px" /></mj-attributes><mj-style>.x {{ color: red }}</mj-style>
<mj-style inline="inline">h2 {{ margin: 0; color: #9c2f2f }}</mj-style></mj-head>
<mj-body width="600px" background-color="#f4f4f4">{}</mj-body></mjml>"""


def snippets() -> dict[str, str]:
    found = {
        name: DOCUMENT.format(f"<mj-section><mj-column>{part}</mj-column></mj-section>")
        for name, part in SAMPLES.items()
    }
    return found | {name: DOCUMENT.format(part) for name, part in BODIES.items()}


def stock() -> dict[str, str]:
    """Return what each stock template hands to the engine, for the case of every layout; content is opaque words."""
    newsletter = Newsletter(
        name="The Weekly",
        sender=Mailbox(email="news@example.com"),
        postal_address="1 Harbour Street",
        site_url="https://weekly.example.com",
        public_url="https://news.example.com",
    )
    found = {}
    for name in template_names(REPOSITORY):
        template = read_template(REPOSITORY, name)
        case = find_case(template, "every layout")
        assert case
        with pytest.MonkeyPatch.context() as patch:
            taken: list[str] = []

            def take(mjml: str, *, place: Place, words: re.Pattern[str], taken: list[str] = taken) -> str:
                taken.append(mjml)
                return compile_mjml(mjml, place=place, words=words)

            patch.setattr(stages, "compile_mjml", take)
            stages.compile_issue(case.assembled, template, newsletter)
        found[f"template {name}"] = taken[0]
    return found


@pytest.fixture(scope="session")
def sources() -> dict[str, str]:
    return snippets() | stock()


@pytest.fixture(scope="session")
def reference(sources: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Render every source by the reference implementation."""
    folder = tmp_path_factory.mktemp("mjml")
    try:
        if not shutil.which("npm"):
            raise OSError("there is no npm: apt-get install npm")  # noqa: TRY301 - one way to skip for all reasons
        install = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", f"mjml@{VERSION}"]
        subprocess.run(install, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as exc:
        message = f"the reference implementation of MJML cannot be had: {exc}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    done = subprocess.run(
        ["node", "-e", SCRIPT], cwd=folder, input=json.dumps(sources), capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture
def picture(browser: Browser) -> Callable[[str, int], Image.Image]:
    def take(html: str, width: int) -> Image.Image:
        context = browser.new_context(viewport={"width": width, "height": 600})
        page: Page = context.new_page()
        page.route("**/*", lambda route: route.fulfill(body=IMAGE, content_type="image/svg+xml"))
        page.set_content(html, wait_until="load")
        shot = page.screenshot(full_page=True)
        context.close()
        return Image.open(io.BytesIO(shot)).convert("RGB")

    return take


def difference(one: Image.Image, two: Image.Image) -> float:
    """Return the per cent of pixels that differ by more than a shade; other heights count from the first line on."""
    if one.size != two.size:
        size = (max(one.width, two.width), max(one.height, two.height))
        one, two = (_on(size, image) for image in (one, two))
    marked = ImageChops.difference(one, two).convert("L").point(lambda value: 255 * (value > 24))
    return 100 * sum(marked.histogram()[255:]) / (marked.width * marked.height)


def _on(size: tuple[int, int], image: Image.Image) -> Image.Image:
    canvas = Image.new("RGB", size, "#ff00ff")
    canvas.paste(image)
    return canvas


def test_there_is_a_sample_of_every_component_that_draws_something() -> None:
    everything = " ".join(snippets().values())
    assert [name for name in COMPONENTS if f"<{name}" not in everything and name != "mj-font"] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*snippets(), *(f"template {name}" for name in template_names(REPOSITORY))])
def test_it_looks_as_the_reference_implementation_draws_it(
    name: str,
    width: int,
    sources: dict[str, str],
    reference: dict[str, str],
    picture: Callable[[str, int], Image.Image],
) -> None:
    place = Place(file="email.mjml")
    ours = inline_css(
        compile_mjml(mark_inline_styles(sources[name]), place=place, words=WORDS), place=place, words=WORDS
    )
    differing = difference(picture(ours, width), picture(reference[name], width))
    print(f"{name} at {width}: {differing:.3f} % of the pixels differ")  # noqa: T201 - the figure to quote
    assert differing <= KNOWN.get(name, TOLERANCE)
