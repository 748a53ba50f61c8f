"""A project folder: what is in it, and the changes that commands make in it."""

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsletter.config import FILE_NAME, Settings, load_settings
from newsletter.content.article import edit_article, format_article, parse_article
from newsletter.content.fields import is_image_path
from newsletter.content.issue import format_issue, parse_issue
from newsletter.content.sections import line_of
from newsletter.content.slug import MAX_LENGTH, check_slug, slugify
from newsletter.errors import ConflictError, ContentError, UsageError
from newsletter.models import Article, AssembledIssue, Issue, Place, Template
from newsletter.project.articles import (
    INBOX,
    Record,
    all_records,
    find_record,
    inbox_records,
    issue_records,
    read_record,
)
from newsletter.project.assembly import assemble
from newsletter.project.catalogue import Catalogue, CatalogueReader
from newsletter.project.creation import create_folder, newest, shaped_like, with_defaults
from newsletter.project.files import create_file, delete_file, read_text, replace_text, shown
from newsletter.project.issue_entries import read_issue_file
from newsletter.project.known import CatalogueCache, MemoryCache, Progress
from newsletter.project.lookup import record_for
from newsletter.project.moves import carry_out, plan_move
from newsletter.project.templates import check_tables, read_template


class Project:
    """A folder with a newsletter.toml. Every method reads the disk anew: what an editor saved counts at once."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root.resolve()
        self.settings = settings
        self._catalogue = CatalogueReader(self.root, MemoryCache())

    @classmethod
    def open(cls, start: Path | None, environ: Mapping[str, str]) -> "Project":
        """Open the project at `start` (the current folder when None) or in the nearest folder above it.

        Raises UsageError when there is none, ConfigError when its settings are wrong.
        """
        begin = (start or Path.cwd()).absolute()
        for folder in (begin, *begin.parents):
            if (folder / FILE_NAME).is_file():
                return cls(folder, load_settings(folder / FILE_NAME, environ))
        raise UsageError(
            f"there is no newsletter project in {begin} or above it",
            remedy="Make one with `newsletter init DIR`, or name its folder with `newsletter --project DIR …`.",
        )

    @property
    def state_dir(self) -> Path:
        """The folder of what is no content (database, keys, locks); made when first asked for, for its owner only."""
        folder = self.root / ".newsletter"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def use_cache(self, cache: CatalogueCache, progress: Progress | None = None) -> None:
        """Keep what is learnt of records and issues in `cache`; without it, as long as this object lives."""
        self._catalogue = CatalogueReader(self.root, cache, progress)

    def catalogue(self) -> Catalogue:
        """Return every record in short; only files that changed since the last time are read."""
        return self._catalogue.read(self.issue_names())

    # --- articles -----------------------------------------------------------------------------------------------

    def inbox(self) -> list[Article]:
        """Read the records that no issue has used yet, by name; raises ContentError for the first broken one."""
        found, errors = self.read_inbox()
        if errors:
            raise errors[0]
        return found

    def read_inbox(self) -> tuple[list[Article], list[ContentError]]:
        """Read the inbox; a broken record is among the errors instead of hiding the others."""
        found: list[Article] = []
        errors: list[ContentError] = []
        for record in inbox_records(self.root):
            try:
                found.append(read_record(self.root, record))
            except ContentError as exc:
                errors.append(exc)
        return found, errors

    def find_article(self, name: str) -> Article:
        """Read a record by its slug, or by the beginning of it where only one fits; the inbox or any issue.

        Raises UsageError naming what fits or comes near.
        """
        return read_record(self.root, self.find_record(name))

    def find_record(self, name: str) -> Record:
        """Find a record's file like `find_article`; `inbox/NAME` and `ISSUE/NAME` tell two files of one name apart."""
        return find_record(all_records(self.root, self.issue_names()), name, self.root)

    def add_article(self, article: Article) -> Article:
        """Put a record into the inbox, under its slug or the nearest free one, and return it as it stands there.

        Raises ConflictError when the project has a record of that address, or of that title and body; ContentError when
        the record is not valid.
        """
        parse_article(format_article(article), slug=article.slug or slugify(article.title), file="the record")
        twin = next((match.entry for match in self.catalogue().similar(replace(article, file="")) if match.exact), None)
        if twin is not None:
            raise ConflictError(
                f"this article is there already, as {twin.slug}",
                place=Place(file=twin.file),
                remedy=f"Edit {twin.file}, or delete it first.",
            )
        taken = {record.slug for record in all_records(self.root, self.issue_names())}
        slug = _free_slug(article.slug or slugify(article.title), taken)
        path = self.root / "issues" / INBOX / f"{slug}.md"
        create_file(self.root, path, format_article(article).encode("utf-8"))
        return read_record(self.root, Record(slug=slug, issue="", folder=path.parent))

    def update_article(self, slug: str, changes: Mapping[str, Any]) -> Article:
        """Set fields of a record of the inbox or an issue; the keys are those of its front matter, and `body`.

        None removes a field. Comments, order and every other line of the file stay; a change that says nothing new
        writes nothing. Raises UsageError when there is no such record, ContentError when the result would be no
        readable record: then nothing is changed.
        """
        record = self.find_record(slug)
        before = read_text(self.root, record.path)
        text = edit_article(before, changes, slug=record.slug, file=shown(self.root, record.path))
        if text != before:
            replace_text(self.root, record.path, text)
        return read_record(self.root, record)

    def remove_article(self, name: str) -> str:
        """Delete a record's file and return its name; the pictures stay.

        Raises UsageError when there is no such record, ConflictError when its issue names it.
        """
        record = self.find_record(name)
        file = shown(self.root, record.path)
        if record.issue:
            issue = self.issue(record.issue)
            line = line_of(issue, record.slug)
            if line is not None:
                raise ConflictError(
                    f"the issue {record.issue} names the article {record.slug}",
                    place=Place(file=issue.file, line=line),
                    remedy="Take that line out of the issue first; nothing was deleted.",
                )
        delete_file(self.root, record.path)
        return file

    # --- issues -------------------------------------------------------------------------------------------------

    def issue_names(self) -> list[str]:
        """List the slugs of all issues: the folders with an issue.md."""
        folder = self.root / "issues"
        if not folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in folder.iterdir()
            if not entry.name.startswith(".") and entry.name != INBOX and (entry / "issue.md").exists()
        )

    def issues(self) -> list[Issue]:
        """Read all issues, by number and name; raises ContentError for the first broken one."""
        found, errors = self.read_issues()
        if errors:
            raise errors[0]
        return sorted(found, key=lambda issue: (issue.number is None, issue.number or 0, issue.slug))

    def read_issues(self) -> tuple[list[Issue], list[ContentError]]:
        """Read all issues by name, only what changed anew; a broken one is among the errors and hides no other."""
        return self._catalogue.read_issues(self.issue_names())

    def issue(self, slug: str) -> Issue:
        """Read an issue; raises UsageError naming the known ones, or ContentError."""
        self.issue_file(slug)
        return read_issue_file(self.root, slug)

    def issue_file(self, slug: str) -> Path:
        """Return the path of an issue's issue.md, readable or not; raises UsageError naming the known issues."""
        known = self.issue_names()
        if slug not in known:
            near = difflib.get_close_matches(slug, known, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}? " if near else ""
            listed = f"Known: {', '.join(known)}." if known else "Make one with `newsletter issue new NAME`."
            raise UsageError(f"there is no issue {slug[:80]!r}", remedy=hint + listed)
        return self.root / "issues" / slug / "issue.md"

    def create_issue(self, issue: Issue, *, now: dt.datetime, like: str = "") -> Issue:
        """Make an issue's folder; an empty name, number, date, template, subject or section list gets its usual value.

        The number is the next one, the name `issue-NUMBER`, the date the next free day of the schedule's weekday in the
        newsletter's time zone counted from `now` (an aware time), the template the newsletter's, the sections the
        template's. `like` names an issue whose template and sections, without articles and notes, are taken instead;
        `last` the one of the highest number. Raises ConflictError when the name or number is taken.
        """
        known = self.issues()
        if like:
            issue = shaped_like(issue, self.issue(like) if like != "last" else newest(known))
        issue = with_defaults(issue, known, self.settings, now)
        slug = check_slug(issue.slug, "the issue's name")
        folder = self.root / "issues" / slug
        if slug == INBOX or folder.exists():
            raise ConflictError(
                f"there is {'an inbox' if slug == INBOX else 'an issue'} of the name {slug} already",
                place=Place(file=shown(self.root, folder)),
                remedy="Choose another name.",
            )
        twin = next((other for other in known if other.number == issue.number), None)
        if twin is not None:
            raise ConflictError(
                f"the number {issue.number} is taken by the issue {twin.slug}",
                place=twin.place("number"),
                remedy="Choose another number, or leave it out for the next one.",
            )
        template = read_template(self.root, issue.template)
        issue = replace(issue, sections=issue.sections or template.sections)
        text = format_issue(issue)
        parse_issue(text, slug=slug, file="the new issue")
        create_folder(self.root, folder, {"issue.md": text.encode("utf-8")}, empty=("articles", "images"))
        return self.issue(slug)

    def add_to_issue(  # noqa: PLR0913 - each names one choice of the editor
        self,
        slug: str,
        names: Sequence[str],
        *,
        section: str,
        layout: str = "",
        position: int | None = None,
        copy: bool = False,
    ) -> list[Article]:
        """Move articles from the inbox into an issue and name them in the section of that title.

        A section that is not there is made, with `layout` or `story`; `position` counts from 1. Comments and order of
        issue.md stay. Either all of it happens or nothing. With `copy` an article that another issue holds is copied.
        Returns the articles as they now stand in the issue.
        """
        issue = self.issue(slug)
        if layout:
            self.check_layout(issue, layout)
        known = self.issue_names()
        records = list(dict.fromkeys(record_for(self.root, issue, known, name) for name in names))
        plan = plan_move(self.root, issue, records, section=section, layout=layout, position=position, copy=copy)
        carry_out(self.root, plan)
        here = {record.slug: record for record in issue_records(self.root, slug)}
        return [read_record(self.root, here[record.slug]) for record in records]

    def check_layout(self, issue: Issue, layout: str) -> None:
        """Refuse a layout that the issue's template does not have; raises UsageError naming those it has."""
        template = self.template(issue.template or self.settings.newsletter.template)
        if template.layouts and layout not in template.layouts:
            raise UsageError(
                f"the template {template.name!r} has no layout {layout[:60]!r}",
                remedy=f"Known: {', '.join(template.layouts)}.",
            )

    def assemble(self, slug: str) -> AssembledIssue:
        """Read an issue with every article its sections name.

        Raises ContentError at the line of an entry that is missing or named twice, and for an issue without articles.
        """
        return assemble(self.root, self.issue(slug), self.issue_names())

    def image_file(self, slug: str, src: str) -> Path:
        """Find a picture of an issue; `src` is its path inside the issue's folder, `images/…`.

        Raises ContentError when it is not there or would lie outside the folder.
        """
        folder = self.root / "issues" / check_slug(slug, "the issue's name")
        path = folder / src
        place = Place(file=shown(self.root, path) if is_image_path(src) else src)
        if not is_image_path(src) or not path.resolve().is_relative_to(folder.resolve()):
            raise ContentError(
                f"{src[:120]!r} is no picture of the issue", place=place, remedy="Write it like images/name.jpg."
            )
        if not path.is_file():
            others = [entry.name for entry in sorted((folder / "images").glob("*")) if entry.is_file()]
            near = difflib.get_close_matches(path.name, others, n=1, cutoff=0.5)
            raise ContentError(
                "there is no such picture",
                place=place,
                remedy=f"Did you mean images/{near[0]}?" if near else f"Put it into issues/{slug}/images.",
            )
        return path.resolve()

    def dependencies(self, slug: str) -> set[Path]:
        """Return the files and folders whose change can change the issue; works for a broken issue too."""
        return {self.root / FILE_NAME, self.root / "issues" / slug, self.root / "templates"}

    def template(self, name: str) -> Template:
        """Read a template with the project's own values of its parameters.

        Raises TemplateError naming the known ones, ConfigError for a value that newsletter.toml gives.
        """
        check_tables(self.root, self.settings.templates)
        return read_template(self.root, name, self.settings.templates.get(name))


def _free_slug(slug: str, taken: set[str]) -> str:
    check_slug(slug, "the article's name")
    free, number = slug, 1
    while free in taken:
        number += 1
        tail = f"-{number}"
        free = slug[: MAX_LENGTH - len(tail)].rstrip("-") + tail
    return free
