"""Commands that change an issue: files and issue.md together, or not at all."""

import datetime as dt
from pathlib import Path

import pytest

from newsletter.errors import ConflictError, ContentError, NewsletterError, UsageError
from newsletter.models import Article, Image, Issue, Section
from newsletter.project import Project, init_project
from newsletter.project.editing import (
    create_section,
    delete_section,
    move_articles,
    override_article,
    remove_articles,
    rename_issue,
    set_article_layout,
)

NOW = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    init_project(tmp_path / "weekly")
    project = Project.open(tmp_path / "weekly", {})
    project.create_issue(Issue(slug="one", subject="One"), now=NOW)
    pictures = project.root / "issues/inbox/images"
    pictures.mkdir()
    (pictures / "map.png").write_bytes(b"png")
    for slug in ("ape", "bee"):
        project.add_article(
            Article(slug=slug, title=slug, body="Text.", image=Image(src="images/map.png", alt="A map"))
        )
    project.add_article(Article(slug="cat", title="Cat", body="Text.", extra={"score": 4}))
    project.add_to_issue("one", ["ape", "bee", "cat"], section="Stories")
    (pictures / "map.png").unlink()
    return project


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def articles(project: Project, slug: str = "one") -> list[tuple[str, ...]]:
    return [section.articles for section in project.issue(slug).sections]


def test_articles_move_within_and_between_sections(project: Project) -> None:
    assert move_articles(project, "one", ["c"], position=1) == ["cat"]
    assert articles(project) == [(), ("cat", "ape", "bee"), ()]
    move_articles(project, "one", ["bee", "ape"], section="in brief")
    assert articles(project) == [(), ("cat",), ("bee", "ape")]


def test_a_removed_article_takes_its_picture_home_when_no_other_shows_it(project: Project) -> None:
    assert remove_articles(project, "one", ["ape"]) == [("ape", True)]
    assert (project.root / "issues/inbox/images/map.png").read_bytes() == b"png"
    assert (project.root / "issues/one/images/map.png").exists()
    remove_articles(project, "one", ["bee"])
    assert not (project.root / "issues/one/images/map.png").exists()
    assert articles(project) == [(), ("cat",), ()]
    assert [article.slug for article in project.inbox() if article.slug in {"ape", "bee"}] == ["ape", "bee"]


def test_an_entry_whose_file_is_gone_can_be_removed(project: Project) -> None:
    (project.root / "issues/one/articles/bee.md").unlink()
    with pytest.raises(ContentError, match="the article bee is not in issues/one/articles"):
        project.assemble("one")
    assert remove_articles(project, "one", ["bee"]) == [("bee", False)]
    assert list(project.assemble("one").articles) == ["ape", "cat"]


