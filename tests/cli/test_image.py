"""Pictures of records as a person gives them: from the disk, from the web, again, and in another's place."""

import http.server
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from newsletter.cli.article import intake
from newsletter.errors import ContentError
from newsletter.project import Project, pictures
from newsletter.web.fetch import Fetcher

Run = Callable[..., tuple[int, str, str]]
RECORD = "issues/inbox/pier.md"
TEXT = (
    "---\ntitle: Pier\n# mine\nimage:\n  # from the agency\n  src: {src}\n  credit: Jo Ek\ntags: [sea]\n---\n\nBody\n"
)
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    monkeypatch.chdir(tmp_path / "weekly")
    (tmp_path / "weekly" / RECORD).write_text("---\ntitle: Pier\n---\n")
    return tmp_path / "weekly"


def jpeg(color: str = "red", size: tuple[int, int] = (1500, 1000)) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG", exif=exif)
    return file.getvalue()


def pictures_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "issues/inbox/images").glob("*"))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path != "/gone.jpg" else 404)
            self.end_headers()
            self.wfile.write(jpeg() if self.path == "/lamp.jpg" else b"<!doctype html><title>Log in</title>")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.socket.getsockname()[1]
    monkeypatch.setattr(intake, "make_fetcher", lambda limit: Fetcher(allowed=[("127.0.0.1", port)], limit=limit))
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_picture_from_the_disk_is_brought_to_size_and_named_in_the_record(
    folder: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "IMG 1.jpg").write_bytes(jpeg())
    command = ("article", "image", "pier", str(tmp_path / "IMG 1.jpg"), "--alt", "A  pier: wet", "--credit", "Jo")
    code, out, err = run(*command)
    written = (folder / "issues/inbox/images/pier.jpg").read_bytes()
    assert (code, err) == (0, "")
    assert out == (
        f"issues/inbox/images/pier.jpg: 1000{TIMES}1500, {round(len(jpeg()) / 1024)} KB → "
        f"1000{TIMES}1500, {round(len(written) / 1024)} KB (orientation fixed, metadata removed)\n"
    )
    assert b"Exif" not in written
    record = (folder / RECORD).read_text()
    assert record == '---\ntitle: Pier\nimage:\n  src: images/pier.jpg\n  alt: "A pier: wet"\n  credit: Jo\n---\n'
    assert run(*command)[0] == 0
    assert (folder / RECORD).read_text() == record
    assert (folder / "issues/inbox/images/pier.jpg").read_bytes() == written
    assert pictures_in(folder) == ["pier.jpg"]
    # its own picture given again loses nothing
    assert run("article", "image", "pier", "issues/inbox/images/pier.jpg")[0] == 0
    assert (folder / "issues/inbox/images/pier.jpg").read_bytes() == written
    shown = run("article", "image", "pier")
    kilobytes = round(len(written) / 1024)
    line = f"issues/inbox/images/pier.jpg: 1000{TIMES}1500, {kilobytes} KB\nalt: A pier: wet\ncredit: Jo\n"
    assert shown == (0, line, "")


def test_a_wide_picture_is_as_wide_as_the_template_needs(folder: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "x.jpg").write_bytes(jpeg(size=(900, 2000)))
    picture = json.loads(run("article", "image", "pier", str(tmp_path / "x.jpg"), "--json")[1])
    assert (picture["width"], picture["height"]) == (1200, 540)
    assert picture["original"]["width"] == 2000
    toml = folder / "templates/weekly/template.toml"
    toml.write_text(toml.read_text().replace('default = "600px"', 'default = "500px"'))
    assert json.loads(run("article", "image", "pier", str(tmp_path / "x.jpg"), "--json")[1])["width"] == 1000
    toml.write_text("broken")
    assert json.loads(run("article", "image", "pier", str(tmp_path / "x.jpg"), "--json")[1])["width"] == 1200
    assert pictures_in(folder) == ["pier.jpg"]


def test_the_picture_on_the_web_is_downloaded_and_comments_stay(folder: Path, run: Run, site: str) -> None:
    (folder / RECORD).write_text(TEXT.format(src=f"{site}/lamp.jpg"))
    code, out, err = run("article", "image", "pier", "--fetch")
    assert (code, err) == (0, 'note: it has no alt text: `newsletter article image pier --alt "What it shows"`\n')
    assert out.startswith(f"issues/inbox/images/pier.jpg: 1000{TIMES}1500, ")
    after = (folder / RECORD).read_text()
    evidence = f"evidence:\n  image: {site}/lamp.jpg\n"
    assert after == TEXT.format(src="images/pier.jpg").replace("---\n\nBody", f"{evidence}---\n\nBody")
    picture = (folder / "issues/inbox/images/pier.jpg").read_bytes()
    assert run("article", "image", "pier", "--fetch")[0] == 0
    assert (folder / RECORD).read_text() == after
    assert (folder / "issues/inbox/images/pier.jpg").read_bytes() == picture
    assert pictures_in(folder) == ["pier.jpg"]


