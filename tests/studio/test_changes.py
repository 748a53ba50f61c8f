"""Composing over HTTP: every change is on the disk as a person would have written it, and can be taken back."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.web.fetch import Fetcher

ISSUE = "issues/first-light/issue.md"
PIANO = "issues/inbox/a-piano-for-platform-two.md"
CHESS = "issues/first-light/articles/chess-club-needs-boards.md"
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Ferry line opens</title>
<meta property="og:title" content="Ferry line opens"><meta property="og:site_name" content="Coast Post"></head>
<body><article><h1>Ferry line opens</h1><p>The ferry between the two harbours sails again from Monday, six times a day
and twice at night, as the council announced in its meeting on Thursday after a debate of three hours.</p>
<script>document.body.textContent = "scripted"</script></article></body></html>"""


def titles(outline: Any) -> dict[str, list[str]]:
    return {part["title"]: [card["slug"] for card in part["cards"]] for part in outline["sections"]}


def changed(field: str, was: str, now: str) -> dict[str, Any]:
    return {"fields": {field: {"was": was, "now": now}}}


def test_an_article_goes_into_the_issue_and_back_by_undo(preview: Any) -> None:
    before = (preview.root / ISSUE).read_text()
    record = (preview.root / PIANO).read_bytes()
    done = preview.act("add", preview.base(articles=["a-piano-for-platform-two"], section="In brief", position=1))
    assert done["undo"] == "Add a-piano-for-platform-two to In brief"
    assert titles(preview.outline)["In brief"][0] == "a-piano-for-platform-two"
    added = "      - a-piano-for-platform-two\n      - tram-line-7-gets-quieter-wheels\n"
    assert (preview.root / ISSUE).read_text() == before.replace("      - tram-line-7-gets-quieter-wheels\n", added)
    assert not (preview.root / PIANO).exists()
    assert preview.act("undo")["done"] == "Undone: Add a-piano-for-platform-two to In brief"
    assert (preview.root / ISSUE).read_text() == before
    assert (preview.root / PIANO).read_bytes() == record
    assert not (preview.root / "issues/first-light/articles/a-piano-for-platform-two.md").exists()
    preview.act("redo")
    assert titles(preview.outline)["In brief"][0] == "a-piano-for-platform-two"
    assert preview.act("undo")["undo"] is None


def test_articles_move_by_position_and_keep_the_comments_of_the_file(preview: Any) -> None:
    preview.act("move", preview.base(article="chess-club-needs-boards", section="Top story", position=1))
    assert titles(preview.outline)["Top story"] == [
        "chess-club-needs-boards",
        "harbour-light-returns-after-thirty-years",
    ]
    text = (preview.root / ISSUE).read_text()
    assert "  # The first article of the issue: one, with a large picture.\n" in text
    assert "      - chess-club-needs-boards\n      - harbour-light" in text


def test_removing_an_article_takes_its_picture_along_and_undo_brings_both_back(preview: Any) -> None:
    slug, picture = "libraries-hand-out-keys-for-the-night", "images/open-shelves.png"
    data = (preview.root / "issues/first-light" / picture).read_bytes()
    preview.act("remove", preview.base(article=slug))
    assert (preview.root / "issues/inbox" / picture).read_bytes() == data
    assert not (preview.root / "issues/first-light" / picture).exists()
    preview.act("undo")
    assert (preview.root / "issues/first-light" / picture).read_bytes() == data
    assert not (preview.root / "issues/inbox" / picture).exists()
    assert slug in titles(preview.outline)["Around the region"]


def test_sections_are_added_changed_moved_and_removed(preview: Any) -> None:
    preview.act("section-add", preview.base(title="Letters", layout="brief"))
    preview.act("section-change", preview.base(section="Letters", position=1))
    preview.act(
        "section-change", preview.base(section="Letters", layout="story", title="Your letters", note="Keep *on*")
    )
    first = preview.outline["sections"][0]
    assert (first["title"], first["layout"], first["note"]) == ("Your letters", "story", "Keep *on*")
    preview.act("section-remove", preview.base(section="In brief"))
    assert list(titles(preview.outline)) == ["Your letters", "Top story", "Around the region"]
    assert (preview.root / "issues/inbox/chess-club-needs-boards.md").is_file()
    preview.act("undo")
    assert (preview.root / CHESS).is_file()
    error = preview.refused("section-add", preview.base(title="X", layout="sideways"))
    assert error["what"] == "the template 'weekly' has no layout 'sideways'"


