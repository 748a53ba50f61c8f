"""What the docs say a template can name is what it can name, and nothing else."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.models import AssembledIssue, Newsletter, Reader, Subscriber, Template
from newsletter.render import compile_issue
from newsletter.render.context import CONTEXT_TYPES
from newsletter.render.environment import FUNCTIONS, TemplateSource
from newsletter.render.slots import parse_slots, reader_context

PAGE = (Path(__file__).parents[2] / "docs/templates.md").read_text(encoding="utf-8")
MakeIssue = Callable[..., AssembledIssue]
EMPTY = {f"layouts/{layout}.mjml": "" for layout in ("lead", "story", "brief")}


def documented() -> dict[str, set[str]]:
    """Read the page: the names below each of `newsletter`, `issue`, … and those at the top."""
    part = PAGE.partition("<!-- generated: template context -->")[2].partition("<!-- end")[0]
    groups = re.split(r"^(At the top|`\w+`):$", part, flags=re.MULTILINE)[1:]
    return {
        groups[index].strip("`"): set(re.findall(r"^- `(\w+)`", groups[index + 1], re.MULTILINE))
        for index in range(0, len(groups), 2)
    }


def test_the_rendered_context_has_every_documented_name_and_no_other(
    make_issue: MakeIssue, weekly: Template, newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    render = TemplateSource.render

    def watched(self: TemplateSource, name: str, context: dict[str, Any]) -> str:
        seen.append(context)
        return render(self, name, context)

    monkeypatch.setattr(TemplateSource, "render", watched)
    compile_issue(make_issue(), weekly, newsletter)
    told = documented()
    assert {kind.__name__.removesuffix("Context").lower() for kind in CONTEXT_TYPES} - {"template"} | {
        "At the top"
    } == set(told)
    for context in seen:
        assert set(context) == told["At the top"]
        section = context["issue"].sections[0]
        article = section.articles[0]
        for name, value in {
            "newsletter": context["newsletter"],
            "issue": context["issue"],
            "section": section,
            "article": article,
            "image": article.image,
        }.items():
            assert {it for it in dir(value) if not it.startswith("_")} == told[name], name


def test_every_documented_name_can_be_printed_or_asked_for(
    make_issue: MakeIssue, newsletter: Newsletter, weekly: Template
) -> None:
    told = documented()
    parts = [f"{{{{ {kind}.{name} is defined }}}}" for kind in ("newsletter", "issue") for name in sorted(told[kind])]
    deep = [f"{{{{ {kind}.{name} is defined }}}}" for kind in ("section", "article") for name in sorted(told[kind])]
    deep += [f"{{{{ article.image.{name} is defined }}}}" for name in sorted(told["image"])]
    text = f"""{" ".join(parts)}
    {{% for section in issue.sections[:1] %}}{{% for article in section.articles %}}{" ".join(deep)}
    {{% endfor %}}{{% endfor %}}"""
    template = dataclasses.replace(weekly, files={**weekly.files, "email.txt": text})
    words = compile_issue(make_issue(), template, newsletter).text.split()
    assert words == ["True"] * (len(parts) + len(deep))


def test_the_documented_functions_are_those_that_can_be_called(
    make_issue: MakeIssue, newsletter: Newsletter, weekly: Template
) -> None:
    line = re.search(r"^Functions: (.*)\.$", PAGE, re.MULTILINE)
    assert line
    named = tuple(re.findall(r"`(\w+)`", line[1]))
    assert named == FUNCTIONS
    text = " ".join(f"{{{{ {name} is defined }}}}" for name in (*named, "lipsum", "request", "config", "open"))
    template = dataclasses.replace(weekly, files={**weekly.files, "email.txt": text})
    assert compile_issue(make_issue(), template, newsletter).text.split() == [*["True"] * len(named), *["False"] * 4]


EXAMPLES = re.findall(r"```mjml\n(.*?)```", PAGE, re.DOTALL)
EXPECTED = [
    ("Thank you for your support, Ada.", "Become a supporter today."),
    ("Ada Byron, read Top story Ada Byron, read More", "Read Top story Read More"),
    ("News for Ulm. You follow pro.", "News for your city."),
]


@pytest.mark.parametrize(("example", "expected"), list(zip(EXAMPLES, EXPECTED, strict=True)))
def test_the_examples_of_personal_parts_say_to_each_reader_what_the_page_promises(
    example: str, expected: tuple[str, str], make_issue: MakeIssue, newsletter: Newsletter, reader: Reader
) -> None:
    from lxml.html import document_fromstring

    page = f'<mjml lang="en"><mj-body>\n{example}</mj-body></mjml>'
    template = Template(name="t", files={"email.mjml": page, "email.txt": "x", **EMPTY}, root="templates/t")
    html = parse_slots(compile_issue(make_issue(), template, newsletter).html, html=True, part="html")
    stranger = dataclasses.replace(reader, subscriber=Subscriber(email="x@example.com"))
    for whom, meant in zip((reader, stranger), expected, strict=True):
        body = document_fromstring(html.render(reader_context(whom))).find("body")
        assert body is not None
        said = " ".join(" ".join(body.itertext()).split())
        assert said.startswith(meant)
        other = expected[1] if whom is reader else expected[0]
        assert other not in said


def test_a_reader_cannot_be_asked_for_once_per_issue(
    make_issue: MakeIssue, newsletter: Newsletter, weekly: Template
) -> None:
    from newsletter.errors import TemplateError

    template = dataclasses.replace(weekly, files={**weekly.files, "email.txt": "{% if subscriber.name %}x{% endif %}"})
    with pytest.raises(TemplateError, match="'subscriber' is undefined"):
        compile_issue(make_issue(), template, newsletter)