@pytest.mark.parametrize("failing", ["cat.md", "issue.md"])
def test_whatever_fails_while_removing_everything_is_as_before(
    project: Project, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = tree(project.root)
    rename, replace = Path.rename, Path.replace

    def full(source: Path, target: Path) -> Path:
        if Path(target).name == failing and "inbox" in Path(target).parts:
            raise OSError(28, "No space left on device")
        return rename(source, target)

    def full_too(source: Path, target: Path) -> Path:
        if Path(target).name == failing:
            raise OSError(28, "No space left on device")
        return replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        patch.setattr(Path, "replace", full_too)
        with pytest.raises(ContentError, match="no space left on device"):
            remove_articles(project, "one", ["ape", "bee", "cat"])
    assert tree(project.root) == before


def test_a_file_of_the_same_name_in_the_inbox_stops_the_return(project: Project) -> None:
    (project.root / "issues/inbox/cat.md").write_text("---\ntitle: Another\n---\n")
    before = tree(project.root)
    with pytest.raises(ConflictError) as caught:
        remove_articles(project, "one", ["ape", "cat"])
    assert str(caught.value) == (
        "issues/inbox/cat.md: the inbox has a file of that name already\n"
        "Rename or delete one of the two; the other is issues/one/articles/cat.md."
    )
    assert tree(project.root) == before


def test_a_section_with_articles_goes_only_when_they_go_to_the_inbox(project: Project) -> None:
    with pytest.raises(ConflictError, match="still has 3"):
        delete_section(project, "one", "stories")
    assert delete_section(project, "one", "stories", to_inbox=True) == ["ape", "bee", "cat"]
    assert [section.title for section in project.issue("one").sections] == ["Top story", "In brief"]


def test_a_copy_is_taken_only_when_it_is_asked_for(project: Project) -> None:
    project.create_issue(Issue(slug="two", subject="Two"), now=NOW)
    with pytest.raises(UsageError, match="the article ape is in the issue one"):
        project.add_to_issue("two", ["ape"], section="Stories")
    project.add_to_issue("two", ["ape"], section="Stories", copy=True)
    for issue in ("one", "two"):
        assert (project.root / f"issues/{issue}/articles/ape.md").exists()
        assert (project.root / f"issues/{issue}/images/map.png").exists()


def test_an_override_changes_one_issues_copy_and_says_what_it_was(project: Project) -> None:
    changed = override_article(project, "one", "cat", title="Kitten: small")
    assert (changed.title, changed.extra) == ("Kitten: small", {"score": 4, "was": {"title": "Cat"}})
    changed = override_article(project, "one", "cat", title="Lion", summary="Roars.")
    assert changed.extra == {"score": 4, "was": {"title": "Cat", "summary": ""}}
    assert override_article(project, "one", "ape", title="Gorilla").extra == {"was": {"title": "ape"}}


def test_an_article_gets_a_layout_that_the_template_has(project: Project) -> None:
    set_article_layout(project, "one", "cat", "brief")
    assert project.issue("one").sections[1].layouts == {"cat": "brief"}
    with pytest.raises(UsageError) as caught:
        set_article_layout(project, "one", "cat", "breif")
    assert (
        str(caught.value)
        == "the template 'weekly' has no layout 'breif'\nKnown: brief, columns, lead, links, quotation, sponsor, story."
    )


def test_an_issue_is_renamed_by_a_command_or_by_hand(project: Project) -> None:
    before = articles(project)
    assert rename_issue(project, "one", "uno").file == "issues/uno/issue.md"
    (project.root / "issues/uno").rename(project.root / "issues/eins")
    assert articles(project, "eins") == before
    assert project.assemble("eins").issue.slug == "eins"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("first-light", "issues/first-light: there is an issue of the name first-light already\nChoose another name."),
        ("inbox", "issues/inbox: there is an inbox of the name inbox already\nChoose another name."),
        ("../x", "the issue's name '../x' is no name of the form a-z, 0-9 and hyphens\nWrite it like x."),
    ],
)
def test_an_issue_cannot_take_every_name(project: Project, new: str, message: str) -> None:
    with pytest.raises(NewsletterError) as caught:
        rename_issue(project, "one", new)
    assert str(caught.value) == message


def test_a_name_that_fits_several_articles_is_refused(project: Project) -> None:
    project.add_article(Article(slug="cap", title="Cap", body="Hat."))
    project.add_to_issue("one", ["cap"], section="Stories")
    with pytest.raises(UsageError) as caught:
        move_articles(project, "one", ["ca"], position=1)
    assert str(caught.value) == "'ca' fits 2 articles: cap, cat\nType more of it."


def test_a_new_issue_takes_its_name_from_its_number_and_its_sections_from_another(project: Project) -> None:
    create_section(project, "one", Section(title="Letters", layout="brief", note="Yours."), position=1)
    made = project.create_issue(Issue(slug="", subject=""), now=NOW, like="last")
    assert (made.slug, made.number) == ("issue-3", 3)
    assert [(section.title, section.layout, section.articles, section.note) for section in made.sections] == [
        ("Letters", "brief", (), ""),
        ("Top story", "lead", (), ""),
        ("Stories", "story", (), ""),
        ("In brief", "brief", (), ""),
    ]
