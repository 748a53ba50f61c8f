"""Editing a record or the head of an issue in place, field by field, and never over what somebody else just wrote.

Each field comes with what it was when the editing began. When the file says something else by now, nothing is written
and both versions are shown; a change of another field on the disk disturbs nobody, because only this one is written.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from newsletter.content.article import with_body
from newsletter.content.dates import typed_date
from newsletter.content.frontmatter import edit_front_matter
from newsletter.errors import ClashError, UsageError
from newsletter.models import Article, Image, Issue, Place
from newsletter.project import Project
from newsletter.project.articles import Record, read_record
from newsletter.project.editing import edit_issue, override_article
from newsletter.project.pictures import describe_in_words
from newsletter.studio.actions import Action
from newsletter.studio.workshop import Workshop

TEXTS = ("title", "summary", "body", "url", "author", "source", "via")
WORDS = {"image.alt": "alt", "image.credit": "credit"}
HEAD = ("subject", "preheader", "date", "number", "template", "introduction")
LONGEST = 1024 * 1024


class Change(BaseModel):
    """What a field was when somebody began to edit it, and what it is to be."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    was: str = Field(max_length=LONGEST)
    now: str = Field(max_length=LONGEST)


class EditArticle(Action):
    """Set fields of a record: its texts, `tags` with commas between them, and the words of its picture."""

    file: str = Field(min_length=1, max_length=300)
    fields: dict[str, Change] = Field(min_length=1)

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Write what changed; raises ClashError."""
        unknown = set(self.fields) - {*TEXTS, *WORDS, "tags", "published"}
        if unknown:
            raise UsageError(f"a record has no field {min(unknown)!r} to edit here", remedy="Reload the page.")
        record = workshop.record(self.file)
        label = f"Edit {', '.join(self.fields)} of {record.slug}"
        workshop.change(label, [record.path], lambda project: self._write(project, record))
        return {"done": label}

    def _write(self, project: Project, record: Record) -> None:
        article = read_record(project.root, record)
        for field, change in self.fields.items():
            _require_same(article.place(field), field, disk=field_of(article, field), change=change)
        now = {field: change.now for field, change in self.fields.items()}
        name = f"{record.issue or 'inbox'}/{record.slug}"
        words = {key: now.pop(field) for field, key in WORDS.items() if field in now}
        overridden = {key: now.pop(key) for key in ("title", "summary") if record.issue and now.get(key, "").strip()}
        if now:
            project.update_article(name, _values(now))
        if overridden:
            override_article(project, record.issue, record.slug, **overridden)
        if words:
            describe_in_words(project, name, **words)


class EditIssue(Action):
    """Set fields of an issue's head, its introduction, and `parameters.NAME` of its template."""

    issue: str = Field(min_length=1, max_length=200)
    fields: dict[str, Change] = Field(min_length=1)

    def do(self, workshop: Workshop) -> dict[str, Any]:
        """Write what changed; raises ClashError."""
        label = f"Edit {', '.join(self.fields)} of {self.issue}"
        workshop.change(label, [workshop.issue_path(self.issue)], self._write)
        return {"done": label}

    def _write(self, project: Project) -> None:
        issue = project.issue(self.issue)
        front: dict[str, Any] = {}
        parameters = dict(issue.parameters)
        for field, change in self.fields.items():
            kind, _, name = field.partition(".")
            if field not in HEAD and not (kind == "parameters" and name):
                raise UsageError(f"an issue has no field {field[:60]!r} to edit here", remedy="Reload the page.")
            _require_same(issue.place(field), field, disk=head_of(issue, field), change=change)
            if kind == "parameters":
                parameters = {**parameters, name: change.now} if change.now else _without(parameters, name)
                front["parameters"] = parameters or None
            elif field != "introduction":
                front[field] = _head_value(field, change.now)
        if "subject" in front and not front["subject"]:
            raise UsageError("an issue needs a subject", place=issue.place("subject"), remedy="Write one.")

        def edit(text: str) -> str:
            text = edit_front_matter(text, front, file=issue.file) if front else text
            return with_body(text, self.fields["introduction"].now) if "introduction" in self.fields else text

        if front.get("template"):
            project.template(front["template"])
        edit_issue(project, issue, edit)


def field_of(article: Article, field: str) -> str:
    """Return a field of a record as the page edits it: as text."""
    if field == "tags":
        return ", ".join(article.tags)
    if field == "published":
        return article.published.isoformat() if article.published else ""
    if field in WORDS:
        return str(getattr(article.image or Image(src=""), WORDS[field]))
    return str(getattr(article, field))


def head_of(issue: Issue, field: str) -> str:
    """Return a field of an issue's head as the page edits it: as text."""
    own = field.startswith("parameters.")
    value = issue.parameters.get(field.partition(".")[2]) if own else getattr(issue, field)
    return "" if value is None else str(value)


def _require_same(place: Place, field: str, *, disk: str, change: Change) -> None:
    if _normal(disk) not in {_normal(change.was), _normal(change.now)}:
        raise ClashError(
            f"{field} was changed on the disk while you edited it; nothing was written",
            place=place,
            remedy="Choose one of the two versions.",
            disk=disk,
            mine=change.now,
        )


def _normal(text: str) -> str:
    """Forget line ends, which a browser's fields change, and white space around the text."""
    return text.replace("\r\n", "\n").strip()


def _values(now: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(now)
    if "tags" in values:
        values["tags"] = tuple(dict.fromkeys(tag.strip() for tag in now["tags"].split(",") if tag.strip()))
    if "published" in values:
        values["published"] = typed_date(now["published"])
    return values


def _head_value(field: str, text: str) -> Any:
    if field == "date":
        return typed_date(text)
    if field == "number" and text:
        if not text.isdecimal() or not text.isascii():
            raise UsageError(f"{text[:40]!r} is no number", remedy="Write digits only.")
        return int(text)
    return " ".join(text.split()) or None


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
