"""docs/tutorial-template.md, followed to the letter, makes a template that works."""

import dataclasses
import re
import tomllib

import pytest
from lxml.html import document_fromstring

from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.models import ParameterType, Template, TemplateParameter
from newsletter.project import Project
from newsletter.render import compile_issue
from tests.templates.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/tutorial-template.md").read_text(encoding="utf-8")


def block(kind: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return found[number]


@pytest.fixture
def harbour(stock: Project) -> Template:
    weekly = stock.template("weekly")
    files = dict(weekly.files)
    files["header.mjml"], files["layouts/event.mjml"] = block("mjml"), block("mjml", 1)
    files["locale/de.po"] = block("po")
    files["email.mjml"] = re.sub(
        r"\{\{ adaptive\(.*?\) \}\}", lambda _: block("jinja").strip(), files["email.mjml"], flags=re.DOTALL
    )
    title = '{{ ("* " ~ article.title) | wrap }}\n'
    assert files["email.txt"].count(title) == 1
    files["email.txt"] = files["email.txt"].replace(title, title + block("txt"))
    declared = dict(weekly.declared) | {
        name: TemplateParameter(type=ParameterType(entry["type"]), default=entry["default"])
        for name, entry in tomllib.loads(block("toml")).items()
    }
    del declared["tagline"], declared["contents"]
    return dataclasses.replace(weekly, name="harbour", files=files, declared=declared, parameters={})


def test_the_tutorial_s_template_draws_an_issue_with_dates(stock: Project, harbour: Template) -> None:
    assembled = stock.assemble("first-light")
    slug = "tram-line-7-gets-quieter-wheels"
    dated = dataclasses.replace(assembled.articles[slug], extra={"day": "6 Dec", "place": "north pier"})
    sections = tuple(
        dataclasses.replace(s, layout="event" if s.layout == "brief" else s.layout) for s in assembled.issue.sections
    )
    assembled = dataclasses.replace(
        assembled,
        articles={**assembled.articles, slug: dated},
        issue=dataclasses.replace(assembled.issue, sections=sections),
    )
    newsletter = dataclasses.replace(stock.settings.identity(), language="de")
    compiled = compile_issue(assembled, harbour, newsletter)
    mail = MessageTemplate(compiled, newsletter).content(sample_reader(newsletter, "first-light"))
    text = document_fromstring(mail.html).text_content()
    assert "6 Dec" in text
    assert "Ort: north pier" in text
    assert "6 Dec, Ort: north pier\n" in mail.text
    assert ".band, .band > table { background: #061019 !important; }" in mail.html
    assert 'bgcolor="#12263a"' in mail.html
