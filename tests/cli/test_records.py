"""The commands that look at records and decide about them, as a person runs them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.cli.article.history import warn_of_lookalikes
from newsletter.models import Article
from newsletter.project import Project

Run = Callable[..., tuple[int, str, str]]
PIANO = "a-piano-for-platform-two"
BRIDGE = "bridge-closed-for-swallows"
SCHOOL = "school-weather-station-beats-forecast"
HARBOUR = "harbour-light-returns-after-thirty-years"


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


def slugs(run: Run, *options: str) -> list[str]:
    return [entry["slug"] for entry in json.loads(run("article", "list", "--json", *options)[1])]


def test_records_are_listed_by_where_they_are_and_what_was_decided(folder: Path, run: Run) -> None:
    run("article", "reject", SCHOOL)
    run("article", "shortlist", BRIDGE)
    assert slugs(run) == slugs(run, "--unused") == [PIANO, BRIDGE]
    assert slugs(run, "--status", "rejected") == [SCHOOL]
    assert slugs(run, "--tag", "city", "--tag", "music") == [PIANO]
    assert HARBOUR in slugs(run, "--used")
    assert PIANO not in slugs(run, "--used")
    assert len(slugs(run, "--used", "--unused")) == 9
    code, out, err = run("article", "list")
    assert (code, err) == (0, "2 articles in the inbox, 1 not shown\n")
    assert out.splitlines()[2].rstrip().endswith("2026-11-24  shortlisted")
    assert run("article", "list", "--tag", "nothing") == (0, "", "No article fits; 3 articles looked at.\n")
    assert run("article", "list", "--status", "new") == (
        2,
        "",
        "error: there is no status 'new'\n  Known: inbox, shortlisted, rejected.\n",
    )


def test_what_is_under_embargo_or_out_of_date_is_marked(folder: Path, run: Run) -> None:
    front = "---\ntitle: Later\nembargo: 2999-01-01\nexpires: 2000-01-01\n---\n"
    (folder / "issues/inbox/later.md").write_text(front)
    row = next(line for line in run("article", "list")[1].splitlines() if line.startswith("later "))
    assert row.rstrip().endswith("embargo until 2999-01-01, expired 2000-01-01")
    assert slugs(run, "--expired") == ["later"]


def test_tags_come_and_go_and_the_rest_of_the_file_stays(folder: Path, run: Run) -> None:
    file = folder / f"issues/inbox/{PIANO}.md"
    before = file.read_text()
    assert run("article", "tag", "a-pi", "public money", "city") == (
        0,
        f"issues/inbox/{PIANO}.md: city, music, public money\n",
        "",
    )
    assert file.read_text() == before.replace("tags: [city, music]", "tags: [city, music, public money]")
    assert run("article", "tag", "a-pi", "-r", "public money")[0] == 0
    assert file.read_text() == before
    assert run("article", "tag", "a-pi", "--remove", "zz") == (
        2,
        "",
        f"error: {PIANO} has no tag 'zz'\n  It has: city, music.\n",
    )
    assert run("article", "tag", "a-pi") == (
        2,
        "",
        "error: there is no tag to add or remove\n  Write it behind the article's name.\n",
    )


def test_a_decision_can_be_taken_back_and_is_for_the_inbox_only(folder: Path, run: Run) -> None:
    file = folder / f"issues/inbox/{PIANO}.md"
    before = file.read_text()
    assert run("article", "shortlist", "a-pi") == (0, f"issues/inbox/{PIANO}.md: shortlisted\n", "")
    assert "status: shortlisted\n" in file.read_text()
    assert run("article", "shortlist", "a-pi", "--undo") == (0, f"issues/inbox/{PIANO}.md: inbox\n", "")
    assert file.read_text() == before
    assert run("article", "reject", "a-pi", "harbour") == (
        2,
        "",
        (
            f"error: {HARBOUR} is in the issue first-light; nothing was changed\n"
            "  Only records of the inbox are decided about.\n"
        ),
    )
    assert file.read_text() == before


def test_a_record_is_deleted_when_somebody_said_so_and_no_issue_names_it(folder: Path, run: Run) -> None:
    file = folder / f"issues/inbox/{PIANO}.md"
    assert run("article", "rm", "a-pi") == (
        2,
        "",
        "error: nothing was deleted: there is nobody to ask\n  Say --yes.\n",
    )
    code, out, err = run("article", "rm", "a-pi", typed="n\n")
    assert (code, out.strip(), file.exists()) == (1, "", True)
    assert err.startswith(f"Delete issues/inbox/{PIANO}.md? [y/N]:")
    assert run("article", "rm", "a-pi", "--yes") == (
        0,
        f"deleted issues/inbox/{PIANO}.md\n",
        f"If it was committed, `git checkout -- issues/inbox/{PIANO}.md` brings it back.\n",
    )
    assert not file.exists()
    assert run("article", "rm", "harbour", "--yes") == (
        1,
        "",
        (
            f"error: issues/first-light/issue.md:12: the issue first-light names the article {HARBOUR}\n"
            "  Take that line out of the issue first; nothing was deleted.\n"
        ),
    )


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *edits: str) -> None:
    """Make an editor that does one `sed` after the other, one each time it is opened."""
    script = tmp_path / "my editor"
    script.write_text(
        "#!/bin/sh\n"
        f"cd {tmp_path}; count=$(cat count 2>/dev/null || echo 0); count=$((count + 1)); echo $count > count\n"
        + "".join(f'[ $count = {number} ] && sed -i "{edit}" "$2"\n' for number, edit in enumerate(edits, 1))
        + "exit 0\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"'{script}' --wait")


def test_an_edit_that_breaks_the_record_is_offered_again_and_nothing_typed_is_lost(
    folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / f"issues/inbox/{PIANO}.md"
    known = (
        "Did you mean `title`? Known: title, url, summary, author, author_bio, source, via, image, published, tags, "
        "status, embargo, expires, collected, evidence, ignore, extra."
    )
    wrong = f"issues/inbox/{PIANO}.md:2: an article has no key `titel`\n"
    editor(tmp_path, monkeypatch, "s/title:/titel:/", "s/titel:/title: New/", "s/title:/titel:/")
    code, out, err = run("article", "edit", "a-pi", typed="y\n")
    assert (code, out.strip()) == (0, f"issues/inbox/{PIANO}.md: fine")
    assert err == f"error: {wrong}{known}\nEdit again? [Y/n]:"
    assert file.read_text().startswith("---\ntitle: New A piano for platform two\n")
    code, out, err = run("article", "edit", "a-pi")
    assert (code, out, err) == (1, "", f"error: {wrong}  {known}\n")
    assert file.read_text().startswith("---\ntitel: New A piano")


def test_an_editor_that_cannot_be_started_is_named(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor --wait")
    assert run("article", "edit", "a-pi") == (
        2,
        "",
        (
            "error: the editor 'no-such-editor' cannot be started: no such file or directory\n"
            f"  Set $EDITOR to one that can, or edit {folder}/issues/inbox/{PIANO}.md by hand.\n"
        ),
    )


def test_the_history_of_a_page_names_its_issue_and_what_is_like_it(folder: Path, run: Run) -> None:
    used = f"issues/first-light/articles/{HARBOUR}.md"
    text = (folder / used).read_text().partition("---\n\n")[2]
    (folder / "issues/inbox/again.md").write_text(f"---\ntitle: Lamp turns again\n---\n\n{text}")
    line = f"{used}: in issue 1 of 2026-11-27 (first-light): Harbour light returns after thirty years\n"
    other = "issues/inbox/again.md: in the inbox: Lamp turns again\n  100 % of the text is the same\n"
    assert run("article", "history", "harbour") == (0, f"{line}  the record itself\n{other}", "")
    url = json.loads(run("article", "show", "harbour", "--json")[1])["url"]
    assert run("article", "history", f"{url}?utm_source=x#top") == (0, f"{line}  the same address\n{other}", "")
    found = json.loads(run("article", "history", "again", "--json")[1])
    assert [(one["article"], one["issue"], one["number"], one["date"], one["exact"]) for one in found] == [
        ("again", "", None, None, True),
        (HARBOUR, "first-light", 1, "2026-11-27", False),
    ]
    assert run("article", "history", "https://example.org/never") == (
        0,
        "",
        "Nothing like it, in the inbox or in any issue.\n",
    )
    assert run("article", "history", "nothing-like-this")[0] == 2


def test_a_newcomer_that_looks_like_a_used_article_is_announced(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project.open(folder, {})
    twin = Article(slug="", title="Harbour light returns after thirty years!", body="")
    warn_of_lookalikes(project, twin)
    assert capsys.readouterr().err == (
        f"note: looks like {HARBOUR}, in issue 1 of 2026-11-27 (first-light): Harbour light returns after thirty "
        f"years\n  nearly the same title; issues/first-light/articles/{HARBOUR}.md\n"
    )
    (folder / "issues/first-light/issue.md").write_text("broken")
    warn_of_lookalikes(project, twin)
    assert ", in the issue first-light: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["edit", "history", "tag", "shortlist", "reject", "rm"])
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    code, out, _ = run("article", command, "--help")
    assert code == 0
    assert f"\n  newsletter article {command}" in out


# --- what goes wrong in folders that people and git change by hand ---


def test_two_files_of_one_name_have_to_be_told_apart(folder: Path, run: Run) -> None:
    (folder / f"issues/inbox/{HARBOUR}.md").write_text("---\ntitle: Copy\n---\n")
    assert run("article", "show", HARBOUR) == (
        2,
        "",
        (
            f"error: 2 files have the name {HARBOUR}: issues/inbox/{HARBOUR}.md, "
            f"issues/first-light/articles/{HARBOUR}.md\n"
            f"  Say which one: inbox/{HARBOUR} or first-light/{HARBOUR}.\n"
        ),
    )
    assert run("article", "show", "inbox/harbour")[1] == "---\ntitle: Copy\n---\n"
    assert json.loads(run("article", "show", f"issues/first-light/articles/{HARBOUR}.md", "--json")[1])["author"]
    assert run("article", "rm", "inbox/harbour", "--yes")[0] == 0
    assert (folder / f"issues/first-light/articles/{HARBOUR}.md").exists()


@pytest.mark.parametrize("name", ["../newsletter", "../../etc/passwd", "first-light/../inbox/x", "/etc/passwd", ""])
def test_a_name_that_leads_elsewhere_is_the_name_of_no_article(folder: Path, run: Run, name: str) -> None:
    code, out, err = run("article", "rm", name, "--yes")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: there is no article {name!r}\n")


def test_a_slug_that_is_no_name_is_refused_with_its_file(folder: Path, run: Run) -> None:
    (folder / "issues/inbox/Über uns.md").write_text("---\ntitle: x\n---\n")
    code, _, err = run("article", "list")
    assert code == 1
    assert err.endswith(
        "error: issues/inbox/Über uns.md: the article's name 'Über uns' is no name of the form a-z, 0-9 and hyphens\n"
        "Write it like uber-uns.\n"
    )


def test_an_article_deleted_by_hand_while_an_issue_names_it(folder: Path, run: Run) -> None:
    (folder / f"issues/first-light/articles/{HARBOUR}.md").unlink()
    assert run("article", "show", HARBOUR)[2].startswith(f"error: there is no article '{HARBOUR}'\n")
    assert HARBOUR not in slugs(run, "--used")
    code, _, err = run("build", "first-light")
    assert code == 1
    assert err == (
        f"error: issues/first-light/issue.md:12: the article {HARBOUR} is not in issues/first-light/articles\n"
        "  `newsletter article list` shows what is there.\n"
    )


def test_an_issue_folder_renamed_by_hand_takes_its_articles_along(folder: Path, run: Run) -> None:
    run("article", "list")
    (folder / "issues/first-light").rename(folder / "issues/second-light")
    found = json.loads(run("article", "history", HARBOUR, "--json")[1])
    assert [(one["issue"], one["number"], one["file"]) for one in found] == [
        ("second-light", 1, f"issues/second-light/articles/{HARBOUR}.md")
    ]
    (folder / "issues/second-light/issue.md").unlink()
    assert slugs(run, "--used") == []


def test_front_matter_with_tabs_is_refused_with_line_and_column(folder: Path, run: Run) -> None:
    (folder / "issues/inbox/tab.md").write_text("---\ntitle: x\nimage:\n\tsrc: images/x.jpg\n---\n")
    code, _, err = run("article", "show", "tab")
    assert (code, err) == (
        1,
        "error: issues/inbox/tab.md:4:1: a tab cannot indent or begin a value in YAML\n  Replace the tab by spaces.\n",
    )


def test_windows_line_ends_are_read_and_kept(folder: Path, run: Run) -> None:
    file = folder / "issues/inbox/win.md"
    file.write_bytes(b"---\r\ntitle: x\r\n# mine\r\n---\r\n\r\nOne\r\ntwo\r\n")
    assert run("article", "tag", "win", "a")[0] == 0
    assert file.read_bytes() == b"---\r\ntitle: x\r\n# mine\r\ntags: [a]\r\n---\r\n\r\nOne\r\ntwo\r\n"
