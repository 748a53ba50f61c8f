"""Who may talk to the preview, and what it answers: all of it over real HTTP."""

import re
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import UsageError
from newsletter.project import Project
from newsletter.studio import PreviewServer

USE_THE_LINK = "This preview opens only with its link: use the one that `newsletter preview` printed in the terminal.\n"
PATHS = (
    "/",
    "/events",
    "/frame",
    "/mail/light",
    "/text",
    "/source",
    "/message",
    "/images/open-shelves.png",
    "/static/preview.js",
)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_answered_without_the_cookie(standing: Any, path: str) -> None:
    for cookie in (None, "newsletter-preview-1=x", f"newsletter-preview-{standing.server.port}=wrong", "\u00fc=;;"):
        answer = standing.ask(path, Cookie=cookie)
        assert (answer.status, answer.text) == (403, USE_THE_LINK)


def test_the_link_sets_a_cookie_and_leads_to_the_clean_address(standing: Any) -> None:
    answer = standing.ask(standing.server.url.partition(str(standing.server.port))[2], Cookie=None)
    assert answer.status == 303
    assert answer.headers["location"] == "/"
    assert answer.headers["set-cookie"] == f"{standing.cookie}; HttpOnly; Path=/; SameSite=strict"
    assert len(re.findall(r"[\w-]", standing.server.url.partition("token=")[2])) == 22  # 128 bits in base64


@pytest.mark.parametrize("query", ["token=", "token=wrong", "token=%C3%BC", "token[]=x"])
def test_a_wrong_token_opens_nothing(standing: Any, query: str) -> None:
    answer = standing.ask(f"/?{query}", Cookie=None)
    assert (answer.status, answer.text) == (403, USE_THE_LINK)
    assert "set-cookie" not in answer.headers


def test_the_token_is_taken_at_the_start_page_only(standing: Any) -> None:
    token = standing.server.url.partition("?")[2]
    assert standing.ask(f"/source?{token}", Cookie=None).status == 403


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1", "127.0.0.1:1", "localhost", ""])
def test_another_host_name_is_refused_even_with_the_cookie(standing: Any, host: str) -> None:
    answer = standing.ask("/source", Host=host)
    assert (answer.status, answer.text) == (403, "This preview answers to 127.0.0.1 and localhost only.\n")


def test_localhost_is_the_same_machine(standing: Any) -> None:
    assert standing.ask("/source", Host=f"LocalHost:{standing.server.port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/source", "/static/preview.js", "/nowhere"])
def test_nothing_can_be_changed(standing: Any, method: str, path: str) -> None:
    answer = standing.ask(path, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", PATHS)
def test_head_gives_the_headers_alone(standing: Any, path: str) -> None:
    answer = standing.ask(path, "HEAD")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_origin_reads_nothing(standing: Any, site: str) -> None:
    for mode, dest in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")):
        answer = standing.ask("/source", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode, Sec_Fetch_Dest=dest)
        assert (answer.status, answer.text) == (403, "Another web page may not read this preview.\n")
    opened = standing.ask("/", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
    assert opened.status == 200


@pytest.mark.parametrize("path", [*PATHS[:1], *PATHS[2:], "/nowhere"])
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


@pytest.mark.parametrize("path", ["/frame", "/mail/light", "/mail/dark"])
def test_the_mail_runs_no_script_wherever_it_is_opened(standing: Any, path: str) -> None:
    policy = standing.ask(path).headers["content-security-policy"]
    assert "img-src 'self' https: data:; style-src 'unsafe-inline'; font-src https:;" in policy
    assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy


def test_the_texts_are_plain_text(standing: Any) -> None:
    for path, beginning in (("/text", "THE WEEKLY"), ("/source", "<!DOCTYPE html>"), ("/message", "From: The Weekly")):
        answer = standing.ask(path)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text.lstrip().startswith(beginning)
    assert standing.ask("/mail/sepia").status == 404


@pytest.mark.parametrize(
    ("name", "content_type"), [("open-shelves.png", "image/png"), ("harbour-light.jpg", "image/jpeg")]
)
def test_pictures_of_the_issue_are_shown(standing: Any, name: str, content_type: str) -> None:
    answer = standing.ask(f"/images/{name}?v=1")
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
        "/images/../issue.md",
        "/images/..%2Fissue.md",
        "/images/../../secret.png",
        "/images/%2e%2e/%2e%2e/%2e%2e/secret.png",
        "/images/../../../secret.png",
        "/images//etc/passwd",
        f"/images/{standing.root}/secret.png",
        "/images/link.png",
        "/images/folder.png",
        "/images/notes.txt",
        "/images/missing.png",
        "/images/a%00.png",
        "/images/.hidden.png",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/newsletter.toml",
        "/issues/first-light/issue.md",
    ):
        answer = standing.ask(path)
        assert answer.status == 404, path
        assert "secret" not in answer.text, path


def test_a_port_in_use_is_an_error_with_a_remedy(standing: Any, project: Project) -> None:
    with pytest.raises(UsageError) as caught:
        PreviewServer(project, "first-light", environ={}, tell=lambda _: None, port=standing.server.port)
    assert caught.value.what == f"port {standing.server.port} is in use"
    assert caught.value.remedy == "Choose another one, or leave --port out for a free one."


def test_an_unknown_issue_names_the_known_ones(project: Project) -> None:
    with pytest.raises(UsageError, match="there is no issue 'first-ligth'") as caught:
        PreviewServer(project, "first-ligth", environ={}, tell=lambda _: None)
    assert caught.value.remedy == "Did you mean first-light? Known: first-light."
    assert caught.value.exit_code == 2


def test_all_the_page_is_made_of_is_there(standing: Any) -> None:
    static = Path(__file__).parents[2] / "newsletter/studio/static"
    page = standing.ask("/").text
    assert page == (static / "preview.html").read_text()
    named = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert set(named) == {"/static/icon.svg", "/static/preview.css", "/static/preview.js", "/frame"}
    assert [standing.ask(path).status for path in named] == [200] * len(named)
