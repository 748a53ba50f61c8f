"""Articles on their way from the inbox into an issue: planned first, then carried out whole or undone."""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.content.issue import insert_article, parse_issue
from newsletter.content.sections import line_of
from newsletter.errors import ConflictError, ContentError, UsageError
from newsletter.models import Article, Issue, Place
from newsletter.project.articles import INBOX, Record, read_record
from newsletter.project.files import create_file, inside, read_text, replace_text, shown

_IMAGE = re.compile(r"images(?:/\w[\w.+-]*)+")


@dataclass(slots=True, kw_only=True)
class Move:
    """What will happen: files that change their folder, pictures that come along, and the new issue.md.

    `leftovers` are pictures that nothing needs afterwards: the same ones are at the goal.
    """

    issue_file: Path
    text: str
    renames: list[tuple[Path, Path]] = field(default_factory=list)
    copies: list[tuple[Path, Path]] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)


def plan_move(  # noqa: PLR0913 - each names one choice of the editor
    root: Path,
    issue: Issue,
    records: Sequence[Record],
    *,
    section: str,
    layout: str,
    position: int | None,
    copy: bool = False,
) -> Move:
    """Look at everything that could fail before anything is touched.

    Raises UsageError for an article of another issue, ConflictError for one that the issue names already, ContentError
    for records and pictures that cannot be used.
    """
    if position is not None and position < 1:
        raise UsageError(f"there is no position {position}", remedy="Positions count from 1.")
    folder = root / "issues" / issue.slug
    issue_file = folder / "issue.md"
    plan = Move(issue_file=issue_file, text=read_text(root, issue_file))
    named = {name: index for index, part in enumerate(issue.sections) for name in part.articles}
    for record in records:
        elsewhere = record.issue not in {"", issue.slug}
        if elsewhere and not copy:
            raise UsageError(
                f"the article {record.slug} is in the issue {record.issue}",
                remedy="Give --copy to take a copy of it, or remove it from that issue first.",
            )
        if record.issue and record.slug in named:
            title = issue.sections[named[record.slug]].title
            raise ConflictError(
                f"the article {record.slug} is in the section {title!r} already",
                place=Place(file=issue.file, line=line_of(issue, record.slug)),
                remedy=f"Move it with `newsletter issue move {issue.slug} {record.slug} --section TITLE`.",
            )
        article = read_record(root, record)
        if record.issue != issue.slug:
            pair = (record.path, _free(root, record, folder / "articles" / record.path.name))
            (plan.copies if elsewhere else plan.renames).append(pair)
            home = root / "issues" / (record.issue or INBOX)
            plan.copies += [pair for pair in _pictures(root, article, home, folder) if pair not in plan.copies]
        if record.slug not in named:
            plan.text = insert_article(
                plan.text, record.slug, section=section, layout=layout, position=position, file=issue.file
            )
            position = None if position is None else position + 1
    parse_issue(plan.text, slug=issue.slug, file=issue.file)
    return plan


def carry_out(root: Path, plan: Move) -> None:
    """Do it: pictures, records, then issue.md; whatever fails, Ctrl-C included, everything is as before.

    Killed in between, records are in the issue's folder but not named: the same command names them.
    """
    done: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for source, target in plan.copies:
            create_file(root, target, source.read_bytes())
            made.append(target)
        for source, target in plan.renames:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            done.append((source, target))
        replace_text(root, plan.issue_file, plan.text)
    except BaseException as exc:
        for source, target in reversed(done):
            with contextlib.suppress(OSError):
                target.rename(source)
        for target in made:
            with contextlib.suppress(OSError):
                target.unlink()
        if isinstance(exc, OSError):
            raise ContentError(
                f"the articles cannot be moved: {(exc.strerror or str(exc)).lower()}; nothing was changed",
                place=Place(file=shown(root, plan.issue_file.parent)),
                remedy="Check the rights of the folder issues/inbox and of the issue's folder.",
            ) from exc
        raise
    for path in plan.leftovers:
        with contextlib.suppress(OSError):
            path.unlink()


def _free(root: Path, record: Record, target: Path) -> Path:
    if target.exists():
        raise ConflictError(
            "there is a file of that name already",
            place=Place(file=shown(root, target)),
            remedy=f"Rename {shown(root, record.path)}.",
        )
    inside(root, target)
    return target


def pictures_of(article: Article) -> set[str]:
    """Return the pictures inside the folder that an article uses: `images/…`."""
    wanted = {article.image.src} if article.image else set()
    wanted |= set(_IMAGE.findall(article.body))
    return {src for src in wanted if _IMAGE.fullmatch(src)}


def _pictures(root: Path, article: Article, home: Path, folder: Path) -> list[tuple[Path, Path]]:
    """List the pictures beside the article's old place, `home`, that it uses and the issue does not have yet."""
    pairs = []
    for src in sorted(pictures_of(article)):
        source, target = home / src, folder / src
        if not source.is_file():
            continue
        inside(root, source)
        if not target.exists():
            pairs.append((source, target))
        elif source.read_bytes() != target.read_bytes():
            raise ConflictError(
                f"the issue has another picture of the name {src}",
                place=article.place("image"),
                remedy=f"Rename {shown(root, source)} and mend the article.",
            )
    return pairs
