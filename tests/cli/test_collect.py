"""Collecting as a person does it: pages, exports, feeds, again and interrupted."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.cli.article import intake
from newsletter.web.fetch import Fetcher

Run = Callable[..., tuple[int, str, str]]
TESTS = Path(__file__).parent.parent / "ingest"
COUNCIL = TESTS / "pages/german.html"
TRAM = "issues/inbox/strassenbahn-fahrt-wieder-nachts.md"


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    for path in (tmp_path / "weekly/issues/inbox").glob("*.md"):
        path.unlink()
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


class Site(http.server.BaseHTTPRequestHandler):
    """Serves the saved pages and feeds, with validators."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        path = TESTS / self.path.strip("/")
        tag = f'"{path.name}"'
        known = self.headers.get("If-None-Match") == tag
        status = 304 if known else 200 if path.is_file() else 500
        self.send_response(status)
        self.send_header("ETag", tag)
        self.end_headers()
        if status == 200:
            self.wfile.write(path.read_bytes())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Site.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.socket.getsockname()[1]
    monkeypatch.setattr(intake, "make_fetcher", lambda: Fetcher(allowed=[("127.0.0.1", port)]))
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_is_added_by_its_address_and_the_second_time_changes_nothing(folder: Path, run: Run, site: str) -> None:
    page = f"{site}/pages/german.html"
    assert run("article", "add", page) == (0, f"added {TRAM}\n", "")
    before = (folder / TRAM).read_bytes()
    assert run("article", "add", page) == (0, "", f"{page}: unchanged {TRAM}\n")
    assert (folder / TRAM).read_bytes() == before


def test_a_private_address_is_refused_by_the_command(folder: Path, run: Run) -> None:
    code, out, err = run("article", "add", "http://127.0.0.1/")
    assert (code, out) == (1, "")
    assert err == (
        "http://127.0.0.1/: refused: "
        "127.0.0.1 is inside a private network (127.0.0.1), and only public pages are fetched\n"
        "  Open it in a browser, save the page and add the file: `newsletter article add page.html --url URL`.\n"
    )


def test_a_saved_page_gets_its_address_by_hand(folder: Path, run: Run) -> None:
    page = TESTS / "pages/no-metadata.html"
    code, out, err = run(
        "article", "add", str(page), "--url", "https://oldharbour.example/ropemaker", "--tag", "crafts"
    )
    assert (code, out) == (0, "added issues/inbox/the-last-ropemaker-closes-her-shed.md\n")
    assert err == ""
    text = (folder / "issues/inbox/the-last-ropemaker-closes-her-shed.md").read_text()
    assert "url: https://oldharbour.example/ropemaker\n" in text
    assert "tags: [crafts]\n" in text


def test_what_a_person_wrote_is_kept_and_only_empty_fields_are_filled(folder: Path, run: Run) -> None:
    assert run("article", "add", str(COUNCIL))[0] == 0
    text = (folder / TRAM).read_text()
    edited = text.replace("title: Straßenbahn fährt wieder nachts", "title: Nachts fährt die Bahn  # kürzer")
    edited = edited.replace("author: Jürgen Öztürk\n", "")
    (folder / TRAM).write_text(edited)
    assert run("article", "add", str(COUNCIL)) == (0, f"updated {TRAM} (author)\n", "")
    again = (folder / TRAM).read_text()
    assert "title: Nachts fährt die Bahn  # kürzer\n" in again
    assert "author: Jürgen Öztürk\n" in again
    assert run("article", "add", str(COUNCIL))[1] == ""


def test_a_record_of_an_issue_is_never_changed(folder: Path, run: Run) -> None:
    assert run("article", "add", str(COUNCIL))[0] == 0
    (folder / TRAM).write_text((folder / TRAM).read_text().replace("author: Jürgen Öztürk\n", ""))
    used = folder / "issues/first-light/articles" / Path(TRAM).name
    (folder / TRAM).rename(used)
    before = used.read_bytes()
    code, out, err = run("article", "add", str(COUNCIL))
    assert (code, out) == (0, "")
    assert err == f"{COUNCIL}: duplicate of issues/first-light/articles/{Path(TRAM).name}\n"
    assert used.read_bytes() == before


def test_list_only_writes_nothing(folder: Path, run: Run) -> None:
    export = (
        b'[{"href": "https://a.example/1", "description": "One", "extended": "", "tags": "x"}, {"description": ""}]'
    )
    before = sorted((folder / "issues").rglob("*"))
    code, out, err = run("article", "add", "-", "--list-only", stdin=export)
    assert (code, out) == (1, "would be added: One  https://a.example/1\n")
    assert err == (
        "-: refused: standard input: record 2: it has no title\n  Fill it in, or take the row out.\n"
        "1 would be added, 1 refused\n"
    )
    assert sorted((folder / "issues").rglob("*")) == before


