"""The project as the studio works on it: one change at a time, each remembered so that it can be taken back."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from newsletter.config import FILE_NAME, load_settings
from newsletter.content.slug import check_slug
from newsletter.errors import ConflictError, ContentError, UsageError
from newsletter.models import Place
from newsletter.project import Project
from newsletter.project.articles import INBOX, Record, read_record
from newsletter.project.files import shown
from newsletter.project.moves import pictures_of
from newsletter.store.catalogue import CatalogueFile
from newsletter.studio.journal import Journal, contents

T = TypeVar("T")


class Workshop:
    """A project, its journal, and the lock that lets one change happen after the other."""

    def __init__(self, project: Project, environ: Mapping[str, str]) -> None:
        self.root = project.root
        self._environ = environ
        self._lock = threading.RLock()
        self._settings_stamp = self._stamp()
        self._project = project
        self.journal = Journal(project.root)
        project.use_cache(CatalogueFile(self.root / ".newsletter" / "catalogue.db"))

    @contextmanager
    def project(self) -> Iterator[Project]:
        """Give the project with the settings of now, to one user at a time; raises ConfigError."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._settings_stamp:
                self._project.settings = load_settings(self.root / FILE_NAME, self._environ)
                self._settings_stamp = stamp
            yield self._project

    def change(self, label: str, paths: Iterable[Path], make: Callable[[Project], T]) -> T:
        """Make a change and remember what it did to `paths`: every file that it can touch."""
        with self.project() as project:
            reach = list(dict.fromkeys(paths))
            before = contents(self.root, reach)
            try:
                return make(project)
            finally:
                self.journal.record(label, before, contents(self.root, reach))

    def undo(self) -> str:
        """Take the last change back; return what it was."""
        with self._lock:
            return self.journal.undo()

    def redo(self) -> str:
        """Make it again."""
        with self._lock:
            return self.journal.redo()

    def issue_path(self, slug: str) -> Path:
        """Return the path of an issue.md, there or not; raises ContentError for what is no name."""
        return self.root / "issues" / check_slug(slug, "the issue's name") / "issue.md"

    def record(self, file: str) -> Record:
        """Return the record of a file named as messages name it; raises UsageError when it is none that is there."""
        parts = file.split("/")
        inbox = parts[:2] == ["issues", INBOX] and len(parts) == 3
        issue = parts[:1] == ["issues"] and len(parts) == 4 and parts[2] == "articles"
        if not (inbox or issue) or not parts[-1].endswith(".md"):
            raise UsageError(f"{file[:120]!r} is no article", remedy="Reload the page.")
        slug = check_slug(parts[-1].removesuffix(".md"), "the article's name")
        if issue:
            check_slug(parts[1], "the issue's name")
        record = Record(slug=slug, issue=parts[1] if issue else "", folder=self.root.joinpath(*parts[:-1]))
        if not record.path.is_file():
            raise ConflictError(
                "the file is not there any more", place=Place(file=file), remedy="Somebody moved or deleted it: look."
            )
        return record

    def reach(self, slug: str, articles: Iterable[str]) -> list[Path]:
        """List the files that moving articles between the inbox and an issue can touch, their pictures included."""
        issue = self.issue_path(slug)
        found = [issue]
        for name in articles:
            check_slug(name, "the article's name")
            for folder, issue_of in ((self.root / "issues" / INBOX, ""), (issue.parent / "articles", slug)):
                record = Record(slug=name, issue=issue_of, folder=folder)
                found += [record.path, *self._pictures(record, issue.parent)]
        return found

    def _pictures(self, record: Record, issue: Path) -> list[Path]:
        if not record.path.is_file():
            return []
        try:
            names = pictures_of(read_record(self.root, record))
        except ContentError:
            return []
        return [home / src for src in sorted(names) for home in (self.root / "issues" / INBOX, issue)]

    def require_unchanged(self, path: Path, base: str) -> None:
        """Refuse a change that was decided on while looking at another version of the file; raises ConflictError."""
        if print_of(path) != base:
            raise ConflictError(
                "this file was changed on the disk a moment ago; nothing was done",
                place=Place(file=shown(self.root, path)),
                remedy="The page shows it as it is now: look, and do it again.",
            )

    def _stamp(self) -> tuple[int, int]:
        try:
            state = (self.root / FILE_NAME).stat()
        except OSError:
            return (0, 0)
        return (state.st_mtime_ns, state.st_size)


def print_of(path: Path) -> str:
    """Return a short print of a file's bytes; empty when it is not there."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:20]
    except OSError:
        return ""
