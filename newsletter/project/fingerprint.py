"""A print of everything an issue is compiled from, made without compiling it."""

import hashlib
import os
from pathlib import Path

from newsletter.models import Issue
from newsletter.project.folder import Project
from newsletter.project.templates import SHARED


def fingerprint(project: Project, issue: Issue) -> str:
    """Return a SHA-256 that changes with the issue's files, its template's, and who the newsletter is.

    It is of the files' content: a copy or another check-out of the same files has the same one. Empty when a file
    cannot be read.
    """
    template = issue.template or project.settings.newsletter.template
    digest = hashlib.sha256(repr((template, project.settings.identity())).encode())
    for folder in (f"issues/{issue.slug}", f"templates/{template}", f"templates/{SHARED}"):
        try:
            for path in _files(project.root / folder):
                data = path.read_bytes()
                digest.update(f"{path.relative_to(project.root)}\n{len(data)}\n".encode("utf-8", "surrogateescape"))
                digest.update(data)
        except OSError:
            return ""
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    """List the files below a folder by name, but for those of editors and systems, which begin with a dot."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    return sorted(found)