def test_a_layout_of_its_own_is_given_and_taken_back(preview: Any) -> None:
    preview.act("layout", preview.base(article="chess-club-needs-boards", layout="story"))
    assert preview.outline["sections"][2]["cards"][2]["layout"] == "story"
    preview.act("layout", preview.base(article="chess-club-needs-boards", layout=""))
    assert preview.outline["sections"][2]["cards"][2]["layout"] == ""


def test_a_change_decided_on_an_older_version_is_not_made(preview: Any) -> None:
    old = preview.base(article="chess-club-needs-boards", section="Top story")
    preview.edit(ISSUE, "number: 1", "number: 17")
    text = (preview.root / ISSUE).read_text()
    error = preview.refused("move", old, 409)
    assert error["what"] == "this file was changed on the disk a moment ago; nothing was done"
    assert error["place"] == ISSUE
    assert (preview.root / ISSUE).read_text() == text


def test_a_field_is_edited_and_everything_else_in_the_file_stays(preview: Any) -> None:
    before = (preview.root / CHESS).read_text()
    was = preview.get(f"/article?file={CHESS}")["summary"]
    preview.act("article-edit", {"file": CHESS, **changed("summary", was, "Twelve boards, please.")})
    after = (preview.root / CHESS).read_text()
    assert preview.get(f"/article?file={CHESS}")["summary"] == "Twelve boards, please."
    kept = set(before.splitlines()) - set(was.splitlines())
    assert all(line in after for line in kept if was not in line and not line.startswith("summary"))
    preview.act("undo")
    assert (preview.root / CHESS).read_text() == before


def test_another_field_changed_on_the_disk_disturbs_no_edit(preview: Any) -> None:
    article = preview.get(f"/article?file={CHESS}")
    preview.edit(CHESS, f"title: {article['title']}", "title: Written in an editor")
    preview.act("article-edit", {"file": CHESS, **changed("body", article["body"], "A *new* text.")})
    now = preview.get(f"/article?file={CHESS}")
    assert (now["title"], now["body"]) == ("Written in an editor", "A *new* text.")


def test_the_same_field_changed_on_the_disk_is_never_overwritten(preview: Any) -> None:
    article = preview.get(f"/article?file={CHESS}")
    preview.edit(CHESS, f"title: {article['title']}", "title: Written in an editor")
    edit = {"file": CHESS, **changed("title", article["title"], "Written in the studio")}
    error = preview.refused("article-edit", edit, 409)
    assert error["what"] == "title was changed on the disk while you edited it; nothing was written"
    assert (error["disk"], error["mine"]) == ("Written in an editor", "Written in the studio")
    assert error["place"].startswith(CHESS)
    assert preview.get(f"/article?file={CHESS}")["title"] == "Written in an editor"
    preview.act("article-edit", {"file": CHESS, **changed("title", "Written in an editor", "Written in the studio")})
    assert preview.get(f"/article?file={CHESS}")["title"] == "Written in the studio"


def test_undo_is_refused_when_the_file_was_changed_since(preview: Any) -> None:
    article = preview.get(f"/article?file={CHESS}")
    preview.act("article-edit", {"file": CHESS, **changed("title", article["title"], "Another title")})
    preview.edit(CHESS, "Another title", "A third title")
    text = (preview.root / CHESS).read_text()
    error = preview.refused("undo", {}, 409)
    assert error["what"] == (
        "this file was changed since, so \N{LEFT DOUBLE QUOTATION MARK}Edit title of chess-club-needs-boards"
        "\N{RIGHT DOUBLE QUOTATION MARK} was left as it is"
    )
    assert (preview.root / CHESS).read_text() == text


def test_the_head_of_the_issue_is_edited(preview: Any) -> None:
    before = (preview.root / ISSUE).read_text()
    outline = preview.outline
    fields = {
        "subject": {"was": outline["subject"], "now": "Two harbours"},
        "date": {"was": "2026-11-27", "now": "2026-12-04"},
        "number": {"was": "1", "now": "9"},
        "introduction": {"was": outline["introduction"], "now": "Hello [[ subscriber.name ]],\n\nnew words."},
    }
    preview.act("issue-edit", {"issue": "first-light", "fields": fields})
    text = (preview.root / ISSUE).read_text()
    assert text.startswith("---\nnumber: 9\nsubject: Two harbours\npreheader: Also")
    assert text.endswith("---\n\nHello [[ subscriber.name ]],\n\nnew words.\n")
    preview.act("undo")
    assert (preview.root / ISSUE).read_text() == before


