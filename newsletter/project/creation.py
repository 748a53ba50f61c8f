"""A new issue: what it gets when the editor says nothing, and its folder."""

import datetime as dt
import shutil
import tempfile
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from newsletter.config import Settings
from newsletter.errors import ContentError, UsageError
from newsletter.models import Issue, Place, Section
from newsletter.project.files import create_file, inside, shown

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def with_defaults(issue: Issue, known: Sequence[Issue], settings: Settings, now: dt.datetime) -> Issue:
    """Fill in the next number, the next free date of the schedule, the newsletter's template and a plain subject."""
    number = issue.number
    if number is None:
        number = max((other.number or 0 for other in known), default=0) + 1
    return replace(
        issue,
        slug=issue.slug or f"issue-{number}",
        number=number,
        date=issue.date or _next_date(known, settings, now),
        template=issue.template or settings.newsletter.template,
        subject=issue.subject or f"{settings.newsletter.name}, issue {number}",
    )


def newest(known: Sequence[Issue]) -> Issue:
    """Return the issue of the highest number, or the latest date; raises UsageError when there is none."""
    if not known:
        raise UsageError("there is no issue yet to take the sections from", remedy="Leave --from out.")
    return max(known, key=lambda issue: (issue.number or 0, issue.date or dt.date.min, issue.slug))


def shaped_like(issue: Issue, model: Issue) -> Issue:
    """Give an issue the template and the sections of another one, without its articles and notes."""
    sections = tuple(Section(title=section.title, layout=section.layout) for section in model.sections)
    return replace(issue, template=issue.template or model.template, sections=sections)


def create_folder(root: Path, folder: Path, files: Mapping[str, bytes], *, empty: Sequence[str] = ()) -> None:
    """Make a folder under another name first: it appears with all its files, and `empty` folders, or not at all."""
    inside(root, folder)
    temporary: Path | None = None
    try:
        folder.parent.mkdir(exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
        for name in empty:
            (temporary / name).mkdir()
        for name, data in files.items():
            create_file(root, temporary / name, data)
        temporary.chmod(folder.parent.stat().st_mode & 0o777)
        temporary.rename(folder)
    except OSError as exc:
        raise ContentError(
            f"the folder cannot be made: {(exc.strerror or str(exc)).lower()}",
            place=Place(file=shown(root, folder)),
            remedy="Check the rights of the folder above it.",
        ) from exc
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _next_date(known: Sequence[Issue], settings: Settings, now: dt.datetime) -> dt.date:
    today = now.astimezone(zoneinfo.ZoneInfo(settings.newsletter.time_zone)).date()
    ahead = (WEEKDAYS.index(settings.schedule.weekday) - today.weekday()) % 7
    date = today + dt.timedelta(days=ahead)
    taken = {issue.date for issue in known}
    while date in taken:
        date += dt.timedelta(days=7)
    return date
