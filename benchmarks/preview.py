"""How long after a save the preview shows it: until the event with the new hash, and until chromium has painted it.

Run `python benchmarks/preview.py`. Wall-clock milliseconds of ROUNDS saves of an article in a copy of the sample issue;
each is followed by an animation frame in the browser before the clock stops. The comparison is what an editor would do
without a preview: `newsletter build`, a process of its own. The ratio is what to quote.
"""

import http.client
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from newsletter.config import load_settings
from newsletter.project import Project
from newsletter.studio import StudioServer

ROUNDS = 60
PAUSE = 0.15
"""Seconds between two saves: nobody saves more often."""
REPOSITORY = Path(__file__).parent.parent
ARTICLE = "issues/first-light/articles/harbour-light-returns-after-thirty-years.md"
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

Timer = Callable[[str], float]


def lay_down(folder: Path) -> Path:
    """Copy the sample project."""
    for name in ("issues", "templates"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "newsletter.toml", folder)
    return folder.resolve()


def save(root: Path, word: str) -> None:
    """Save the article with another title, as editors do: in place."""
    path = root / ARTICLE
    head, _, rest = path.read_text().partition("title: ")
    path.write_text(f"{head}title: {word}\n{rest.partition(chr(10))[2]}")


def times(root: Path, arrived: Timer) -> list[float]:
    """Return the milliseconds from each save to what `arrived` waits for."""
    found = []
    for number in range(ROUNDS):
        time.sleep(PAUSE)
        word = f"Edition {number} {time.monotonic_ns()}"
        start = time.perf_counter()
        save(root, word)
        found.append((arrived(word) - start) * 1000)
    return found


def events_of(server: StudioServer) -> Timer:
    """Return a timer that waits for the event that follows a save: its hash is a new one."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(
        "GET",
        "/issues/first-light/events",
        headers={"Cookie": f"newsletter-studio-{server.port}={server.url.partition('token=')[2]}"},
    )
    response = connection.getresponse()
    seen = {""}

    def new_hash() -> None:
        event = ""
        while True:
            line = response.readline().decode()
            if line.startswith("event: "):
                event = line.removeprefix("event: ").strip()
            if event == "state" and line.startswith("data: "):
                state = json.loads(line.removeprefix("data: "))
                if state["picture"]["sha256"] not in seen and not state["failure"]:
                    seen.add(state["picture"]["sha256"])
                    return

    def wait(_word: str) -> float:
        new_hash()
        return time.perf_counter()

    new_hash()
    return wait


def painted_in(page: Page) -> Timer:
    """Return a timer that waits until the title stands in the frame and the browser has drawn a frame with it."""
    script = """word => new Promise(resolve => {
      const look = () => {
        const mail = document.getElementById("frame").contentDocument;
        if (mail.body.textContent.includes(word)) requestAnimationFrame(() => resolve(Date.now()));
        else requestAnimationFrame(look);
      };
      look();
    })"""

    def wait(word: str) -> float:
        page.evaluate(script, word)
        return time.perf_counter()

    return wait


def report(what: str, found: list[float]) -> float:
    """Print the median and the 95th percentile; return the latter."""
    p95 = statistics.quantiles(found, n=20)[-1]
    print(f"{what:<44} p50 {statistics.median(found):6.0f} ms   p95 {p95:6.0f} ms")
    return p95


def build(root: Path) -> float:
    """Return the milliseconds that `newsletter build` takes."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "newsletter", "--project", str(root), "build", "first-light"],
        check=True,
        capture_output=True,
    )
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        root = lay_down(Path(name))
        project = Project(root, load_settings(root / "newsletter.toml", {}))
        compiling: list[float] = []
        server = StudioServer(
            project, "first-light", environ={}, tell=lambda snapshot: compiling.append(snapshot.seconds * 1000)
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            report("save -> event with the new hash", times(root, events_of(server)))
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            page = browser.new_page()
            page.goto(server.url)
            page.locator("html[data-shown]").wait_for(state="attached")
            painted = report("save -> new picture in chromium", times(root, painted_in(page)))
            report("  of which compiling, merging and checking", compiling)
            browser.close()
        finally:
            server.stop()
            thread.join()
        processes = [build(root) for _ in range(5)]
        report("newsletter build, a process of its own", processes)
        print(f"ratio: a picture is there {statistics.median(processes) / painted:.0f} x sooner, at its p95")


if __name__ == "__main__":
    main()
