"""Issues: `issue.md` <-> Issue, and the edits that commands make in it."""

from typing import Any

from newsletter.content import yamltree
from newsletter.content.fields import Fields
from newsletter.content.frontmatter import insert_item, is_null, parse_front_matter
from newsletter.content.slug import check_slug
from newsletter.content.text import one_line
from newsletter.content.yamlwrite import entry
from newsletter.errors import ContentError
from newsletter.models import Issue, Place, Section

KEYS = ("number", "subject", "preheader", "date", "template", "parameters", "ignore", "sections")
SECTION_KEYS = ("title", "layout", "articles", "note")
ENTRY_KEYS = ("article", "layout")
DEFAULT_LAYOUT = "story"


def parse_issue(text: str, *, slug: str, file: str) -> Issue:
    """Read an issue; `file` is its name for messages and for the Issue.

    `lines` of the result has the line of every key, of `introduction`, and of `sections[0].title`,
    `sections[0].articles[1]` and the like. Raises ContentError.
    """
    check_slug(slug, "the issue's name")
    front = parse_front_matter(text, file=file)
    start = Place(file=file, line=front.first_line)
    fields = Fields(front.tree, KEYS, of="an issue", start=start)
    lines = {**fields.lines, "introduction": front.body_line}
    chosen = fields.node("parameters")
    if isinstance(chosen, yamltree.Mapping):
        lines |= {f"parameters.{name}": front.first_line + key.start[0] for name, key in chosen.keys.items()}
    sections = tuple(
        _section(node, f"sections[{index}]", start, lines) for index, node in enumerate(fields.sequence("sections"))
    )
    return Issue(
        slug=slug,
        subject=fields.required("subject", "the issue"),
        number=fields.number("number"),
        preheader=fields.text("preheader"),
        date=fields.date("date"),
        template=fields.text("template"),
        parameters=fields.free("parameters"),
        ignore=fields.words("ignore"),
        sections=sections,
        introduction=front.body,
        file=file,
        lines=lines,
    )


def format_issue(issue: Issue) -> str:
    """Write an issue as a person would: only filled fields, in a fixed order, an article a line."""
    values: dict[str, Any] = {
        "number": issue.number,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "date": issue.date,
        "template": issue.template,
        "parameters": issue.parameters,
        "ignore": issue.ignore,
        "sections": [_section_values(section) for section in issue.sections],
    }
    filled = {key: value for key, value in values.items() if value not in (None, "", (), [], {})}
    front = [line for key, value in filled.items() for line in entry(key, value)]
    introduction = f"\n{issue.introduction}\n" if issue.introduction else ""
    return "\n".join(["---", *front, "---", introduction])


def insert_article(  # noqa: PLR0913 - each names one choice of the editor
    text: str,
    article: str,
    *,
    section: str,
    layout: str = "",
    position: int | None = None,
    file: str,
) -> str:
    """Add an article's slug to the section of that title, before the entry `position` (from 1) or at its end.

    A section that is not there is made, at the end, with `layout` or `story`. Comments, order and every other line
    stay as they are. Raises ContentError when the section exists with another layout than the one asked for.
    """
    issue = parse_issue(text, slug="issue", file=file)
    for index, known in enumerate(issue.sections):
        if known.title.casefold() != section.casefold():
            continue
        if layout and layout != known.layout:
            raise ContentError(
                f"the section {known.title!r} has the layout {known.layout}, not {layout}",
                place=Place(file=file, line=known.line),
                remedy="Leave the layout out, or change it in the file.",
            )
        place = None if position is None else position - 1
        return insert_item(text, ("sections", index, "articles"), place, article, file=file)
    new = _section_values(Section(title=section, layout=layout or DEFAULT_LAYOUT, articles=(article,)))
    return insert_item(text, ("sections",), None, new, file=file)


def _section_values(section: Section) -> dict[str, Any]:
    values: dict[str, Any] = {"title": section.title, "layout": section.layout}
    if section.note:
        values["note"] = section.note
    if section.articles:
        values["articles"] = [
            {"article": name, "layout": section.layouts[name]} if name in section.layouts else name
            for name in section.articles
        ]
    return values


def _section(node: yamltree.Node, name: str, start: Place, lines: dict[str, int]) -> Section:
    line = (start.line or 1) + node.start[0]
    if not isinstance(node, yamltree.Mapping):
        raise ContentError(
            "a section is no group of keys",
            place=Place(file=start.file, line=line),
            remedy="Write `- title: Top story` and below it, indented, `articles:` with one name a line.",
        )
    fields = Fields(node, SECTION_KEYS, of="a section", start=start, prefix=f"{name}.")
    lines |= fields.lines
    articles: list[str] = []
    layouts: dict[str, str] = {}
    for entry_node in fields.sequence("articles"):
        if is_null(entry_node):
            continue
        slug, layout, entry_line = _entry(entry_node, start)
        lines[f"{name}.articles[{len(articles)}]"] = entry_line
        articles.append(slug)
        if layout:
            layouts[slug] = layout
    return Section(
        title=fields.required("title", "the section"),
        layout=fields.text("layout") or DEFAULT_LAYOUT,
        articles=tuple(articles),
        note=fields.lines_of_text("note"),
        layouts=layouts,
        line=line,
    )


def _entry(node: yamltree.Node, start: Place) -> tuple[str, str, int]:
    """Read `- the-slug`, or `- article: the-slug` with a `layout`; return both and the entry's line."""
    line = (start.line or 1) + node.start[0]
    layout = ""
    if isinstance(node, yamltree.Mapping):
        fields = Fields(node, ENTRY_KEYS, of="an entry of `articles`", start=start)
        slug, layout = fields.required("article", "the entry"), fields.text("layout")
    elif isinstance(node, yamltree.Scalar):
        slug = one_line(node.value)
    else:
        raise ContentError(
            "an entry of `articles` is no text",
            place=Place(file=start.file, line=line),
            remedy="Write one name behind each `- `, or `- article: NAME` and `layout: …` below it.",
        )
    try:
        return check_slug(slug, "the article's name"), layout, line
    except ContentError as exc:
        raise ContentError(exc.what, place=Place(file=start.file, line=line), remedy=exc.remedy) from exc