def test_an_address_alone_becomes_a_picture_with_words(folder: Path, run: Run, site: str) -> None:
    (folder / RECORD).write_text(f"---\ntitle: Pier\nimage: {site}/lamp.jpg  # agency\n---\n")
    assert run("article", "image", "pier", "--fetch", "--alt", "A pier")[0] == 0
    assert "image: {src: images/pier.jpg, alt: A pier}  # agency\n" in (folder / RECORD).read_text()
    (folder / RECORD).write_text(f"---\ntitle: Pier\nimage: {site}/lamp.jpg\n---\n")
    assert run("article", "image", "pier", "--credit", "Jo") == (
        0,
        f"{site}/lamp.jpg\ncredit: Jo\n",
        (
            "It is on the web; --fetch takes it into the project.\n"
            'note: it has no alt text: `newsletter article image pier --alt "What it shows"`\n'
        ),
    )
    assert f"image:\n  src: {site}/lamp.jpg\n  credit: Jo\n" in (folder / RECORD).read_text()


@pytest.mark.parametrize(("path", "reason"), [("/page", "this is a web page, not a picture"), ("/gone.jpg", "404")])
def test_what_the_web_gives_instead_of_a_picture_changes_nothing(
    folder: Path, run: Run, site: str, path: str, reason: str
) -> None:
    before = TEXT.format(src=f"{site}{path}")
    (folder / RECORD).write_text(before)
    code, out, err = run("article", "image", "pier", "--fetch")
    assert (code, out, reason in err) == (1, "", True)
    assert (folder / RECORD).read_text() == before
    assert pictures_in(folder) == []


def test_another_picture_of_the_name_is_not_overwritten(folder: Path, tmp_path: Path, run: Run) -> None:
    (folder / "issues/inbox/images").mkdir(exist_ok=True)
    (folder / "issues/inbox/images/pier.jpg").write_bytes(b"somebody's")
    (tmp_path / "a.jpg").write_bytes(jpeg("blue"))
    (tmp_path / "b.jpg").write_bytes(jpeg("green"))
    assert run("article", "image", "pier", str(tmp_path / "a.jpg"))[0] == 0
    assert run("article", "image", "pier", str(tmp_path / "b.jpg"))[0] == 0
    assert pictures_in(folder) == ["pier-2.jpg", "pier.jpg"]
    assert (folder / "issues/inbox/images/pier.jpg").read_bytes() == b"somebody's"
    # now another record shows it too
    (folder / "issues/inbox/other.md").write_text("---\ntitle: Other\nimage: images/pier-2.jpg\n---\n")
    assert run("article", "image", "pier", str(tmp_path / "a.jpg"))[0] == 0
    assert pictures_in(folder) == ["pier-2.jpg", "pier-3.jpg", "pier.jpg"]
    assert "src: images/pier-3.jpg\n" in (folder / RECORD).read_text()


def test_a_record_that_cannot_be_written_leaves_no_picture_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ContentError("the disk is full")

    monkeypatch.setattr(pictures, "replace_text", full)
    project = Project.open(folder, {})
    (folder / "issues/inbox/images").mkdir(exist_ok=True)
    for path in (folder / "issues/inbox/images").iterdir():
        path.unlink()
    (folder / "issues/inbox/images").rmdir()
    with pytest.raises(ContentError, match="disk is full"):
        pictures.set_picture(project, "inbox/pier", jpeg())
    assert not (folder / "issues/inbox/images").exists()
    (folder / "issues/inbox/images").mkdir()
    (folder / "issues/inbox/images/pier.jpg").write_bytes(b"old")
    (folder / RECORD).write_text("---\ntitle: Pier\nimage: images/pier.jpg\n---\n")
    with pytest.raises(ContentError, match="disk is full"):
        pictures.set_picture(project, "inbox/pier", jpeg(), alt="A pier")
    assert (folder / "issues/inbox/images/pier.jpg").read_bytes() == b"old"


def test_a_picture_of_an_issue_goes_into_the_issue(folder: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    slug = "harbour-light-returns-after-thirty-years"
    code, out, _ = run("article", "image", "harbour", str(tmp_path / "a.jpg"))
    assert (code, out.partition(":")[0]) == (0, f"issues/first-light/images/{slug}.jpg")
    assert f"src: images/{slug}.jpg" in (folder / f"issues/first-light/articles/{slug}.md").read_text()


def test_what_cannot_be_is_said(folder: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "x.svg").write_text("<svg/>")
    assert run("article", "image", "pier") == (0, "", f"{RECORD[:-3]}.md has no picture.\n")
    assert run("article", "image", "pier", "x.jpg", "--fetch")[0] == 2
    assert run("article", "image", "pier", "--fetch")[::2] == (
        2,
        (
            f"error: {RECORD}: the record names no picture on the web\n"
            "  Write its address into `image`, or give a file: `newsletter article image pier FILE`.\n"
        ),
    )
    assert run("article", "image", "pier", "none.jpg") == (
        1,
        "",
        "error: none.jpg: there is no such file\n  Check its name and folder.\n",
    )
    assert run("article", "image", "pier", ".")[2].startswith("error: .: this is no file\n")
    svg = tmp_path / "x.svg"
    assert run("article", "image", "pier", str(svg))[2].startswith(
        f"error: {svg}: this is an SVG drawing, which mail clients do not show\n"
    )
    assert pictures_in(folder) == []
    out = run("article", "image", "--help")[1]
    assert "\n  newsletter article image harbour --fetch" in out
