"""Edits of an issue's sections and their entries, on the text of `issue.md`: comments, order and other lines stay."""

import difflib
from typing import Any

from newsletter.content import yamltree
from newsletter.content.frontlists import add_key, delete_item, new_entry, put_item, replace_value, take_item
from newsletter.content.frontmatter import Path, is_null, parse_front_matter
from newsletter.content.issue import DEFAULT_LAYOUT, parse_issue
from newsletter.content.text import one_line
from newsletter.errors import ConflictError, ContentError, UsageError
from newsletter.models import Issue, Place, Section


def find_section(issue: Issue, name: str) -> int:
    """Find a section by its title, capitals aside, or by the beginning of it where only one fits; return its index.

    Raises UsageError naming what fits or what there is.
    """
    wanted = one_line(name).casefold()
    titles = [section.title.casefold() for section in issue.sections]
    fitting = [index for index, title in enumerate(titles) if title == wanted]
    fitting = fitting or [index for index, title in enumerate(titles) if wanted and title.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    place = issue.place("sections")
    if fitting:
        listed = ", ".join(f"{issue.sections[index].title!r} (line {issue.sections[index].line})" for index in fitting)
        raise UsageError(f"{name!r} fits {len(fitting)} sections: {listed}", place=place, remedy="Type more of it.")
    known = [section.title for section in issue.sections]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UsageError(
        f"there is no section {name[:80]!r}",
        place=place,
        remedy=hint + (f"Known: {', '.join(map(repr, known))}." if known else "The issue has no section yet."),
    )


def move_article(text: str, article: str, *, section: str, position: int | None, file: str) -> str:
    """Move an article's entry before the entry `position` (from 1) of a section, or to its end.

    The position counts the entries of the section as they are without the article. Its layout and comments come along.
    """
    target = find_section(parse_issue(text, slug="issue", file=file), section)
    path, index = _entry(text, article, file)
    text, entry = take_item(text, path, index, file=file)
    issue = parse_issue(text, slug="issue", file=file)
    count = len(issue.sections[target].articles)
    place = count if position is None else min(position - 1, count)
    goal: Path = ("sections", target, "articles")
    return put_item(text, goal, _raw_index(text, goal, place, file), entry, file=file)


def remove_article(text: str, article: str, *, file: str) -> str:
    """Delete an article's entry; comments on lines of their own stay."""
    path, index = _entry(text, article, file)
    return delete_item(text, path, index, file=file)


def set_layout(text: str, article: str, layout: str, *, file: str) -> str:
    """Give an article a layout of its own, or with an empty one that of its section."""
    path, index = _entry(text, article, file)
    here: Path = (*path, index)
    node = _node(text, here, file)
    if isinstance(node, yamltree.Mapping) and layout and "layout" in node.values:
        return replace_value(text, (*here, "layout"), layout, file=file)
    if isinstance(node, yamltree.Mapping) and layout:
        return add_key(text, here, "layout", layout, file=file)
    if isinstance(node, yamltree.Scalar) and not layout:
        return text
    return replace_value(text, here, {"article": article, "layout": layout} if layout else article, file=file)


def add_section(text: str, section: Section, *, position: int | None, file: str) -> str:
    """Add a section before the one at `position` (from 1), or at the end.

    Raises ConflictError when there is one of that title.
    """
    issue = parse_issue(text, slug="issue", file=file)
    _check_title(issue, section.title)
    values: dict[str, Any] = {"title": one_line(section.title), "layout": section.layout or DEFAULT_LAYOUT}
    if section.note:
        values["note"] = section.note
    at = len(issue.sections) if position is None else min(position - 1, len(issue.sections))
    return put_item(text, ("sections",), at, new_entry(values), file=file)


def rename_section(text: str, section: str, title: str, *, file: str) -> str:
    """Change a section's title."""
    issue = parse_issue(text, slug="issue", file=file)
    index = find_section(issue, section)
    if issue.sections[index].title.casefold() != one_line(title).casefold():
        _check_title(issue, title)
    return replace_value(text, ("sections", index, "title"), _title(title), file=file)


def move_section(text: str, section: str, position: int, *, file: str) -> str:
    """Move a section with everything in it, and the comments above it, to a position counted from 1."""
    issue = parse_issue(text, slug="issue", file=file)
    index = find_section(issue, section)
    text, entry = take_item(text, ("sections",), index, file=file)
    return put_item(text, ("sections",), min(position - 1, len(issue.sections) - 1), entry, file=file)


def remove_section(text: str, section: str, *, file: str) -> str:
    """Delete a section that has no article; comments on lines of their own stay.

    Raises ConflictError when it has one.
    """
    issue = parse_issue(text, slug="issue", file=file)
    index = find_section(issue, section)
    found = issue.sections[index]
    if found.articles:
        raise ConflictError(
            f"the section {found.title!r} still has {len(found.articles)} of the issue's articles",
            place=Place(file=file, line=found.line),
            remedy="Move them first, or give --to-inbox to send them back to the inbox.",
        )
    return delete_item(text, ("sections",), index, file=file)


def line_of(issue: Issue, article: str) -> int | None:
    """Return the line of an article's entry."""
    return next(
        (
            issue.lines.get(f"sections[{index}].articles[{number}]")
            for index, section in enumerate(issue.sections)
            for number, other in enumerate(section.articles)
            if other == article
        ),
        None,
    )


def _title(title: str) -> str:
    text = one_line(title)
    if not text:
        raise UsageError("a section needs a title", remedy="Give it a word or two.")
    return text


def _check_title(issue: Issue, title: str) -> None:
    wanted = _title(title).casefold()
    for section in issue.sections:
        if section.title.casefold() == wanted:
            raise ConflictError(
                f"there is a section {section.title!r} already",
                place=Place(file=issue.file, line=section.line),
                remedy="Choose another title.",
            )


def _entry(text: str, article: str, file: str) -> tuple[Path, int]:
    """Find the first entry of an article: the list it is in, and its index there, empty entries counted."""
    issue = parse_issue(text, slug="issue", file=file)
    for index, section in enumerate(issue.sections):
        if article in section.articles:
            path: Path = ("sections", index, "articles")
            return path, _raw_index(text, path, section.articles.index(article), file)
    raise UsageError(
        f"the issue has no article {article[:80]!r}",
        place=issue.place("sections"),
        remedy="`newsletter issue show` lists what is in it.",
    )


def _raw_index(text: str, path: Path, index: int, file: str) -> int:
    """Turn an index among the entries of a list into one among its lines, where empty ones count too."""
    node = _node(text, path[:-1], file)
    entries = node.values.get(str(path[-1])) if isinstance(node, yamltree.Mapping) else None
    if not isinstance(entries, yamltree.Sequence):
        return index
    filled = [number for number, item in enumerate(entries.items) if not is_null(item)]
    return filled[index] if index < len(filled) else len(entries.items)


def _node(text: str, path: Path, file: str) -> yamltree.Node:
    node: yamltree.Node = parse_front_matter(text, file=file).tree
    for part in path:
        if isinstance(node, yamltree.Mapping):
            node = node.values[str(part)]
        elif isinstance(node, yamltree.Sequence) and isinstance(part, int):
            node = node.items[part]
        else:
            raise ContentError("this list is written in a way that a command cannot edit", place=Place(file=file))
    return node
