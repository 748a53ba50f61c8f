"""Articles on their way back from an issue to the inbox, with their pictures."""

from collections.abc import Sequence
from pathlib import Path

from newsletter.content.sections import remove_article
from newsletter.errors import ConflictError, ContentError
from newsletter.models import Issue, Place
from newsletter.project.articles import INBOX, issue_records, read_record
from newsletter.project.files import inside, read_text, shown
from newsletter.project.moves import Move, pictures_of


def plan_removal(root: Path, issue: Issue, slugs: Sequence[str], text: str) -> Move:
    """Look at everything that could fail; `text` is the issue's, changed already or not.

    An article whose file is deleted loses its entry only. A picture goes along, or is copied when another article of
    the issue, or its introduction, shows it too. Raises ConflictError when the inbox has another file of the name.
    """
    folder, inbox = root / "issues" / issue.slug, root / "issues" / INBOX
    plan = Move(issue_file=folder / "issue.md", text=text)
    records = {record.slug: record for record in issue_records(root, issue.slug)}
    named = {slug for section in issue.sections for slug in section.articles}
    staying = [read_text(root, record.path) for slug, record in records.items() if slug not in slugs]
    staying.append(issue.introduction)
    for slug in slugs:
        if slug in named:
            plan.text = remove_article(plan.text, slug, file=issue.file)
        if slug not in records:
            continue
        path = records[slug].path
        target = inbox / path.name
        if target.exists():
            raise ConflictError(
                "the inbox has a file of that name already",
                place=Place(file=shown(root, target)),
                remedy=f"Rename or delete one of the two; the other is {shown(root, path)}.",
            )
        inside(root, target)
        plan.renames.append((path, target))
        try:
            wanted = pictures_of(read_record(root, records[slug]))
        except ContentError:
            wanted = set()  # a broken record can still go back, to be mended there
        for src in sorted(wanted):
            _plan_picture(root, (folder / src, inbox / src), plan, shared=any(src in text for text in staying))
    return plan


def _plan_picture(root: Path, pair: tuple[Path, Path], plan: Move, *, shared: bool) -> None:
    source, target = pair
    if not source.is_file() or pair in plan.renames or pair in plan.copies:
        return
    inside(root, source)
    if target.exists():
        if source.read_bytes() != target.read_bytes():
            raise ConflictError(
                "the inbox has another picture of that name",
                place=Place(file=shown(root, target)),
                remedy=f"Rename {shown(root, source)} and mend the article.",
            )
        if not shared:
            plan.leftovers.append(source)
    elif shared:
        plan.copies.append(pair)
    else:
        plan.renames.append(pair)