def test_a_table_is_imported_twice_and_the_second_time_changes_nothing(folder: Path, run: Run) -> None:
    (folder / "b.csv").write_bytes(
        "\ufeffHeadline;Link\r\nTür auf;https://a.example/1\r\nTür zu;https://a.example/2\r\n".encode()
    )
    code, out, err = run("article", "add", "b.csv", "--map", "title=Headline")
    assert (code, out) == (0, "added issues/inbox/tur-auf.md\nadded issues/inbox/tur-zu.md\n")
    assert err == "2 added\n"
    files = {path: path.read_bytes() for path in (folder / "issues/inbox").glob("*.md")}
    code, out, err = run("article", "add", "b.csv", "--map", "title=Headline")
    assert (code, out) == (0, "")
    assert err == ("b.csv: unchanged issues/inbox/tur-auf.md\nb.csv: unchanged issues/inbox/tur-zu.md\n2 unchanged\n")
    assert {path: path.read_bytes() for path in (folder / "issues/inbox").glob("*.md")} == files


def test_wrong_options_say_what_is_known(folder: Path, run: Run) -> None:
    assert run("article", "add", "-", "--format", "doc") == (
        2,
        "",
        "error: there is no format 'doc'\n  Known: text, markdown, html, csv, json.\n",
    )
    assert run("article", "add", "a", "b", "--url", "https://a.example/") == (
        2,
        "",
        "error: --url is the address of one source\n  Add the others by a command of their own.\n",
    )


def test_ctrl_c_leaves_whole_records_and_says_how_to_go_on(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = intake.Intake.take

    def take(self: intake.Intake, *arguments: object) -> bool:
        if self.counts["added"] == 2:
            raise KeyboardInterrupt
        return original(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(intake.Intake, "take", take)
    export = json.dumps([{"title": f"Number {n}", "url": f"https://a.example/{n}"} for n in range(5)]).encode()
    code, out, err = run("article", "add", "-", stdin=export)
    assert (code, len(out.splitlines())) == (130, 2)
    assert err == "interrupted after 2; the same command goes on: what is there is not added twice\n"
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    code, out, err = run("article", "add", "-", stdin=export)
    assert (code, len(out.splitlines())) == (0, 3)
    assert err.endswith("3 added, 2 unchanged\n")


def test_a_feed_is_taken_with_its_limits(folder: Path, run: Run) -> None:
    feed = str(TESTS / "feeds/rss2.xml")
    assert run("article", "feed", feed, "--limit", "1", "--list-only") == (
        0,
        "would be added: Herring & chips return  https://quay.example/2026/herring\n",
        "",
    )
    code, out, err = run("article", "feed", feed, "--since", "2026-11-10", "--tag", "quay")
    assert (code, len(out.splitlines())) == (1, 2)
    assert err == (
        "note: Tide table for December: 'sometime soon' is no date, so the record has none\n"
        f"{feed}: refused: entry 3 has neither a title nor a text\n2 added, 1 refused\n"
    )
    assert "tags: [quay]" in (folder / "issues/inbox/herring-chips-return.md").read_text()
    assert run("article", "feed", feed, "--since", "2027-01-01", "--list-only")[0] == 1


def test_all_feeds_are_pulled_a_dead_one_does_not_stop_the_others(folder: Path, run: Run, site: str) -> None:
    with (folder / "newsletter.toml").open("a") as settings:
        settings.write(
            f'\n[[feeds]]\nname = "Dead"\nurl = "{site}/feeds/none.xml"\n'
            f'\n[[feeds]]\nname = "Hill"\nurl = "{site}/feeds/atom.xml"\ntags = ["hill"]\n'
        )
    code, out, err = run("article", "pull")
    assert (code, out) == (1, "added issues/inbox/snow-at-last.md\nadded issues/inbox/no-date-no-text.md\n")
    assert err == "Dead: 127.0.0.1 failed (status 500)\n  Try again later.\n2 added\n"
    assert "tags: [hill]\n" in (folder / "issues/inbox/snow-at-last.md").read_text()
    (folder / "issues/inbox/snow-at-last.md").unlink()
    code, out, err = run("article", "pull", "--json")
    assert code == 1
    assert json.loads(out) == [
        {
            "feed": "Dead",
            "url": f"{site}/feeds/none.xml",
            "unchanged": False,
            "error": "127.0.0.1 failed (status 500)",
            "added": [],
        },
        {"feed": "Hill", "url": f"{site}/feeds/atom.xml", "unchanged": True, "error": "", "added": []},
    ]
    assert not (folder / "issues/inbox/snow-at-last.md").exists()


def test_losing_the_memory_of_feeds_costs_only_the_search_for_duplicates(folder: Path, run: Run, site: str) -> None:
    with (folder / "newsletter.toml").open("a") as settings:
        settings.write(f'\n[[feeds]]\nurl = "{site}/feeds/atom.xml"\n')
    assert run("article", "pull")[0] == 0
    (folder / ".newsletter/feeds.json").unlink()
    code, out, err = run("article", "pull")
    assert (code, out) == (0, "")
    assert err.endswith("2 unchanged\n")


def test_without_feeds_pull_says_how_to_name_one(folder: Path, run: Run) -> None:
    assert run("article", "pull") == (
        0,
        "",
        'There are no feeds. Name one in newsletter.toml:\n  [[feeds]]\n  url = "https://example.org/feed.xml"\n',
    )
