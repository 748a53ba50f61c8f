"""Who may talk to the preview, and what it answers: all of it over real HTTP."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from newsletter.errors import UsageError
from newsletter.project import Project
from newsletter.studio import StudioServer

USE_THE_LINK = "The studio opens only with its link: use the one that it printed in the terminal.\n"
ISSUE = "/issues/first-light"
PATHS = (
    "/",
    ISSUE,
    "/events",
    f"{ISSUE}/events",
    "/frame",
    "/inbox",
    "/readers",
    "/article?file=issues/inbox/a-piano-for-platform-two.md",
    f"{ISSUE}/outline",
    f"{ISSUE}/measures",
    f"{ISSUE}/suggestions",
    f"{ISSUE}/facts",
    f"{ISSUE}/mail/light",
    f"{ISSUE}/text",
    f"{ISSUE}/source",
    f"{ISSUE}/message",
    f"{ISSUE}/message.eml",
    f"{ISSUE}/images/open-shelves.png",
    "/static/preview.js",
)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_answered_without_the_cookie(standing: Any, path: str) -> None:
    for cookie in (None, "newsletter-studio-1=x", f"newsletter-studio-{standing.server.port}=wrong", "\u00fc=;;"):
        answer = standing.ask(path, Cookie=cookie)
        assert (answer.status, answer.text) == (403, USE_THE_LINK)


def test_the_link_sets_a_cookie_and_leads_to_the_clean_address(standing: Any) -> None:
    answer = standing.ask(standing.server.url.partition(str(standing.server.port))[2], Cookie=None)
    assert answer.status == 303
    assert answer.headers["location"] == ISSUE
    assert answer.headers["set-cookie"] == f"{standing.cookie}; HttpOnly; Path=/; SameSite=strict"
    assert len(re.findall(r"[\w-]", standing.server.url.partition("token=")[2])) == 22  # 128 bits in base64


@pytest.mark.parametrize("query", ["token=", "token=wrong", "token=%C3%BC", "token[]=x"])
def test_a_wrong_token_opens_nothing(standing: Any, query: str) -> None:
    answer = standing.ask(f"/?{query}", Cookie=None)
    assert (answer.status, answer.text) == (403, USE_THE_LINK)
    assert "set-cookie" not in answer.headers


def test_the_token_is_taken_at_the_start_page_only(standing: Any) -> None:
    token = standing.server.url.partition("?")[2]
    assert standing.ask(f"{ISSUE}/source?{token}", Cookie=None).status == 403


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1", "127.0.0.1:1", "localhost", ""])
def test_another_host_name_is_refused_even_with_the_cookie(standing: Any, host: str) -> None:
    answer = standing.ask(f"{ISSUE}/source", Host=host)
    assert (answer.status, answer.text) == (403, "The studio answers to 127.0.0.1 and localhost only.\n")


def test_localhost_is_the_same_machine(standing: Any) -> None:
    assert standing.ask(f"{ISSUE}/source", Host=f"LocalHost:{standing.server.port}").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/", f"{ISSUE}/source", "/static/preview.js", "/nowhere", "/api/undo"])
def test_nothing_answers_to_other_methods(standing: Any, method: str, path: str) -> None:
    answer = standing.ask(path, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", PATHS)
def test_head_gives_the_headers_alone(standing: Any, path: str) -> None:
    answer = standing.ask(path, "HEAD")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_origin_reads_nothing(standing: Any, site: str) -> None:
    for mode, dest in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")):
        answer = standing.ask(f"{ISSUE}/source", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode, Sec_Fetch_Dest=dest)
        assert (answer.status, answer.text) == (403, "Another web page may not use the studio.\n")
    opened = standing.ask("/", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
    assert opened.status == 200


@pytest.mark.parametrize("path", [*(path for path in PATHS if not path.endswith("/events")), "/nowhere"])
def test_every_answer_carries_the_headers(standing: Any, path: str) -> None:
    headers = standing.ask(path, Origin="https://attacker.example").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert not [name for name in headers if name.lower().startswith("access-control-")]
    assert "server" not in headers


def test_the_page_runs_its_own_script_only(standing: Any) -> None:
    policy = standing.ask("/").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/frame", *(f"{ISSUE}/mail/{each}" for each in ("light", "dark", "light?images=off"))]
)
def test_the_mail_runs_no_script_wherever_it_is_opened(standing: Any, path: str) -> None:
    policy = standing.ask(path).headers["content-security-policy"]
    assert "img-src 'self' https: data:; style-src 'unsafe-inline'; font-src https:;" in policy
    assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy


def test_the_texts_are_plain_text(standing: Any) -> None:
    for path, beginning in (("text", "THE WEEKLY"), ("source", "<!DOCTYPE html>"), ("message", "From: The Weekly")):
        answer = standing.ask(f"{ISSUE}/{path}")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text.lstrip().startswith(beginning)
    assert standing.ask(f"{ISSUE}/mail/sepia").status == 404


@pytest.mark.parametrize(
    ("name", "content_type"), [("open-shelves.png", "image/png"), ("harbour-light.jpg", "image/jpeg")]
)
def test_pictures_of_the_issue_are_shown(standing: Any, name: str, content_type: str) -> None:
    answer = standing.ask(f"{ISSUE}/images/{name}?v=1")
    assert answer.headers["content-type"] == content_type
    assert answer.body == (standing.root / "issues/first-light/images" / name).read_bytes()


def test_nothing_else_of_the_disk_is(standing: Any) -> None:
    images = standing.root / "issues/first-light/images"
    for outside in (standing.root.parent, standing.root, standing.root / "issues"):
        (outside / "secret.png").write_text("secret")
    (images / "link.png").symlink_to(standing.root.parent / "secret.png")
    (images / "folder.png").mkdir()
    (images / "notes.txt").write_text("secret")
    (images / ".hidden.png").write_text("secret")
    for path in (
        f"{ISSUE}/images/../issue.md",
        f"{ISSUE}/images/..%2Fissue.md",
        f"{ISSUE}/images/../../secret.png",
        f"{ISSUE}/images/%2e%2e/%2e%2e/%2e%2e/secret.png",
        f"{ISSUE}/images/../../../secret.png",
        f"{ISSUE}/images//etc/passwd",
        f"{ISSUE}/images/{standing.root}/secret.png",
        f"{ISSUE}/images/link.png",
        f"{ISSUE}/images/folder.png",
        f"{ISSUE}/images/notes.txt",
        f"{ISSUE}/images/missing.png",
        f"{ISSUE}/images/a%00.png",
        f"{ISSUE}/images/.hidden.png",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/newsletter.toml",
        f"{ISSUE}/issue.md",
        "/issues/inbox",
        "/issues/..%2Finbox/outline",
        "/issues/%2e%2e/outline",
        "/issues/..%2f..%2fetc/mail/light",
    ):
        answer = standing.ask(path)
        assert answer.status == 404, path
        assert "secret" not in answer.text, path


def test_a_port_in_use_is_an_error_with_a_remedy(standing: Any, project: Project) -> None:
    with pytest.raises(UsageError) as caught:
        StudioServer(project, "first-light", environ={}, tell=lambda _: None, port=standing.server.port)
    assert caught.value.what == f"port {standing.server.port} is in use"
    assert caught.value.remedy == "Choose another one, or leave --port out for a free one."


def test_an_unknown_issue_names_the_known_ones(project: Project) -> None:
    with pytest.raises(UsageError, match="there is no issue 'first-ligth'") as caught:
        StudioServer(project, "first-ligth", environ={}, tell=lambda _: None)
    assert caught.value.remedy == "Did you mean first-light? Known: first-light."
    assert caught.value.exit_code == 2


def test_all_that_the_pages_are_made_of_is_there(standing: Any) -> None:
    static = Path(__file__).parents[2] / "newsletter/studio/static"
    named: set[str] = set()
    for path in ("/", ISSUE):
        named |= set(re.findall(r'(?:src|href)="(/(?:static/|frame)[^"]*)"', standing.ask(path).text))
    for module in static.glob("*.js"):
        named |= {f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', module.read_text())}
    assert {path.removeprefix("/static/") for path in named - {"/frame"}} == {path.name for path in static.iterdir()}
    assert [standing.ask(path).status for path in sorted(named)] == [200] * len(named)


def test_nothing_of_the_page_comes_from_elsewhere_and_no_script_or_style_stands_in_it(standing: Any) -> None:
    for path in ("/", ISSUE):
        page = standing.ask(path).text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page)


# --- changes ---------------------------------------------------------------------------------------------------------

UNDO: tuple[str, dict[str, Any]] = ("undo", {})


@pytest.mark.parametrize("origin", ["https://attacker.example", "http://127.0.0.1:1", "null", None])
def test_a_change_comes_from_the_studios_own_origin(standing: Any, origin: str | None) -> None:
    answer = standing.post(*UNDO, Origin=origin)
    assert (answer.status, answer.text) == (403, "Another web page may not use the studio.\n")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_change_is_not_made_for_another_site_whatever_origin_it_claims(standing: Any, site: str) -> None:
    assert standing.post(*UNDO, Sec_Fetch_Site=site, Sec_Fetch_Mode="cors").status == 403
    assert standing.post(*UNDO, Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document").status == 403


def test_a_change_needs_the_cookie_and_the_studios_name(standing: Any) -> None:
    assert standing.post(*UNDO, Cookie=None).text == USE_THE_LINK
    assert standing.post(*UNDO, Cookie=f"newsletter-studio-{standing.server.port}=wrong").status == 403
    assert standing.post(*UNDO, Host="attacker.example").status == 403
    token = standing.server.url.partition("?")[2]
    assert standing.ask(f"/api/undo?{token}", "POST", Cookie=None).status == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_change_comes_in_a_form_that_no_other_page_can_send_unasked(standing: Any, kind: str | None) -> None:
    assert standing.post(*UNDO, Content_Type=kind).status == 415


@pytest.mark.parametrize("path", ["/", "/inbox", f"{ISSUE}/outline", "/static/preview.js", "/frame"])
def test_what_is_looked_at_cannot_be_posted_to(standing: Any, path: str) -> None:
    origin = f"http://127.0.0.1:{standing.server.port}"
    assert standing.ask(path, "POST", b"{}", Origin=origin, Content_Type="application/json").status == 405


def test_a_file_of_100_megabytes_is_refused_before_it_is_read(standing: Any) -> None:
    answer = standing.post("file?name=x.txt", b"x", Content_Length=str(100 * 1024 * 1024))
    assert (answer.status, answer.text) == (413, "That is more than 20 MiB.")
    assert answer.headers["connection"] == "close"


def test_an_action_that_is_too_large_is_refused(standing: Any) -> None:
    answer = standing.post("undo", {}, Content_Length=str(3_200_000))
    assert (answer.status, answer.text) == (413, "That is more than 3 MiB.")


def test_an_action_of_another_form_changes_nothing(standing: Any) -> None:
    assert standing.refused("undo", [])["what"] == "the page asked for something that cannot be: its form is wrong"
    assert standing.refused("undo", {"all": True})["what"].endswith(": all is wrong")
    assert standing.refused("decide", {"file": "x", "status": "sent"})["what"].endswith(": status is wrong")
    assert standing.post("send", {}).status == 404


@pytest.mark.parametrize(
    "name",
    ["../first-light", "/etc", "first-light/../inbox", "..", "a b", "inbox/../../x", "x\x00y", "%2e%2e"],
)
def test_no_name_leads_out_of_the_issues_folder(standing: Any, name: str) -> None:
    head = {"fields": {"subject": {"was": "", "now": "x"}}}
    for action, body in (
        ("issue-edit", {"issue": name, **head}),
        ("issue-rename", {"issue": name, "name": "x"}),
        ("issue-rename", {"issue": "first-light", "name": name}),
        ("issue-new", {"name": name}),
        ("issue-new", {"name": "fine", "like": name}),
        ("issue-new", {"name": "fine", "template": name}),
        ("move", {"issue": name, "base": "", "article": "x", "section": "Top story"}),
        ("remove", standing.base(article=name)),
        ("add", standing.base(articles=[name], section="Top story")),
        ("layout", standing.base(article="chess-club-needs-boards", layout=name)),
    ):
        answer = standing.post(action, body)
        assert answer.status in {409, 422}, (action, answer.text)
    assert sorted(path.name for path in (standing.root / "issues").iterdir() if path.is_dir()) == [
        "first-light",
        "inbox",
    ]


@pytest.mark.parametrize(
    "file",
    [
        "newsletter.toml",
        "../secret.md",
        "/etc/passwd",
        "issues/inbox/../../newsletter.toml",
        "issues/inbox/../first-light/issue.md",
        "issues/first-light/issue.md",
        "issues/../issues/inbox/x.md",
        "issues/inbox/link.md",
        "templates/weekly/email.md",
    ],
)
def test_only_records_can_be_read_and_edited(standing: Any, file: str) -> None:
    link = standing.root / "issues/inbox/link.md"
    link.symlink_to(standing.root / "newsletter.toml")
    (standing.root.parent / "secret.md").write_text("---\ntitle: secret\n---\n")
    try:
        before = (standing.root / "newsletter.toml").read_bytes()
        answer = standing.ask(f"/article?file={quote(file)}")
        assert answer.status in {404, 409, 422}
        assert "secret" not in answer.text.replace(file, "")
        edit = {"file": file, "fields": {"title": {"was": "", "now": "x"}}}
        assert standing.post("article-edit", edit).status in {409, 422}
        assert (standing.root / "newsletter.toml").read_bytes() == before
    finally:
        link.unlink()
        (standing.root.parent / "secret.md").unlink()


def test_the_last_port_and_token_are_kept_for_this_user_only(project: Project) -> None:
    first = StudioServer(project, environ={}, tell=lambda _: None)
    first._socket.close()
    again = StudioServer(project, environ={}, tell=lambda _: None)
    again._socket.close()
    assert again.url == first.url
    kept = project.root / ".newsletter/studio.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.chmod(0o644)
    other = StudioServer(project, environ={}, tell=lambda _: None)
    other._socket.close()
    assert other.url.partition("token=")[2] != first.url.partition("token=")[2]
