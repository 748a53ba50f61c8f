"""What two issues differ in: their heads, their sections, their articles."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from newsletter.models import Article, AssembledIssue, Section
from newsletter.project.articles import issue_records, read_record
from newsletter.project.folder import Project

_HEAD = ("number", "subject", "preheader", "date", "template", "introduction")
_NO_TEXT = {"slug", "file", "lines"}

_Pair = tuple[Section, Section]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference; `part` is issue, section or article, `name` which one, as the first issue calls it.

    `kind` is added, removed, renamed, reordered, or the field that `before` and `after` are about; for the fields of an
    article's text it is `text`, and `fields` names them.
    """

    part: str
    name: str
    kind: str
    before: str = ""
    after: str = ""
    fields: tuple[str, ...] = ()


def read_issue(project: Project, slug: str) -> AssembledIssue:
    """Read an issue with those of its articles whose files are there; one without articles is an issue too.

    Its template is the newsletter's where it names none. Raises UsageError, and ContentError for what is broken.
    """
    issue = project.issue(slug)
    named = {name for section in issue.sections for name in section.articles}
    articles = {
        record.slug: read_record(project.root, record)
        for record in issue_records(project.root, slug)
        if record.slug in named
    }
    template = issue.template or project.settings.newsletter.template
    return AssembledIssue(issue=replace(issue, template=template), articles=articles)


def compare(one: AssembledIssue, other: AssembledIssue) -> tuple[Change, ...]:
    """Return what changed from one issue to another; nothing when they say the same."""
    head = (
        Change(part="issue", name=one.issue.slug, kind=key, before=_text(before), after=_text(after))
        for key in _HEAD
        if (before := getattr(one.issue, key)) != (after := getattr(other.issue, key))
    )
    pairs = _pair(one.issue.sections, other.issue.sections)
    return (*head, *_sections(one.issue.sections, other.issue.sections, pairs), *_articles(one, other, pairs))


def _pair(ours: Sequence[Section], theirs: Sequence[Section]) -> list[_Pair]:
    """Pair the sections of one title; then, as renamed, those that share half of their articles."""
    free, pairs, left = list(theirs), [], []
    for section in ours:
        twin = next((it for it in free if it.title.casefold() == section.title.casefold()), None)
        if twin is None:
            left.append(section)
        else:
            pairs.append((section, _take(free, twin)))
    for section in left:
        twin = next((it for it in free if _share_half(section, it)), None)
        if twin is not None:
            pairs.append((section, _take(free, twin)))
    return [pair for section in ours for pair in pairs if pair[0] is section]


def _take(free: list[Section], section: Section) -> Section:
    # not `remove`: two sections may be equal
    return free.pop(next(index for index, it in enumerate(free) if it is section))


def _share_half(one: Section, other: Section) -> bool:
    shared = set(one.articles).intersection(other.articles)
    return bool(shared) and 2 * len(shared) >= max(len(one.articles), len(other.articles))


def _sections(ours: Sequence[Section], theirs: Sequence[Section], pairs: Sequence[_Pair]) -> list[Change]:
    known = {id(section) for pair in pairs for section in pair}
    found = [Change(part="section", name=it.title, kind="removed") for it in ours if id(it) not in known]
    found += [Change(part="section", name=it.title, kind="added") for it in theirs if id(it) not in known]
    for before, after in pairs:
        for kind, key in (("renamed", "title"), ("layout", "layout"), ("note", "note")):
            old, new = getattr(before, key), getattr(after, key)
            if old != new:
                found.append(Change(part="section", name=before.title, kind=kind, before=old, after=new))
        if _reordered(before.articles, after.articles):
            found.append(_order("section", before.title, before.articles, after.articles))
    place = {id(section): position for position, section in enumerate(theirs)}
    new_order = sorted(pairs, key=lambda pair: place[id(pair[1])])
    if new_order != list(pairs):
        titles = [[before.title for before, _ in order] for order in (pairs, new_order)]
        found.append(_order("issue", "sections", *titles))
    return found


def _reordered(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return [name for name in ours if name in theirs] != [name for name in theirs if name in ours]


def _order(part: str, name: str, ours: Sequence[str], theirs: Sequence[str]) -> Change:
    return Change(part=part, name=name, kind="reordered", before=", ".join(ours), after=", ".join(theirs))


def _articles(one: AssembledIssue, other: AssembledIssue, pairs: Sequence[_Pair]) -> list[Change]:
    ours, theirs = _homes(one), _homes(other)
    found = [
        Change(part="article", name=name, kind="removed", before=home.title)
        for name, home in ours.items()
        if name not in theirs
    ]
    found += [
        Change(part="article", name=name, kind="added", after=home.title)
        for name, home in theirs.items()
        if name not in ours
    ]
    twins = {id(before): after for before, after in pairs}
    for name, home in ours.items():
        if name not in theirs:
            continue
        there = theirs[name]
        if twins.get(id(home)) is not there:
            found.append(Change(part="article", name=name, kind="section", before=home.title, after=there.title))
        before, after = home.layout_of(name), there.layout_of(name)
        if before != after:
            found.append(Change(part="article", name=name, kind="layout", before=before, after=after))
        changed = _changed(one.articles.get(name), other.articles.get(name))
        if changed:
            found.append(Change(part="article", name=name, kind="text", fields=changed))
    return found


def _homes(assembled: AssembledIssue) -> dict[str, Section]:
    homes: dict[str, Section] = {}
    for section in assembled.issue.sections:
        for name in section.articles:
            homes.setdefault(name, section)
    return homes


def _changed(one: Article | None, other: Article | None) -> tuple[str, ...]:
    """Name the fields in which two articles differ; a file that is missing on one side differs in `file`."""
    if one is None or other is None:
        return () if one is other else ("file",)
    names = (field.name for field in fields(Article) if field.name not in _NO_TEXT)
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def _text(value: object) -> str:
    return "" if value is None else str(value)
