"""The folder of an issue: a new one, and another name for one."""

import datetime as dt
from typing import Any

from pydantic import Field

from newsletter.content.dates import typed_date
from newsletter.models import Issue
from newsletter.project.editing import rename_issue
from newsletter.studio.actions import Action, Name, Text
from newsletter.studio.home import require_unsent
from newsletter.studio.workshop import Workshop


class NewIssue(Action):
    """Make an issue; what is empty gets its usual value, `like` names one whose template and sections are taken."""

    name: str = Field("", max_length=80)
    subject: str = Text
    date: str = Field("", max_length=10)
    number: int | None = Field(None, ge=0)
    template: str = Field("", max_length=80)
    like: str = Field("", max_length=80)

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Make it."""
        wanted = Issue(
            slug=self.name, subject=self.subject, date=typed_date(self.date), number=self.number, template=self.template
        )
        now = dt.datetime.now(dt.UTC)
        with workshop.project() as project:
            made = project.create_issue(wanted, now=now, like=self.like)
            path = workshop.issue_path(made.slug)
            label = f"Make the issue {made.slug}"
            workshop.journal.record(label, {path: None}, {path: path.read_bytes()})
        return {"done": label, "issue": made.slug}


class RenameIssue(Action):
    """Rename an issue's folder; one that was sent keeps its name."""

    issue: str = Name
    name: str = Name

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Rename it; its changes so far cannot be undone any more, under the new name."""
        with workshop.project() as project:
            require_unsent(project, self.issue)
            made = rename_issue(project, self.issue, self.name)
            workshop.journal.forget(workshop.issue_path(self.issue).parent)
        return {"done": f"Rename {self.issue} to {made.slug}", "issue": made.slug}
