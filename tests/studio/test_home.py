"""The start page: what is due, what waits, where each issue is, and what to do first."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.project import Project
from newsletter.studio.home import home_of, require_unsent
from newsletter.studio.workshop import Workshop


@pytest.fixture
def workshop(project: Project) -> Workshop:
    return Workshop(project, {})


def test_issues_are_coming_or_past_and_the_next_date_is_free(workshop: Workshop, root: Path) -> None:
    home = home_of(workshop)
    today = home.today
    issue = root / "issues/first-light/issue.md"
    soon, old = today + dt.timedelta(days=3), today - dt.timedelta(days=30)
    for folder in (root / "issues").iterdir():
        if folder.name not in {"first-light", "inbox"}:
            shutil.rmtree(folder)
    issue.write_text(issue.read_text().replace("date: 2026-11-27", f"date: {soon}"))
    home = home_of(workshop)
    assert [row.slug for row in home.coming] == ["first-light"]
    assert home.due is not None
    assert (home.due.slug, home.days, home.due.state) == ("first-light", 3, "draft")
    assert (home.due.articles, home.due.sections, home.due.editable) == (7, 3, True)
    assert home.next.number == 2
    assert home.next.date is not None
    assert home.next.date.strftime("%A") == "Friday"
    assert home.next.date != soon
    issue.write_text(issue.read_text().replace(f"date: {soon}", f"date: {old}"))
    home = home_of(workshop)
    assert (home.due, [row.slug for row in home.past]) == (None, ["first-light"])


def test_the_inbox_is_counted_by_status(workshop: Workshop, root: Path) -> None:
    piano = root / "issues/inbox/a-piano-for-platform-two.md"
    piano.write_text(piano.read_text().replace("---\n", "---\nstatus: rejected\n", 1))
    counts = home_of(workshop).counts
    assert counts == {"all": 3, "inbox": 2, "shortlisted": 0, "rejected": 1}


def test_a_broken_issue_hides_no_other(workshop: Workshop, root: Path) -> None:
    (root / "issues/broken").mkdir()
    (root / "issues/broken/issue.md").write_text("---\nsubjct: x\n---\n")
    home = home_of(workshop)
    assert [str(error.place) for error in home.errors] == ["issues/broken/issue.md:2"]
    assert "first-light" in [row.slug for row in (*home.coming, *home.past)]


def test_an_issue_that_was_never_sent_may_be_renamed(project: Project) -> None:
    require_unsent(project, "first-light")


def test_an_empty_project_says_what_to_do_first(serve: Callable[..., Any], root: Path) -> None:
    shutil.rmtree(root / "issues")
    page = serve("").ask("/").text
    assert "Begin with a few articles" in page
    assert "Make the first issue" in page
    assert "Nothing is due yet" in page


def test_what_an_issue_says_is_escaped(serve: Callable[..., Any], root: Path) -> None:
    issue = root / "issues/first-light/issue.md"
    issue.write_text(issue.read_text().replace("subject: Harbour", "subject: <script>alert(1)</script> Harbour"))
    page = serve("").ask("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Harbour" in page
    assert "<script>alert" not in page


def test_an_issue_that_is_not_there_has_a_page_that_says_so(serve: Callable[..., Any]) -> None:
    answer = serve("").ask("/issues/first-ligth")
    assert answer.status == 404
    assert "Did you mean first-light?" in answer.text