@pytest.mark.parametrize(
    ("field", "was", "now", "what"),
    [
        ("subject", "Harbour light switched on, libraries open all night", " ", "an issue needs a subject"),
        ("date", "2026-11-27", "27.11.", "'27.11.' is no date"),
        ("number", "1", "one", "'one' is no number"),
        ("slug", "", "x", "an issue has no field 'slug' to edit here"),
        ("template", "weekly", "nowhere", "there is no template 'nowhere'"),
    ],
)
def test_what_cannot_stand_in_an_issue_is_refused(preview: Any, field: str, was: str, now: str, what: str) -> None:
    before = (preview.root / ISSUE).read_bytes()
    error = preview.refused("issue-edit", {"issue": "first-light", **changed(field, was, now)})
    assert error["what"] == what
    assert (preview.root / ISSUE).read_bytes() == before


def test_a_parameter_of_the_template_is_set_for_the_issue_and_taken_back(preview: Any) -> None:
    preview.act("issue-edit", {"issue": "first-light", **changed("parameters.accent", "", "#123456")})
    assert "parameters:" in (preview.root / ISSUE).read_text()
    accent = next(it for it in preview.outline["parameters"] if it["name"] == "accent")
    assert (accent["type"], accent["value"]) == ("color", "#123456")
    preview.act("issue-edit", {"issue": "first-light", **changed("parameters.accent", "#123456", "")})
    assert "parameters:" not in (preview.root / ISSUE).read_text()


def test_a_new_issue_gets_number_and_date_and_undo_leaves_nothing_of_it(preview: Any) -> None:
    made = preview.act("issue-new", {"subject": "Fresh", "like": "first-light"})
    folder = preview.root / "issues" / made["issue"]
    assert "subject: Fresh\n" in (folder / "issue.md").read_text()
    assert "title: Around the region" in (folder / "issue.md").read_text()
    preview.act("undo")
    assert not folder.exists()
    preview.act("redo")
    assert (folder / "issue.md").is_file()


def test_an_issue_is_renamed(preview: Any) -> None:
    preview.act("issue-rename", {"issue": "first-light", "name": "harbour"})
    assert (preview.root / "issues/harbour/issue.md").is_file()
    assert preview.ask("/issues/first-light").status == 404


def test_records_are_shortlisted_and_rejected_and_filtered_by_it(preview: Any) -> None:
    preview.act("decide", {"file": PIANO, "status": "shortlisted"})
    assert "status: shortlisted" in (preview.root / PIANO).read_text()
    found = preview.get("/inbox?status=shortlisted")
    assert [entry["file"] for entry in found["entries"]] == [PIANO]
    preview.act("decide", {"file": PIANO, "status": "rejected"})
    assert PIANO not in [entry["file"] for entry in preview.get("/inbox")["entries"]]
    preview.act("decide", {"file": PIANO, "status": "inbox"})
    assert "status" not in (preview.root / PIANO).read_text()
    error = preview.refused("decide", {"file": CHESS, "status": "rejected"})
    assert error["what"] == "chess-club-needs-boards is in the issue first-light"


def test_the_inbox_is_searched_sorted_and_paged(preview: Any) -> None:
    for number in range(65):
        path = preview.root / f"issues/inbox/note-{number:02}.md"
        path.write_text(f"---\ntitle: Note {number:02}\ntags: [paged]\n---\n\nWords {'more ' * number}\n")
    first = preview.get("/inbox?tag=paged&sort=title")
    assert (first["found"], first["pages"], len(first["entries"])) == (65, 3, 30)
    assert first["entries"][0]["title"] == "Note 00"
    assert len(preview.get("/inbox?tag=paged&sort=title&page=3")["entries"]) == 5
    assert preview.get("/inbox?tag=paged&sort=longest")["entries"][0]["title"] == "Note 64"
    assert [it["title"] for it in preview.get("/inbox?q=note+07")["entries"]] == ["Note 07"]
    assert ["paged", 65] in first["tags"]
    assert preview.ask("/inbox?sort=sideways").status == 404


def test_a_record_that_was_used_is_marked(preview: Any) -> None:
    twin = (preview.root / CHESS).read_text()
    (preview.root / "issues/inbox/chess-again.md").write_text(twin)
    entry = next(it for it in preview.get("/inbox")["entries"] if it["slug"] == "chess-again")
    assert entry["marks"][0]["kind"] == "used"
    assert entry["marks"][0]["words"].endswith("as chess-club-needs-boards, in the issue first-light")


