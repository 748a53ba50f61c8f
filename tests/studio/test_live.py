"""A saved file is a new picture, a broken one an error that heals itself."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from watchfiles import awatch

ISSUE = "issues/first-light/issue.md"
TEMPLATE = "templates/weekly/email.mjml"


def test_a_saved_file_is_a_new_picture(preview: Any) -> None:
    events = preview.events()
    first = events.next()
    assert first["failure"] is None
    preview.edit(ISSUE, "subject: Harbour light", "subject: Quay light")
    second = events.next()
    assert second["picture"]["subject"] == "Quay light switched on, libraries open all night"
    assert second["picture"]["sha256"] != first["picture"]["sha256"]
    assert second["revision"] == first["revision"] + 1
    assert "Quay light switched on" in preview.ask("/issues/first-light/message").text
    assert [snapshot.line().partition(" ")[2].split(" in ")[0] for snapshot in preview.told] == ["first-light compiled"]


def test_every_follower_hears_of_it(preview: Any) -> None:
    followers = [preview.events() for _ in range(3)]
    for events in followers:
        assert events.next()["revision"] == 1
    preview.edit("templates/_shared/article.mjml", "<mj-", "<!-- x --><mj-")
    preview.edit(ISSUE, "Harbour light", "Quay light")
    for events in followers:
        assert events.until(lambda state: state["picture"]["subject"].startswith("Quay"))["failure"] is None


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "marked"),
    [
        (TEMPLATE, "<mj-head>", "<mj-haed>", f"{TEMPLATE}:4", "  <mj-haed>"),
        (ISSUE, "number: 1", "numbr: 1", f"{ISSUE}:2", "numbr: 1"),
        ("newsletter.toml", 'language = "en"', 'langage = "en"', "newsletter.toml:15", 'langage = "en"'),
    ],
)
def test_an_error_names_its_line_and_heals(
    preview: Any, file: str, old: str, new: str, place: str, marked: str
) -> None:
    events = preview.events()
    first = events.next()
    preview.edit(file, old, new)
    broken = events.next()
    assert broken["failure"]["place"] == place
    assert broken["failure"]["remedy"]
    assert [line["text"] for line in broken["failure"]["excerpt"] if line["marked"]] == [marked]
    assert broken["picture"] == first["picture"]
    assert broken["taken"] == first["taken"]
    assert preview.ask("/issues/first-light/mail/light").status == 200
    preview.edit(file, new, old)
    healed = events.next()
    assert healed["failure"] is None
    assert healed["picture"] == first["picture"]
    assert preview.told[0].line().split(" ", 1)[1].startswith(f"error: {place}: ")
    assert preview.told[0].line().endswith(f"\n  {broken['failure']['remedy']}")


def test_an_issue_that_never_compiled_shows_its_error_and_heals(serve: Callable[[], Any], root: Path) -> None:
    path = root / TEMPLATE
    good = path.read_text()
    path.write_text("<mjml>")
    preview = serve()
    events = preview.events()
    broken = events.next()
    assert broken["picture"] is None
    assert broken["failure"]["place"].startswith(f"{TEMPLATE}:1")
    answer = preview.ask("/issues/first-light/mail/light")
    assert (answer.status, answer.text) == (404, "The issue has not compiled yet.")
    path.write_text(good)
    assert events.next()["picture"]["number"] == 1


def test_a_file_replaced_by_renaming_counts(preview: Any) -> None:
    events = preview.events()
    events.next()
    for name in (ISSUE, "newsletter.toml"):
        path = preview.root / name
        beside = path.with_name(f".{path.name}.x1")
        beside.write_text(path.read_text().replace("Harbour light", "Quay light").replace("The Weekly", "Morning"))
        beside.replace(path)
    state = events.until(lambda state: state["picture"]["sender"]["name"] == "Morning")
    assert state["picture"]["subject"].startswith("Quay")


def test_folders_that_go_and_come_back_are_followed(preview: Any, tmp_path: Path) -> None:
    events = preview.events()
    events.next()
    for name in ("issues", "issues/first-light", "templates"):
        away = tmp_path / "away"
        shutil.move(preview.root / name, away)
        assert events.until(lambda state: state["failure"])["picture"]
        shutil.move(away, preview.root / name)
        events.until(lambda state: not state["failure"])
        preview.edit(ISSUE, "number: 1", "number: 12")
        events.until(lambda state: not state["failure"] and state["picture"]["number"] == 12)
        preview.edit(ISSUE, "number: 12", "number: 1")
        events.until(lambda state: not state["failure"] and state["picture"]["number"] == 1)


def test_what_does_not_concern_the_issue_is_not_told(preview: Any) -> None:
    events = preview.events()
    assert events.next()["revision"] == 1
    (preview.root / "issues/first-light/.issue.md.swp").write_text("x")
    (preview.root / "issues/inbox/new.md").write_text("---\nbroken")
    path = preview.root / ISSUE
    path.write_text(path.read_text())
    preview.edit(ISSUE, "number: 1", "number: 2")
    assert events.next()["picture"]["number"] == 2
    assert [snapshot.revision for snapshot in preview.told] == [2]


def test_a_fault_of_the_program_is_shown_and_ends_nothing(preview: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_arguments: object) -> None:
        raise RecursionError("too deep")

    events = preview.events()
    events.next()
    with monkeypatch.context() as patch:
        patch.setattr("newsletter.studio.live.take_picture", faulty)
        preview.edit(ISSUE, "number: 1", "number: 2")
        failure = events.next()["failure"]
    assert failure["what"] == "newsletter itself failed at the issue first-light: RecursionError: too deep"
    assert failure["remedy"].startswith("Please report it")
    preview.edit(ISSUE, "number: 2", "number: 3")
    assert events.next()["picture"]["number"] == 3


def test_without_a_watch_left_the_files_are_polled(serve: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*paths: Path, **options: object) -> object:
        if options.get("recursive", True) and not options["force_polling"]:
            raise OSError("OS file watch limit reached.")
        return awatch(*paths, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("newsletter.studio.watch.awatch", exhausted)
    preview = serve()
    events = preview.events()
    events.next()
    preview.edit(ISSUE, "number: 1", "number: 2")
    assert events.next()["picture"]["number"] == 2


def test_the_end_waits_for_no_open_stream(preview: Any) -> None:
    events = preview.events()
    events.next()
    preview.server.stop()
    with pytest.raises(EOFError):
        events.next()
