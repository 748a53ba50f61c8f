"""The commands that arrange an issue, as a person runs them."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.models import Outcome, OutcomeKind
from newsletter.project import Project
from newsletter.project.preparation import prepare_issue
from newsletter.store.database import open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import Ledger, Result
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


def test_an_issue_is_rearranged(folder: Path, run: Run) -> None:
    assert run("issue", "move", "first-light", "chess", "--section", "top") == (
        0,
        "moved chess-club-needs-boards\n",
        "",
    )
    assert run("issue", "set", "first-light", "chess", "--title", "Chess!", "--layout", "story") == (
        0,
        "chess-club-needs-boards: layout story\nchanged issues/first-light/articles/chess-club-needs-boards.md\n",
        "",
    )
    assert run("issue", "section", "rename", "first-light", "in brief", "Short")[:2] == (
        0,
        "issues/first-light/issue.md: the section 'in brief' is now 'Short'\n",
    )
    assert run("issue", "section", "move", "first-light", "Short", "--position", "1")[:2] == (
        0,
        "issues/first-light/issue.md: Short, Top story, Around the region\n",
    )
    assert run("issue", "section", "add", "first-light", "Letters", "--layout", "brief")[0] == 0
    assert run("issue", "section", "remove", "first-light", "Short", "--to-inbox")[:2] == (
        0,
        (
            "moved tram-line-7-gets-quieter-wheels back to the inbox\n"
            "moved free-seeds-at-the-town-hall back to the inbox\nremoved the section 'Short'\n"
        ),
    )
    assert run("issue", "remove", "first-light", "ferme")[1] == (
        "moved ferme-du-vallon-opens-its-cellar back to the inbox\n"
    )
    text = (folder / "issues/first-light/issue.md").read_text()
    assert "  # The first article of the issue: one, with a large picture.\n  - title: Top story\n" in text
    assert "      - {article: chess-club-needs-boards, layout: story}\n" in text
    assert run("check", "first-light")[0] == 0


def test_an_edited_issue_is_checked_and_its_text_kept(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "issues/first-light/issue.md"
    monkeypatch.setenv("VISUAL", "sed -i s/Harbour/Lamp/")
    assert run("issue", "edit", "first-light") == (0, "issues/first-light/issue.md is fine\n", "")
    monkeypatch.setenv("VISUAL", "sed -i 's/layout: lead/layout: led/'")
    assert run("issue", "edit", "first-light") == (
        1,
        "",
        (
            "error: issues/first-light/issue.md:9: the section 'Top story' asks for the layout `led`, which the "
            "template 'weekly' does not have\n  Did you mean `lead`? Known: brief, columns, lead, "
            "links, quotation, sponsor, story.\n"
        ),
    )
    assert "subject: Lamp light" in file.read_text()
    assert "layout: led" in file.read_text()
    monkeypatch.setenv("VISUAL", "no-such-editor-here")
    assert run("issue", "edit", "first-light")[2].startswith(
        "error: the editor 'no-such-editor-here' cannot be started"
    )
    monkeypatch.delenv("VISUAL")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", "")
    assert run("issue", "edit", "first-light") == (
        2,
        "",
        "error: no editor is set\n  Set the environment variable EDITOR to yours, like EDITOR=nano.\n",
    )


def test_only_what_reached_people_makes_an_issue_sent(folder: Path, run: Run) -> None:
    people = folder / "people.csv"
    people.write_text("email,name\nada@example.org,Ada\n")
    assert run("subscriber", "import", str(people), "--list", "weekly", "--consent-source", "test")[0] == 0
    assert run("send", "first-light", "--list", "weekly", "--transport", "outbox")[0] == 0
    assert " draft " in run("issue", "list")[1]
    assert run("issue", "rename", "first-light", "light")[:2] == (0, "renamed to issues/light/issue.md\n")


def reach(folder: Path, *, done: bool) -> None:
    """Freeze a mailing of the sample issue to one person through a transport that reaches people; and finish it."""
    now = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
    project = Project.open(folder, {})
    prepared = prepare_issue(project, "first-light")
    with open_database(project.settings.store.url, root=project.root) as database:
        people, mailings = Subscribers(database), Mailings(database)
        people.ensure_list("weekly", now)
        row = NewSubscriber(line=1, email="ada@example.org", name="Ada")
        people.take([row], list_name="weekly", consent_source="", now=now, write=True)
        audience = Audience(issue="first-light", lists=("weekly",), transport="ses", reaches_people=True)
        summary, _ = mailings.freeze(audience, prepared.compiled, prepared.newsletter, now)
        if done:
            mailings.start(summary.id, now)
            ledger = Ledger(database, summary.id, worker="test")
            (claim,) = ledger.step([], claim=1, now=now)
            outcome = Outcome(kind=OutcomeKind.ACCEPTED, message_id="m-1")
            ledger.step([Result(attempt_id=claim.attempt_id, outcome=outcome, not_before=now)], claim=0, now=now)
            assert mailings.finish(summary.id, now)


@pytest.mark.parametrize("state", ["sent", "ready"])
def test_an_issue_that_people_have_is_sent_and_keeps_its_name(folder: Path, run: Run, state: str) -> None:
    reach(folder, done=state == "sent")
    (listed,) = json.loads(run("issue", "list", "--json")[1])
    assert (listed["slug"], listed["state"], listed["mailings"]) == ("first-light", state, [1])
    assert f" {state} " in run("issue", "list")[1]
    assert run("issue", "rename", "first-light", "light") == (
        2,
        "",
        (
            "error: the issue first-light was sent, or is being sent, under this name: mailing 1\n"
            "  With --force it is renamed; under the new name it counts as never sent to anybody.\n"
        ),
    )
    assert (folder / "issues/first-light/issue.md").exists()
    assert run("issue", "rename", "first-light", "light", "--force")[:2] == (0, "renamed to issues/light/issue.md\n")


def test_a_name_in_the_inbox_and_in_an_issue_means_the_issues_own_file_or_else_the_inboxs(
    folder: Path, run: Run
) -> None:
    twin = folder / "issues/inbox/chess-club-needs-boards.md"
    twin.write_text("---\ntitle: Another text of that name\n---\n")
    before = (folder / "issues/first-light/issue.md").read_text()
    assert run("issue", "add", "first-light", "chess-club-needs-boards", "-s", "Top story") == (
        1,
        "",
        (
            f"error: issues/first-light/issue.md:{line_with(before, 'chess-club-needs-boards')}: the article "
            "chess-club-needs-boards is in the section 'In brief' already\n"
            "  Move it with `newsletter issue move first-light chess-club-needs-boards --section TITLE`.\n"
        ),
    )
    assert twin.exists()
    assert (folder / "issues/first-light/issue.md").read_text() == before
    assert run("issue", "new", "clouds", "--date", "2026-12-04")[0] == 0
    assert run("issue", "add", "clouds", "chess-club-needs-boards", "-s", "Top story")[:2] == (
        0,
        "moved issues/clouds/articles/chess-club-needs-boards.md into the section 'Top story'\n",
    )
    assert not twin.exists()
    assert "Another text" in (folder / "issues/clouds/articles/chess-club-needs-boards.md").read_text()
    assert (folder / "issues/first-light/articles/chess-club-needs-boards.md").exists()


def line_with(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if word in line)


def test_the_inbox_is_ranked_for_an_issue(folder: Path, run: Run) -> None:
    inbox = folder / "issues/inbox"
    for file in inbox.iterdir():
        file.unlink()
    assert run("issue", "suggest", "first-light") == (
        0,
        "",
        "The inbox is empty. Fill it with `newsletter article add SOURCE`.\n",
    )
    (inbox / "late.md").write_text("---\ntitle: Late\nexpires: 2026-11-26\n---\n")
    (inbox / "broken.md").write_text("---\ntitel: Broken\n---\n")
    left_out = "Left out: 1 expired by then, 1 unreadable, which `newsletter article list` explains.\n"
    assert run("issue", "suggest", "first-light") == (
        0,
        "",
        f"Nothing in the inbox fits an issue of 2026-11-27.\n{left_out}",
    )
    (inbox / "fresh.md").write_text("---\ntitle: Fresh\npublished: 2026-11-24\nstatus: shortlisted\n---\n")
    original = (folder / "issues/first-light/articles/chess-club-needs-boards.md").read_text()
    (inbox / "chess.md").write_text(
        original.replace("title: ", "title: The ", 1).replace("url: ", "url: https://e.org/?")
    )
    code, out, err = run("issue", "suggest", "first-light", "--limit", "5")
    assert (code, [line.split()[:2] for line in out.splitlines()[1:]]) == (0, [["1", "fresh"], ["2", "chess"]])
    assert "3 days old; shortlisted" in out
    assert "looks like chess-club-needs-boards in this issue: 100 % of the text is the same" in out
    assert err == f'{left_out}Next: newsletter issue add first-light fresh --section "…"\n'
    values = json.loads(run("issue", "suggest", "first-light", "--limit", "1", "--json")[1])
    assert values == {
        "issue": "first-light",
        "date": "2026-11-27",
        "suggestions": [
            {
                "rank": 1,
                "article": "fresh",
                "title": "Fresh",
                "file": "issues/inbox/fresh.md",
                "score": 59.5,
                "reasons": [{"points": 34.5, "words": "3 days old"}, {"points": 25.0, "words": "shortlisted"}],
            }
        ],
        "left_out": {"expired": 1, "unreadable": 1},
    }


def test_two_issues_are_compared(folder: Path, run: Run) -> None:
    shutil.copytree(folder / "issues/first-light", folder / "issues/second")
    assert run("issue", "diff", "first-light", "second") == (0, "no difference\n", "")
    assert run("issue", "diff", "first-light", "second", "--json") == (0, "[]\n", "")
    assert run("issue", "set", "second", "chess", "--title", "Chess!", "--layout", "story")[0] == 0
    assert run("issue", "remove", "second", "ferme")[0] == 0
    assert run("issue", "section", "rename", "second", "in brief", "Short")[0] == 0
    assert run("issue", "section", "move", "second", "Short", "--position", "1")[0] == 0
    assert run("issue", "section", "add", "second", "Letters")[0] == 0
    (folder / "issues/second/articles/tram-line-7-gets-quieter-wheels.md").unlink()
    assert run("issue", "diff", "first-light", "second")[:2] == (
        0,
        (
            "section Letters: only in second\n"
            "section In brief: now Short\n"
            "sections: another order, Top story, Around the region, In brief -> "
            "In brief, Top story, Around the region\n"
            "article ferme-du-vallon-opens-its-cellar: only in first-light, in Around the region\n"
            "article tram-line-7-gets-quieter-wheels: its file is missing in one of them\n"
            "article chess-club-needs-boards: layout brief -> story\n"
            "article chess-club-needs-boards: other title, extra\n"
        ),
    )
    assert run("issue", "new", "empty", "--date", "2026-12-04", "--subject", "Soon")[0] == 0
    out = run("issue", "diff", "first-light", "empty")[1]
    assert "date: 2026-11-27 -> 2026-12-04\nintroduction: changed\n" in out
    assert "article chess-club-needs-boards: only in first-light, in In brief\n" in out
    first = json.loads(run("issue", "diff", "first-light", "empty", "--json")[1])[0]
    assert first == {
        "part": "issue",
        "name": "first-light",
        "kind": "number",
        "before": "1",
        "after": "2",
        "fields": [],
    }


def test_a_layout_that_the_template_lacks_is_refused_when_an_article_is_added(folder: Path, run: Run) -> None:
    before = (folder / "issues/first-light/issue.md").read_bytes()
    assert run("issue", "add", "first-light", "a-piano", "--section", "New", "--layout", "led") == (
        2,
        "",
        (
            "error: the template 'weekly' has no layout 'led'\n"
            "  Known: brief, columns, lead, links, quotation, sponsor, story.\n"
        ),
    )
    assert (folder / "issues/first-light/issue.md").read_bytes() == before
    assert (folder / "issues/inbox/a-piano-for-platform-two.md").exists()


def state(run: Run) -> str:
    return str(json.loads(run("issue", "list", "--json")[1])[0]["state"])


def change(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


@pytest.mark.parametrize(
    "file",
    [
        "issues/first-light/issue.md",
        "issues/first-light/articles/chess-club-needs-boards.md",
        "templates/weekly/email.mjml",
    ],
)
def test_an_issue_is_checked_until_one_of_its_files_changes(folder: Path, run: Run, file: str) -> None:
    assert state(run) == "draft"
    assert run("check", "first-light")[0] == 0
    assert state(run) == "checked"
    assert " checked " in run("issue", "list")[1]
    path, before = folder / file, (folder / file).read_text()
    change(path)
    assert state(run) == "draft"
    # the same text again is what was checked, whatever its time stamp
    path.write_text(before)
    assert state(run) == "checked"
    (folder / "issues/first-light/.issue.md.swp").write_text("an editor's")
    assert state(run) == "checked"


@pytest.mark.usefixtures("folder")
def test_another_name_of_the_newsletter_makes_a_checked_issue_a_draft(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("check", "first-light")[0] == 0
    assert state(run) == "checked"
    monkeypatch.setenv("NEWSLETTER_NEWSLETTER__NAME", "Another")
    assert state(run) == "draft"


def test_a_check_with_errors_leaves_a_draft(folder: Path, run: Run) -> None:
    assert run("check", "first-light")[0] == 0
    article = folder / "issues/first-light/articles/chess-club-needs-boards.md"
    text = article.read_text()
    article.write_text(text.replace("---\n", "---\nimage:\n  src: images/none.jpg\n  alt: x\n", 1))
    assert run("check", "first-light")[0] == 1
    assert state(run) == "draft"
    article.write_text(text)
    # the earlier check is forgotten: what counts is the last one
    assert state(run) == "draft"


def test_a_check_stands_when_the_database_cannot_be_written(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("no folder")
    monkeypatch.setenv("NEWSLETTER_STORE__URL", "sqlite:///file/newsletter.db")
    code, _, err = run("check", "first-light")
    assert code == 0
    assert "note: `newsletter issue list` does not learn of this check: " in err
