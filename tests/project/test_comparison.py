"""What two issues differ in."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from newsletter.models import Article, AssembledIssue, Issue, Section
from newsletter.project import Project
from newsletter.project.comparison import Change, compare, read_issue


def assembled(
    *sections: Section, articles: Mapping[str, Article] | None = None, subject: str = "One", date: dt.date | None = None
) -> AssembledIssue:
    named = [name for section in sections for name in section.articles]
    texts = {name: Article(slug=name, title=name) for name in named} if articles is None else articles
    return AssembledIssue(
        issue=Issue(slug="one", subject=subject, date=date, sections=sections, lines={"subject": len(named)}),
        articles=texts,
    )


TOP = Section(title="Top", layout="lead", articles=("a",), line=4)
BRIEF = Section(title="Brief", articles=("b", "c"), line=9)


def test_an_issue_does_not_differ_from_itself_or_from_one_with_other_lines() -> None:
    one = assembled(TOP, BRIEF)
    other = assembled(Section(title="Top", layout="lead", articles=("a",), line=40), BRIEF)
    assert compare(one, one) == compare(one, other) == ()
    assert compare(assembled(), assembled()) == ()


def test_the_head_is_compared_field_by_field() -> None:
    assert compare(assembled(TOP), assembled(TOP, subject="Two", date=dt.date(2026, 11, 27))) == (
        Change(part="issue", name="one", kind="subject", before="One", after="Two"),
        Change(part="issue", name="one", kind="date", before="", after="2026-11-27"),
    )


def test_sections_are_added_removed_and_reordered() -> None:
    letters = Section(title="Letters")
    assert compare(assembled(TOP, letters), assembled(TOP, BRIEF, articles={})) == (
        Change(part="section", name="Letters", kind="removed"),
        Change(part="section", name="Brief", kind="added"),
        Change(part="article", name="b", kind="added", after="Brief"),
        Change(part="article", name="c", kind="added", after="Brief"),
        Change(part="article", name="a", kind="text", fields=("file",)),
    )
    assert compare(assembled(TOP, BRIEF), assembled(BRIEF, TOP)) == (
        Change(part="issue", name="sections", kind="reordered", before="Top, Brief", after="Brief, Top"),
    )


def test_a_section_of_another_title_with_half_of_the_articles_was_renamed() -> None:
    short = Section(title="Short", layout="brief", note="New", articles=("c", "b"))
    assert compare(assembled(TOP, BRIEF), assembled(TOP, short)) == (
        Change(part="section", name="Brief", kind="renamed", before="Brief", after="Short"),
        Change(part="section", name="Brief", kind="layout", before="story", after="brief"),
        Change(part="section", name="Brief", kind="note", before="", after="New"),
        Change(part="section", name="Brief", kind="reordered", before="b, c", after="c, b"),
        Change(part="article", name="b", kind="layout", before="story", after="brief"),
        Change(part="article", name="c", kind="layout", before="story", after="brief"),
    )


def test_an_article_may_have_another_section_layout_and_text() -> None:
    one = assembled(TOP, BRIEF)
    texts = {**one.articles, "b": Article(slug="b", title="Better", tags=("x",), file="issues/two/articles/b.md")}
    other = assembled(
        Section(title="top", layout="lead", articles=("a", "b"), layouts={"b": "brief"}),
        Section(title="Brief", articles=("c",)),
        articles=texts,
    )
    assert compare(one, other) == (
        Change(part="section", name="Top", kind="renamed", before="Top", after="top"),
        Change(part="article", name="b", kind="section", before="Brief", after="top"),
        Change(part="article", name="b", kind="layout", before="story", after="brief"),
        Change(part="article", name="b", kind="text", fields=("title", "tags")),
    )


def test_two_sections_of_one_title_are_kept_apart() -> None:
    twins = (Section(title="Brief", articles=("a",)), Section(title="Brief", articles=("b",)))
    assert compare(assembled(*twins), assembled(*twins)) == ()
    assert compare(assembled(*twins), assembled(twins[0])) == (
        Change(part="section", name="Brief", kind="removed"),
        Change(part="article", name="b", kind="removed", before="Brief"),
    )


def test_an_issue_is_read_without_articles_and_with_one_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "newsletter.toml").write_text('[newsletter]\ntemplate = "house"\n')
    for name, sections in (("empty", ""), ("some", "\nsections:\n  - title: Top\n    articles: [gone, here]")):
        (tmp_path / f"issues/{name}/articles").mkdir(parents=True)
        (tmp_path / f"issues/{name}/issue.md").write_text(f"---\nsubject: S{sections}\n---\n")
    for name in ("here", "unnamed"):
        (tmp_path / f"issues/some/articles/{name}.md").write_text("---\ntitle: Here\n---\n")
    project = Project.open(tmp_path, {})
    empty, some = read_issue(project, "empty"), read_issue(project, "some")
    assert (empty.articles, empty.issue.template) == ({}, "house")
    assert list(some.articles) == ["here"]
    assert [change.kind for change in compare(empty, some)] == ["added", "added", "added"]
