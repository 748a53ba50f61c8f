"""What can be done to an issue's arrangement: the functions that the commands call, each change remembered for undo."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from newsletter.content.frontlists import add_key, replace_value
from newsletter.content.sections import find_section
from newsletter.errors import UsageError
from newsletter.models import ArticleStatus, Issue, Section
from newsletter.project import Project
from newsletter.project.editing import (
    create_section,
    delete_section,
    edit_issue,
    move_articles,
    remove_articles,
    reorder_section,
    retitle_section,
    set_article_layout,
)
from newsletter.studio.workshop import Workshop

Name = Field(min_length=1, max_length=200)
Text = Field("", max_length=2000)


class Action(BaseModel):
    """Something to do; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Do it and return what the page should know; raises NewsletterError."""
        raise NotImplementedError


class _Arrangement(Action):
    """A change of an issue.md; `base` is the print of the file that somebody looked at."""

    issue: str = Name
    base: str = Field(max_length=64)

    def arrange(
        self, workshop: Workshop, label: str, articles: list[str], make: Callable[[Project], Any]
    ) -> dict[str, Any]:
        """Make the change if the file is still the one that was looked at."""

        def guarded(project: Project) -> Any:
            workshop.require_unchanged(workshop.issue_path(self.issue), self.base)
            return make(project)

        workshop.change(label, workshop.reach(self.issue, articles), guarded)
        return {"done": label}


class AddArticles(_Arrangement):
    """Move articles of the inbox into a section, before the one at `position`, from 1, or to its end."""

    articles: list[str] = Field(min_length=1, max_length=100)
    section: str = Name
    position: int | None = None

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Move them."""
        return self.arrange(
            workshop,
            f"Add {_named(self.articles)} to {self.section}",
            self.articles,
            lambda project: project.add_to_issue(
                self.issue,
                self.articles,
                section=self.section,
                position=self.position,
            ),
        )


class MoveArticle(_Arrangement):
    """Move an article to a section and a position, counted from 1 without itself."""

    article: str = Name
    section: str = Name
    position: int | None = None

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Move it."""
        return self.arrange(
            workshop,
            f"Move {self.article} to {self.section}",
            [],
            lambda project: move_articles(
                project, self.issue, [self.article], section=self.section, position=self.position
            ),
        )


class RemoveArticle(_Arrangement):
    """Send an article back to the inbox."""

    article: str = Name

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Send it back."""
        return self.arrange(
            workshop,
            f"Send {self.article} back to the inbox",
            [self.article],
            lambda project: remove_articles(project, self.issue, [self.article]),
        )


class SetLayout(_Arrangement):
    """Give an article a layout of its own, or with "" its section's."""

    article: str = Name
    layout: str = Text

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Set it."""
        return self.arrange(
            workshop,
            f"Layout of {self.article}: {self.layout or 'that of its section'}",
            [],
            lambda project: set_article_layout(project, self.issue, self.article, self.layout),
        )


class AddSection(_Arrangement):
    """Add a section at the end."""

    title: str = Name
    layout: str = Name

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Add it."""
        section = Section(title=self.title, layout=self.layout)
        return self.arrange(
            workshop, f"Add the section {self.title}", [], lambda project: create_section(project, self.issue, section)
        )


class ChangeSection(_Arrangement):
    """Change a section's title, layout, note or place, from 1; what is None stays."""

    section: str = Name
    title: str | None = Field(None, min_length=1, max_length=200)
    layout: str | None = Field(None, min_length=1, max_length=60)
    note: str | None = Field(None, max_length=20_000)
    position: int | None = None

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Change it."""
        return self.arrange(workshop, f"Change the section {self.section}", [], self._change)

    def _change(self, project: Project) -> None:
        issue = project.issue(self.issue)
        find_section(issue, self.section)
        if self.layout is not None:
            project.check_layout(issue, self.layout)
            self._set(project, issue, "layout", self.layout)
        if self.note is not None:
            self._set(project, issue, "note", self.note)
        if self.position is not None:
            reorder_section(project, self.issue, self.section, self.position)
        if self.title is not None:
            retitle_section(project, self.issue, self.section, self.title)

    def _set(self, project: Project, issue: Issue, key: str, value: str) -> None:
        index = find_section(issue, self.section)
        known = f"sections[{index}].{key}" in issue.lines

        def edit(text: str) -> str:
            if known:
                return replace_value(text, ("sections", index, key), value, file=issue.file)
            return add_key(text, ("sections", index), key, value, file=issue.file)

        edit_issue(project, issue, edit)


class RemoveSection(_Arrangement):
    """Remove a section; its articles go back to the inbox."""

    section: str = Name

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Remove it."""
        with workshop.project() as project:
            issue = project.issue(self.issue)
            articles = issue.sections[find_section(issue, self.section)].articles
        return self.arrange(
            workshop,
            f"Remove the section {self.section}",
            list(articles),
            lambda project: delete_section(project, self.issue, self.section, to_inbox=True),
        )


class Decide(Action):
    """Shortlist or reject a record of the inbox, or take the decision back."""

    file: str = Name
    status: Literal["inbox", "shortlisted", "rejected"]

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Decide."""
        record = workshop.record(self.file)
        if record.issue:
            raise UsageError(
                f"{record.slug} is in the issue {record.issue}", remedy="Only records of the inbox are decided about."
            )
        label = {"shortlisted": "Shortlist", "rejected": "Reject", "inbox": "Take back the decision about"}[self.status]
        status = ArticleStatus(self.status)
        workshop.change(
            f"{label} {record.slug}",
            [record.path],
            lambda project: project.update_article(f"inbox/{record.slug}", {"status": status}),
        )
        return {"done": f"{label} {record.slug}"}


class Undo(Action):
    """Take the last change back."""

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Do so."""
        return {"done": f"Undone: {workshop.undo()}"}


class Redo(Action):
    """Make the change again that was taken back last."""

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Do so."""
        return {"done": f"Done again: {workshop.redo()}"}


def _named(articles: list[str]) -> str:
    return articles[0] if len(articles) == 1 else f"{len(articles)} articles"
