"""Issue + template -> compiled issue: the nine steps, in order.

protect slots -> Markdown -> Jinja -> MJML -> islands -> inline CSS -> tidy -> text part -> slot source
"""

import dataclasses
import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from newsletter.errors import ContentError, SlotError, TemplateError
from newsletter.message.address import header_text
from newsletter.models import AssembledIssue, CompiledIssue, Issue, Newsletter, Place, SlotPlace, Template
from newsletter.render.context import TemplateContext
from newsletter.render.environment import MAIN, TEXT, TemplateSource, template_source
from newsletter.render.gather import EditorTexts, build_context, editor_texts
from newsletter.render.inline import inline_css, mark_inline_styles
from newsletter.render.islands import (
    CURRENT,
    Islands,
    SlotSource,
    choose_prefix,
    fill,
    protect_slots,
    to_slot_source,
    word_pattern,
)
from newsletter.render.mjml import check_document, compile_mjml
from newsletter.render.slots import SlotSpan, check_slots
from newsletter.render.tidy import tidy

Spans = Mapping[str, tuple[SlotSpan, Place]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compilation:
    """What the steps share: the words' prefix and pattern, the template's place, every slot by word."""

    prefix: str
    words: re.Pattern[str]
    place: Place
    spans: Spans


def compile_issue(assembled: AssembledIssue, template: Template, newsletter: Newsletter) -> CompiledIssue:
    """Compile an issue once for all its readers.

    The same inputs give the same bytes. Raises ContentError, TemplateError, SlotError or MessageError with the file
    and line to mend, and RenderGuardError when a stage damaged the mail.
    """
    _check_layouts(assembled.issue, template)
    editor = editor_texts(assembled)
    prefix = choose_prefix(
        template.files.values(), _strings(assembled, newsletter, template.declared, template.parameters)
    )
    words = word_pattern(prefix)
    source = template_source(template, prefix, newsletter.language)
    own = protect_slots(editor.texts, places=editor.places, prefix=prefix, kind="c", mjml=False)
    context = build_context(
        assembled,
        template,
        newsletter,
        texts=EditorTexts(texts=own.texts, places=editor.places),
        opaque_url=lambda url: words.search(url) is not None,
    )
    run = _Compilation(
        prefix=prefix, words=words, place=template.place(MAIN), spans={**source.slots.spans, **own.spans}
    )
    parts = {
        "subject": to_slot_source(header_text(context.issue.subject, "the subject"), run.spans, words),
        "preheader": to_slot_source(header_text(context.issue.preheader, "the preheader"), run.spans, words),
        "html": _html(source, context, run),
        "text": _text(source, context, run),
    }
    for name, part in parts.items():
        check_slots(part.slots, part=name)
    texts = {name: part.source for name, part in parts.items()}
    issue = assembled.issue
    return CompiledIssue(
        slug=issue.slug,
        number=issue.number,
        date=issue.date,
        template=template.name,
        sha256=hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        slots=tuple(
            SlotPlace(source=span.source, part=name, place=place)
            for name, part in parts.items()
            for span, place in dict.fromkeys(part.slots)
        ),
        **texts,
    )


def _check_layouts(issue: Issue, template: Template) -> None:
    file = issue.file or issue.slug
    for index, section in enumerate(issue.sections):
        asked = [(section.layout, f"the section {section.title!r}", Place(file=file, line=section.line))]
        asked += [
            (section.layouts[name], f"the article {name}", issue.place(f"sections[{index}].articles[{number}]"))
            for number, name in enumerate(section.articles)
            if name in section.layouts
        ]
        for layout, who, place in asked:
            if layout not in template.layouts:
                near = difflib.get_close_matches(layout, template.layouts, n=1, cutoff=0.5)
                raise ContentError(
                    f"{who} asks for the layout `{layout}`, which the template {template.name!r} does not have",
                    place=place,
                    remedy=(f"Did you mean `{near[0]}`? " if near else "") + f"Known: {', '.join(template.layouts)}.",
                )


def _names(context: TemplateContext) -> dict[str, object]:
    return {field.name: getattr(context, field.name) for field in fields(context)}


def _html(source: TemplateSource, context: TemplateContext, run: _Compilation) -> SlotSource:
    islands = Islands(prefix=run.prefix, kind="v")
    token = CURRENT.set(islands)
    try:
        mjml = source.render(MAIN, _names(context))
    finally:
        CURRENT.reset(token)
    try:
        html = compile_mjml(mark_inline_styles(mjml), place=run.place, words=run.words)
    except TemplateError as exc:
        raise _with_line(exc, source, context, run) from exc
    _check_nothing_lost(mjml, html, islands, run)
    html = _unwrap_statements(fill(html, islands.values, run.words), run.words)
    html = inline_css(html, place=run.place, words=run.words)
    return to_slot_source(tidy(html, words=run.words), run.spans, run.words)


def _with_line(
    error: TemplateError, source: TemplateSource, context: TemplateContext, run: _Compilation
) -> TemplateError:
    """Find the file and line of a mistake that showed when everything was put together."""
    islands = Islands(prefix=run.prefix, kind="v")
    token = CURRENT.set(islands)
    try:
        text, place_of = source.traced(MAIN, _names(context))
        check_document(text, place_of=place_of, words=run.words)
    except TemplateError as exc:
        return exc if exc.what == error.what else error
    finally:
        CURRENT.reset(token)
    return error


def _unwrap_statements(html: str, words: re.Pattern[str]) -> str:
    """Free a statement that Markdown took for a paragraph of its own."""
    return re.sub(rf"<p>\s*((?:{words.pattern}\s*)+)</p>", lambda match: _comments_for(match[1], words), html)


def _comments_for(text: str, words: re.Pattern[str]) -> str:
    return words.sub(lambda match: f"<!--{match[0]}-->", text)


def _check_nothing_lost(mjml: str, html: str, islands: Islands, run: _Compilation) -> None:
    before, after = Counter(run.words.findall(mjml)), Counter(run.words.findall(html))
    for word, count in before.items():
        if after[word] >= count:
            continue
        if word in run.spans:
            span, place = run.spans[word]
            raise SlotError(
                f"the slot {span.source} is lost on the way to HTML",
                place=place,
                remedy="It stands where MJML drops text: move it into mj-text, an attribute, or between two elements.",
            )
        raise TemplateError(
            f"{islands.values.get(word, word)[:60]!r} is lost on the way to HTML",
            place=run.place,
            remedy="It stands where MJML drops text: move it into mj-text, mj-button, mj-table or an attribute.",
        )


def _text(source: TemplateSource, context: TemplateContext, run: _Compilation) -> SlotSource:
    """Fill the text template; optional parts and statements on lines of their own leave no gaps."""
    text = re.sub(r"[ \t\r]+$", "", source.render(TEXT, _names(context)), flags=re.MULTILINE)
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
    statements = "|".join(word for word, (span, _) in run.spans.items() if span.statement)
    if statements:
        # a statement alone on its line takes that line away, and one of the empty lines around it
        text = re.sub(rf"(\n\n|\A)((?:(?:{statements})\n)+)\n", r"\1\2", text)
        text = re.sub(rf"^({statements})\n", r"\1", text, flags=re.MULTILINE)
    return to_slot_source(text, run.spans, run.words)


def _strings(*values: object) -> Iterator[str]:
    """Yield every text inside dataclasses, mappings and sequences."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _strings(*value.keys(), *value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            yield from _strings(*value)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from _strings(*(getattr(value, field.name) for field in dataclasses.fields(value)))
