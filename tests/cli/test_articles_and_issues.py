"""The commands that collect articles and assemble issues, as a person runs them."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
DUMP = """Council keeps the paper map

Photo: Lio Sand

The city council voted on Monday to keep its last paper map of the sewers.

Via Nordwire
"""


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    (tmp_path / "weekly/templates/weekly").mkdir(parents=True, exist_ok=True)
    (tmp_path / "dump.txt").write_text(DUMP)
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


def test_init_says_what_was_made_and_what_to_do_next(tmp_path: Path, run: Run) -> None:
    code, out, err = run("init", str(tmp_path / "x"))
    assert code == 0
    assert out.endswith(f"files in {tmp_path / 'x'}\n")
    assert err.startswith(f"Next, after a look into newsletter.toml:\n  cd {tmp_path / 'x'}\n  newsletter preview ")
    code, out, err = run("init", str(tmp_path / "x"))
    assert (code, out) == (1, "")
    assert err == (
        f"error: {tmp_path}/x/newsletter.toml: there is a newsletter project here already\n"
        "  Work with it, or choose another folder.\n"
    )


def test_every_source_gets_a_line_and_one_refusal_does_not_stop_the_others(folder: Path, run: Run) -> None:
    code, out, err = run("article", "add", "missing.txt", "../dump.txt", "../dump.txt", "--tag", "maps")
    assert code == 1
    assert out == "added issues/inbox/council-keeps-the-paper-map.md\n"
    assert err == (
        "missing.txt: refused: there is no file missing.txt\n  Check its name and folder.\n"
        "../dump.txt: duplicate of issues/inbox/council-keeps-the-paper-map.md\n"
        "1 added, 1 duplicate, 1 refused\n"
    )
    today = dt.datetime.now(dt.UTC).date()
    assert (folder / "issues/inbox/council-keeps-the-paper-map.md").read_text() == (
        "---\ntitle: Council keeps the paper map\n"
        "summary: The city council voted on Monday to keep its last paper map of the sewers.\n"
        f"via: Nordwire\nimage:\n  credit: Lio Sand\ntags: [maps]\ncollected: {today}\n---\n\n"
        "The city council voted on Monday to keep its last paper map of the sewers.\n"
    )


def test_a_record_comes_from_a_pipe(folder: Path, run: Run) -> None:
    code, out, err = run("article", "add", "-", stdin=DUMP.replace("Monday", "Monday\u2014").encode("cp1252"))
    assert (code, out) == (0, "added issues/inbox/council-keeps-the-paper-map.md\n")
    assert err == (
        "note: standard input is not UTF-8 and was read as Windows-1252: look at its accents and quotation marks\n"
    )


def test_the_inbox_is_listed_and_an_empty_one_says_how_to_fill_it(folder: Path, run: Run) -> None:
    code, out, err = run("article", "list")
    assert (code, err) == (0, "3 articles in the inbox\n")
    assert out.splitlines()[1].startswith("a-piano-for-platform-two ")
    assert [article["slug"] for article in json.loads(run("article", "list", "--json")[1])] == [
        "a-piano-for-platform-two",
        "bridge-closed-for-swallows",
        "school-weather-station-beats-forecast",
    ]
    for path in (folder / "issues/inbox").glob("*.md"):
        path.unlink()
    assert run("article", "list") == (
        0,
        "",
        "The inbox is empty. Put a record into it with `newsletter article add FILE`.\n",
    )
    assert run("article", "list", "--json") == (0, "[]\n", "")


def test_a_broken_record_is_reported_beside_the_others(folder: Path, run: Run) -> None:
    (folder / "issues/inbox/bad.md").write_text("---\ntitel: x\n---\n")
    code, out, err = run("article", "list")
    assert code == 1
    assert len(out.splitlines()) == 4
    assert err.startswith("3 articles in the inbox\nerror: issues/inbox/bad.md:2: an article has no key `titel`\n")


def test_a_record_is_shown_by_the_beginning_of_its_name(folder: Path, run: Run) -> None:
    code, out, err = run("article", "show", "a-pi")
    assert (code, err) == (0, "issues/inbox/a-piano-for-platform-two.md\n")
    assert out.startswith("---\ntitle: A piano for platform two\n")
    shown = json.loads(run("article", "show", "harbour", "--json")[1])
    assert (shown["published"], shown["image"]["src"]) == ("2026-11-22", "images/harbour-light.jpg")
    assert "lines" not in shown


def test_an_issue_is_made_filled_and_shown(folder: Path, run: Run) -> None:
    made = run("issue", "new", "clouds", "--subject", "On clouds", "--preheader", "P: q", "--date", "2026-12-11")
    assert made == (
        0,
        "made issues/clouds/issue.md: number 2, 2026-12-11, template weekly\n",
        (
            "Sections: Top story (lead), Stories (story), In brief (brief)\n"
            'Next: newsletter issue add clouds ARTICLE --section "Top story"\n'
        ),
    )
    added = run("issue", "add", "clouds", "a-pi", "bridge", "--section", "In brief", "--layout", "brief")
    assert added == (
        0,
        (
            "moved issues/clouds/articles/a-piano-for-platform-two.md into the section 'In brief'\n"
            "moved issues/clouds/articles/bridge-closed-for-swallows.md into the section 'In brief'\n"
        ),
        "Next: newsletter preview clouds\n",
    )
    code, out, err = run("issue", "show", "clouds")
    assert (code, err) == (0, "issues/clouds/issue.md\n")
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[:3] == ["On clouds", "P: q", "number 2, 2026-12-11, weekly, 2 articles"]
    assert lines[4].split() == ["section,", "article", "words", "time", "bytes"]
    assert lines[5:8] == ["Top story (lead)", "Stories (story)", "In brief (brief)"]
    assert [line.split()[0] for line in lines[8:10]] == ["a-piano-for-platform-two", "bridge-closed-for-swallows"]
    assert "below the 102,400 at which Gmail clips" in lines[-1]
    shown = json.loads(run("issue", "show", "clouds", "--json")[1])
    assert shown["sections"][2:] == [
        {
            "title": "In brief",
            "layout": "brief",
            "articles": ["a-piano-for-platform-two", "bridge-closed-for-swallows"],
            "note": "",
            "layouts": {},
        }
    ]
    listed = run("issue", "list")[1].splitlines()
    assert [line.split()[:6] for line in listed] == [
        ["issue", "number", "date", "state", "sections", "articles"],
        ["first-light", "1", "2026-11-27", "draft", "3", "7"],
        ["clouds", "2", "2026-12-11", "draft", "3", "2"],
    ]
    assert [issue["slug"] for issue in json.loads(run("issue", "list", "--json")[1])] == ["first-light", "clouds"]


@pytest.mark.parametrize(
    ("arguments", "code", "err"),
    [
        (
            ("issue", "new", "x", "--date", "27.11.2026"),
            2,
            "error: '27.11.2026' is no date\n  Write it as year, month, day: 2026-11-27.\n",
        ),
        (
            ("issue", "new", "first-light"),
            1,
            "error: issues/first-light: there is an issue of the name first-light already\n  Choose another name.\n",
        ),
        (
            ("issue", "show", "first-lite"),
            2,
            "error: there is no issue 'first-lite'\n  Did you mean first-light? Known: first-light.\n",
        ),
        (
            ("issue", "add", "first-light", "zzzzz", "--section", "X"),
            2,
            "error: there is no article 'zzzzz'\n  `newsletter article list` shows what is there.\n",
        ),
        (
            ("issue", "add", "first-light", "harbour", "--section", "X"),
            1,
            (
                "error: issues/first-light/issue.md:12: the article harbour-light-returns-after-thirty-years is in the "
                "section 'Top story' already\n  Move it with `newsletter issue move first-light "
                "harbour-light-returns-after-thirty-years --section TITLE`.\n"
            ),
        ),
    ],
)
def test_what_cannot_be_done_says_why(folder: Path, run: Run, arguments: tuple[str, ...], code: int, err: str) -> None:
    assert run(*arguments) == (code, "", err)


def test_a_project_without_issues_says_how_to_make_one(tmp_path: Path, run: Run) -> None:
    (tmp_path / "newsletter.toml").write_text("")
    assert run("--project", str(tmp_path), "issue", "list") == (
        0,
        "",
        "There is no issue yet. Make one with `newsletter issue new NAME`.\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        *("init", "article add", "article list", "article show", "issue new", "issue add", "issue move"),
        *("issue remove", "issue set", "issue section add", "issue section rename", "issue section move"),
        *("issue section remove", "issue list", "issue show", "issue edit", "issue rename"),
    ],
)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    code, out, _ = run(*command.split(), "--help")
    assert code == 0
    assert f"\n  newsletter {command}" in out
