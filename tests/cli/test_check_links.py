"""`newsletter check --links` over real HTTP: what is asked, what is kept, what is told."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsletter.project import link_results
from newsletter.web.links import Pace, probe_links

Run = Callable[..., tuple[int, str, str]]
PAGE = b"<html><head><title>The seed list</title></head><body><p>Twelve old kinds of beans.</p></body></html>"


class Site(ThreadingHTTPServer):
    """A site with one page; it remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    server: Site

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        there = self.path == "/seeds"
        self.send_response(200 if there else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE) if there else 0))
        self.end_headers()
        if there and self.command == "GET":
            self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing on stderr, which the tests read."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve the site; every other host of the sample does not exist, and is reserved never to (RFC 2606)."""
    server = Site()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    allowed = [("127.0.0.1", server.server_port)]
    pace = Pace(seconds=20, seconds_each=5, pause=0.0)
    monkeypatch.setattr(link_results, "probe_links", partial(probe_links, allowed=allowed, pace=pace))
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def record(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, site: Site) -> Path:
    """An article of a new project with a link that works, and below it one that does not."""
    assert run("init", str(tmp_path / "project"))[0] == 0
    monkeypatch.chdir(tmp_path / "project")
    file = Path("issues/first-light/articles/harbour-light-returns-after-thirty-years.md")
    base = f"http://127.0.0.1:{site.server_port}"
    file.write_text(f"{file.read_text().rstrip()}\n\nSee [the list]({base}/seeds).\nAnd [the old one]({base}/gone).\n")
    return file


def test_a_dead_link_is_told_at_its_line_and_progress_on_stderr(record: Path, run: Run, site: Site) -> None:
    code, out, err = run("check", "first-light", "--links")
    line = len(record.read_text().splitlines())
    (found,) = re.findall(r"^ +(\d+) +\w+ +(N42\d)  (.*127\.0\.0\.1.*)$", out, re.MULTILINE)
    assert (int(found[0]), found[1]) == (line, "N420")
    assert found[2].endswith("/gone: the server has no such page (status 404)")
    assert {"/seeds", "/gone"} == set(site.asked)
    assert re.search(r"^link \d+ of \d+: ok http://127\.0\.0\.1:\d+/seeds$", err, re.MULTILINE)
    assert code == 1


def test_answers_are_kept_for_a_day_and_a_damaged_file_is_as_good_as_none(record: Path, run: Run, site: Site) -> None:
    kept = Path(".newsletter/links.json")
    first = run("check", "first-light", "--links")[1]
    assert "127.0.0.1" in kept.read_text()
    assert record.exists()
    site.asked.clear()
    assert run("check", "first-light", "--links")[1] == first
    assert site.asked == []
    kept.write_text('[{"url": "http://127')
    assert run("check", "first-light", "--links")[1] == first
    assert set(site.asked) == {"/seeds", "/gone"}
    assert "127.0.0.1" in kept.read_text()


def test_nothing_is_asked_without_the_option(record: Path, run: Run, site: Site) -> None:
    assert "/gone" in record.read_text()
    out = run("check", "first-light")[1]
    assert "N42" not in out
    assert site.asked == []
    assert not Path(".newsletter/links.json").exists()