def test_what_would_fit_comes_with_reasons(preview: Any) -> None:
    found = preview.get("/issues/first-light/suggestions")["entries"]
    assert found
    assert all(entry["reasons"] for entry in found)


@pytest.fixture
def page() -> Iterator[tuple[str, int]]:
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


def test_a_pasted_address_becomes_a_record_once(serve: Callable[..., Any], page: tuple[str, int]) -> None:
    url, port = page
    preview = serve(fetcher=Fetcher(allowed=[("127.0.0.1", port)]))
    done = preview.act("page", {"url": url})
    assert [it["kind"] for it in done["records"]] == ["added"]
    path = preview.root / done["records"][0]["file"]
    assert "title: Ferry line opens" in path.read_text()
    assert "scripted" not in path.read_text()
    assert [it["kind"] for it in preview.act("page", {"url": url})["records"]] == ["unchanged"]
    preview.act("undo")
    assert not path.exists()


def test_an_address_of_this_machine_is_not_fetched(preview: Any, page: tuple[str, int]) -> None:
    assert "127.0.0.1" in preview.refused("page", {"url": page[0]})["what"]
    assert preview.refused("page", {"url": "file:///etc/passwd"})["remedy"]
    assert preview.refused("page", {"url": "harbour"})["what"] == "'harbour' is no web address"


def test_dropped_files_become_records(preview: Any) -> None:
    kinds = {
        "page.html": PAGE.encode(),
        "note.md": b"# A heading\n\nSome *words* of Markdown.\n",
        "dump.txt": b"A title line\n\nA paragraph of text that was copied from somewhere else.\n",
        "table.csv": b"title,url\nFirst row,https://example.org/1\nSecond row,https://example.org/2\n",
        "list.json": b'[{"title": "From JSON", "url": "https://example.org/3"}]',
    }
    added = [it["kind"] for name, data in kinds.items() for it in preview.act(f"file?name={name}", data)["records"]]
    assert added == ["added"] * 6
    found = {it["title"] for it in preview.get("/inbox")["entries"]}
    assert {"Ferry line opens", "A heading", "First row", "Second row", "From JSON"} <= found


@pytest.mark.parametrize("name", ["virus.exe", "../../x", "", "picture.png", "x.md/../../y"])
def test_a_dropped_file_of_another_kind_is_refused(preview: Any, name: str) -> None:
    error = preview.refused(f"file?name={name}", b"x")
    assert error["what"].endswith("is of a kind that no text is read from here")


def test_the_name_of_a_dropped_file_leads_nowhere(preview: Any) -> None:
    preview.act("file?name=..%2F..%2Fescape.md", b"# Escape\n\nWords.\n")
    assert not list(Path(preview.root.parent).glob("*.md"))
    assert (preview.root / "issues/inbox/escape.md").is_file()


def test_the_mail_is_seen_as_an_awkward_reader(preview: Any) -> None:
    readers = preview.get("/readers?q=mark-up")
    assert [it["about"] for it in readers] == ["a name with mark-up"]
    key = readers[0]["key"]
    assert preview.get(f"/issues/first-light/facts?reader={key}")["reader"] == key
    assert "Hello &lt;b" in preview.ask(f"/issues/first-light/mail/light?reader={key}").text
    assert preview.ask("/issues/first-light/text?reader=nobody@example.com").status == 404


def test_the_mail_without_pictures_loads_none(preview: Any) -> None:
    html = preview.ask("/issues/first-light/mail/light?images=off").text
    assert 'src="data:,"' in html
    assert not re.search(r'<img[^>]+src="(?!data:,)', html)


def test_the_message_is_downloaded_as_it_is_sent(preview: Any) -> None:
    answer = preview.ask("/issues/first-light/message.eml")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == 'attachment; filename="first-light.eml"'
    assert answer.body.startswith(b"From: The Weekly <news@example.com>\r\nTo: ")


def test_a_broken_record_is_a_card_with_its_error_and_hides_no_other(preview: Any) -> None:
    (preview.root / CHESS).write_text("---\ntitle: [\n---\n")
    cards = preview.outline["sections"][2]["cards"]
    assert [bool(card["error"]) for card in cards] == [False, False, True]
    assert cards[2]["error"]["place"].startswith(CHESS)
    (preview.root / ISSUE).write_text("---\nsubjct: x\n---\n")
    assert preview.outline["error"]["place"].startswith(ISSUE)
