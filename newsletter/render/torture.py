"""The torture issue: everything that content may be and that a template has to stand, as values.

Each case is an issue of its own, so that a failure says what it is about.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from newsletter.models import Article, AssembledIssue, Image, Issue, ParameterType, Section, Template

LANGUAGES = ("en", "de", "ar", "ja")
"""Left to right with short and with long words, right to left, and a script without spaces."""

SLUG = "torture"
MANY = 40
LONG_WORD = "Donaudampfschifffahrt" * 14 + "skapitän"
RTL = "النشرة الأسبوعية (عدد 12): \u201cأخبار الميناء\u201d، 50% خصم! עברית גם כן"  # noqa: RUF001 - Arabic is meant
EMOJI = "Family 👩\u200d👩\u200d👧\u200d👦, flag 🏳\ufe0f\u200d🌈 🇩🇪, skin 👍🏽, e\u0301 and देवनागरी"
MARKUP = "A </mj-text><b>\"tag\"</b> & 'quote', {{ newsletter.name }} {% if %} [[ x ]] [% y %] \\n --> ]]>"
INVISIBLE = "soft\u00adhyphen, no\u00a0break, zero\u200bwidth, \u200fmark"
TEXT = "The harbour was quiet that week, and the tide table said why: nobody had asked the moon."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One issue to try a template with; `languages` are those it is tried in."""

    name: str
    assembled: AssembledIssue
    languages: tuple[str, ...] = LANGUAGES


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Puts an issue together: an article a layout, each with a name of its own."""

    layouts: tuple[str, ...]
    articles: dict[str, Article] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)

    def add(self, title: str, layout: str, articles: list[Article], note: str = "") -> None:
        """Add a section of these articles."""
        named = [
            replace(article, slug=f"{article.slug}-{len(self.articles) + n}") for n, article in enumerate(articles)
        ]
        self.articles |= {article.slug: article for article in named}
        slugs = tuple(article.slug for article in named)
        self.sections.append(Section(title=title, layout=layout, articles=slugs, note=note))

    def issue(self, **changes: Any) -> AssembledIssue:
        """Return the issue; `changes` are fields of it."""
        values: dict[str, Any] = {
            "slug": SLUG,
            "number": 12,
            "subject": "Tides and harbours",
            "preheader": "Three reports from the coast",
            "date": dt.date(2026, 11, 27),
            "introduction": 'Hello [[ subscriber.first_name or "there" ]],\n\n' + TEXT,
            "file": "the torture issue",
        }
        issue = Issue(**{**values, **changes}, sections=tuple(self.sections))
        return AssembledIssue(issue=issue, articles=self.articles)


def article(slug: str = "report", **changes: Any) -> Article:
    """Return an article with every field filled."""
    values: dict[str, Any] = {
        "title": "A report on tides",
        "url": "https://example.com/report?tide=low&moon=full",
        "summary": f"In short: {TEXT}",
        "body": f"{TEXT}\n\n## Why\n\n> {TEXT}\n\n- a [link](https://example.com/tide)\n- **bold**\n\n`code` {TEXT}",
        "author": "Mara Lind",
        "author_bio": "Mara Lind writes about water.",
        "source": "Example Post",
        "via": "a reader",
        "image": Image(src="images/wide.svg", alt="A harbour at night", credit="Jo Ek"),
        "published": dt.date(2026, 11, 20),
        "tags": ("sea", "moon"),
    }
    return Article(slug=slug, **{**values, **changes})


def cases(template: Template) -> Iterator[Case]:
    """Yield the cases for a template: its own layouts, its own parameters."""
    yield Case(name="every layout", assembled=_with(template, article()))
    yield Case(name="one article", assembled=_one(template))
    yield Case(name="no images", assembled=_with(template, article(image=None)))
    yield Case(name="only titles", assembled=_bare(template))
    yield Case(name=f"{MANY} articles", assembled=_many(template))
    yield Case(name="long words", assembled=_all_text(template, LONG_WORD))
    yield Case(name="right to left", assembled=_all_text(template, RTL))
    yield Case(name="emoji", assembled=_all_text(template, EMOJI))
    yield Case(name="invisible characters", assembled=_all_text(template, INVISIBLE))
    yield Case(name="mark-up characters", assembled=_all_text(template, MARKUP, bodies=False))
    yield Case(name="slots", assembled=_slots(template))
    for name, parameters in _variants(template):
        yield Case(name=name, assembled=_with(template, article(), parameters=parameters), languages=LANGUAGES[:1])


def find_case(template: Template, name: str) -> Case | None:
    """Return the case of a name, or of the beginning of one; None when there is none."""
    return next((case for case in cases(template) if name and case.name.startswith(name)), None)


def pictures() -> Mapping[str, bytes]:
    """Return the pictures that the torture issue names, by path, as SVG."""
    return {
        f"images/{name}.svg": (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f'<rect width="100%" height="100%" fill="#7a8b99"/><path d="M0 0L{width} {height}M{width} 0L0 {height}" '
            f'stroke="#fff" stroke-opacity=".4" stroke-width="4"/></svg>'
        ).encode()
        for name, width, height in (("wide", 1200, 675), ("tall", 600, 900), ("logo", 360, 90))
    }


def _with(template: Template, one: Article, **changes: Any) -> AssembledIssue:
    """Return an issue with a section for every layout: an article and one with a tall picture, or none."""
    writer = _Writer(layouts=template.layouts)
    tall = replace(one.image, src="images/tall.svg", credit="") if one.image else None
    for layout in template.layouts:
        pair = [replace(one, title=f"{one.title}: {layout}"), replace(one, title=f"A second {layout}", image=tall)]
        writer.add(f"The layout {layout}", layout, pair, note=f"A note of the editor: *{TEXT}*")
    return writer.issue(**changes)


def _one(template: Template) -> AssembledIssue:
    writer = _Writer(layouts=template.layouts)
    writer.add("Top story", template.layouts[0], [article()])
    return writer.issue()


def _bare(template: Template) -> AssembledIssue:
    writer = _Writer(layouts=template.layouts)
    for layout in template.layouts:
        writer.add(f"The layout {layout}", layout, [Article(slug="bare", title=f"Only a title: {layout}")])
    writer.add("An empty section", template.layouts[0], [])
    return writer.issue(number=None, date=None, preheader="", introduction="")


def _many(template: Template) -> AssembledIssue:
    writer = _Writer(layouts=template.layouts)
    share, rest = divmod(MANY, len(template.layouts))
    for index, layout in enumerate(template.layouts):
        count = share + (index < rest)
        if count:
            writer.add(
                f"The layout {layout}", layout, [article(title=f"Report {n + 1} of {layout}") for n in range(count)]
            )
    return writer.issue()


def _all_text(template: Template, text: str, *, bodies: bool = True) -> AssembledIssue:
    """Return an issue in which every text is this one; Markdown only where it means no mark-up to Markdown."""
    writer = _Writer(layouts=template.layouts)
    one = article(
        title=text,
        summary=text,
        body=f"{text}\n\n> {text}" if bodies else TEXT,
        author=text,
        author_bio=text,
        source=text,
        via=text,
        image=Image(src="images/wide.svg", alt=text, credit=text),
    )
    for layout in template.layouts:
        writer.add(text if bodies else "Mark-up", layout, [one, replace(one, url="", image=None)])
    return writer.issue(introduction=text if bodies else TEXT, preheader=text if bodies else "Mark-up")


def _slots(template: Template) -> AssembledIssue:
    writer = _Writer(layouts=template.layouts)
    note = '[% if "sample" in subscriber.tags %]\nFor [[ subscriber.name or "you" ]] alone.\n[% endif %]'
    for layout in template.layouts:
        writer.add('For [[ subscriber.first_name or "you" ]]', layout, [article()], note=note)
    return writer.issue(
        subject='Tides for [[ subscriber.first_name or "you" ]]',
        preheader='Read in [[ subscriber.attributes.city | default("your town") ]]',
    )


def _variants(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield other values of the parameters that switch something: each choice, each switch, all filled, all empty."""
    filled: dict[str, Any] = {}
    empty: dict[str, Any] = {}
    samples: dict[ParameterType, Any] = {
        ParameterType.TEXT: "Words of a parameter",
        ParameterType.URL: "https://example.com/parameter",
        ParameterType.IMAGE: "images/logo.svg",
        ParameterType.LINKS: [{"name": f"Network {n}", "url": f"https://example.com/{n}"} for n in range(5)],
    }
    for name, declared in template.declared.items():
        value = template.parameters.get(name, declared.default)
        if declared.type is ParameterType.BOOLEAN:
            yield f"{name} = {str(not value).lower()}", {name: not value}
        for word in declared.choices:
            if word != value:
                yield f"{name} = {word}", {name: word}
        if declared.type in samples:
            filled[name] = samples[declared.type]
            empty[name] = [] if declared.type is ParameterType.LINKS else ""
    if filled:
        yield "every parameter filled", filled
        yield "every parameter empty", empty
