"""What commands change in an issue: each change happens as a whole, files and issue.md together, or not at all."""

from collections.abc import Callable, Sequence

from newsletter.content.article import parse_article
from newsletter.content.frontlists import add_key, replace_value
from newsletter.content.frontmatter import edit_front_matter
from newsletter.content.issue import parse_issue
from newsletter.content.sections import (
    add_section,
    find_section,
    line_of,
    move_article,
    move_section,
    remove_section,
    rename_section,
    set_layout,
)
from newsletter.content.slug import check_slug
from newsletter.errors import ConflictError, ContentError, UsageError
from newsletter.models import Article, Issue, Place, Section
from newsletter.project.articles import INBOX, issue_records
from newsletter.project.files import inside, read_text, replace_text, shown
from newsletter.project.folder import Project
from newsletter.project.lookup import entry_named
from newsletter.project.moves import carry_out
from newsletter.project.removal import plan_removal


def move_articles(
    project: Project, slug: str, names: Sequence[str], *, section: str = "", position: int | None = None
) -> list[str]:
    """Move articles inside an issue, to a section or, without one, inside their own; return their slugs.

    `position` counts from 1; without it they go to the end. Raises UsageError and ContentError.
    """
    _check_position(position)
    issue = project.issue(slug)
    slugs = [entry_named(project.root, issue, name) for name in dict.fromkeys(names)]

    def edit(text: str) -> str:
        at = position
        for article in slugs:
            here = next((part.title for part in issue.sections if article in part.articles), "")
            text = move_article(text, article, section=section or here, position=at, file=issue.file)
            at = None if at is None else at + 1
        return text

    if not section and any(line_of(issue, article) is None for article in slugs):
        raise UsageError("an article that no section names has no place to move from", remedy="Give --section.")
    edit_issue(project, issue, edit)
    return slugs


def remove_articles(project: Project, slug: str, names: Sequence[str]) -> list[tuple[str, bool]]:
    """Send articles back to the inbox, with their pictures; return each slug and whether there was a file to move."""
    issue = project.issue(slug)
    slugs = [entry_named(project.root, issue, name) for name in dict.fromkeys(names)]
    here = {record.slug for record in issue_records(project.root, slug)}
    text = read_text(project.root, project.root / issue.file)
    carry_out(project.root, plan_removal(project.root, issue, slugs, text))
    return [(article, article in here) for article in slugs]


def create_section(project: Project, slug: str, section: Section, *, position: int | None = None) -> Issue:
    """Add a section to an issue; raises ConflictError for a title it has, ContentError for an unknown layout."""
    _check_position(position)
    issue = project.issue(slug)
    project.check_layout(issue, section.layout)
    return edit_issue(project, issue, lambda text: add_section(text, section, position=position, file=issue.file))


def retitle_section(project: Project, slug: str, section: str, title: str) -> Issue:
    """Rename a section of an issue."""
    issue = project.issue(slug)
    return edit_issue(project, issue, lambda text: rename_section(text, section, title, file=issue.file))


def reorder_section(project: Project, slug: str, section: str, position: int) -> Issue:
    """Move a section with its articles to a position counted from 1."""
    _check_position(position)
    issue = project.issue(slug)
    return edit_issue(project, issue, lambda text: move_section(text, section, position, file=issue.file))


def delete_section(project: Project, slug: str, section: str, *, to_inbox: bool = False) -> list[str]:
    """Delete a section; return the articles that went back to the inbox, which `to_inbox` allows."""
    issue = project.issue(slug)
    found = issue.sections[find_section(issue, section)]
    text = read_text(project.root, project.root / issue.file)
    articles = found.articles if to_inbox else ()
    plan = plan_removal(project.root, issue, articles, text)
    plan.text = remove_section(plan.text, found.title, file=issue.file)
    carry_out(project.root, plan)
    return list(articles)


def set_article_layout(project: Project, slug: str, name: str, layout: str) -> str:
    """Give an article of an issue a layout of its own, or with "" its section's; return its slug."""
    issue = project.issue(slug)
    article = entry_named(project.root, issue, name)
    if layout:
        project.check_layout(issue, layout)
    edit_issue(project, issue, lambda text: set_layout(text, article, layout, file=issue.file))
    return article


def override_article(project: Project, slug: str, name: str, *, title: str = "", summary: str = "") -> Article:
    """Change title or summary of an issue's copy of an article; `extra.was` keeps what they were at first."""
    issue = project.issue(slug)
    article = entry_named(project.root, issue, name)
    path = next((record.path for record in issue_records(project.root, slug) if record.slug == article), None)
    if path is None:
        raise ContentError(
            f"the article {article} is not in issues/{slug}/articles",
            place=Place(file=issue.file, line=line_of(issue, article)),
            remedy=f"Put its file back, or `newsletter issue remove {slug} {article}`.",
        )
    file, text = shown(project.root, path), read_text(project.root, path)
    before = parse_article(text, slug=article, file=file)
    wanted = {"title": title.strip(), "summary": summary.strip()}
    changes = {key: value for key, value in wanted.items() if value and value != getattr(before, key)}
    if not changes:
        return before
    known = before.extra.get("was")
    was = {**{key: getattr(before, key) for key in changes}, **(known if isinstance(known, dict) else {})}
    text = edit_front_matter(text, changes, file=file)
    if "was" in before.extra:
        text = replace_value(text, ("extra", "was"), was, file=file)
    elif before.extra:
        text = add_key(text, ("extra",), "was", was, file=file)
    else:
        text = edit_front_matter(text, {"extra": {"was": was}}, file=file)
    after = parse_article(text, slug=article, file=file)
    replace_text(project.root, path, text)
    return after


def rename_issue(project: Project, slug: str, new: str) -> Issue:
    """Rename an issue's folder and nothing else; raises ConflictError when the name is taken."""
    project.issue(slug)
    check_slug(new, "the issue's name")
    old, folder = project.root / "issues" / slug, project.root / "issues" / new
    if new == INBOX or folder.exists():
        raise ConflictError(
            f"there is {'an inbox' if new == INBOX else 'an issue'} of the name {new} already",
            place=Place(file=shown(project.root, folder)),
            remedy="Choose another name.",
        )
    inside(project.root, folder)
    try:
        old.rename(folder)
    except OSError as exc:
        raise ContentError(
            f"the folder cannot be renamed: {(exc.strerror or str(exc)).lower()}",
            place=Place(file=shown(project.root, old)),
            remedy="Check the rights of the folder issues.",
        ) from exc
    return project.issue(new)


def edit_issue(project: Project, issue: Issue, edit: Callable[[str], str]) -> Issue:
    """Change the text of an issue.md and write it, when it still can be read."""
    path = project.root / issue.file
    text = edit(read_text(project.root, path))
    changed = parse_issue(text, slug=issue.slug, file=issue.file)
    replace_text(project.root, path, text)
    return changed


def _check_position(position: int | None) -> None:
    if position is not None and position < 1:
        raise UsageError(f"there is no position {position}", remedy="Positions count from 1.")
