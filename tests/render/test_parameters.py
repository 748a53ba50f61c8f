"""A parameter is held against its type wherever its value comes from, and cannot break the mark-up."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from lxml.html import document_fromstring

from newsletter.errors import ContentError, TemplateError
from newsletter.models import AssembledIssue, Newsletter, ParameterType, Place, Template, TemplateParameter
from newsletter.render import compile_issue
from newsletter.render.context import LinkContext
from newsletter.render.parameters import checked

MakeIssue = Callable[..., AssembledIssue]
PLACE = Place(file="newsletter.toml", line=4)


def value_of(kind: str, value: Any) -> Any:
    declared = TemplateParameter(type=ParameterType(kind), default="", choices=("left", "right"))
    return checked("it", declared, value, place=PLACE)


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        ("color", "#fff", "#fff"),
        ("color", " #A0b1C2 ", "#A0b1C2"),
        ("color", "Teal", "Teal"),
        ("color", "transparent", "transparent"),
        ("length", "600px", "600px"),
        ("length", ".5em", ".5em"),
        ("length", "33.3%", "33.3%"),
        ("length", "0", "0px"),
        ("font", '"Helvetica Neue",Arial , sans-serif', "'Helvetica Neue', Arial, sans-serif"),
        ("font", "Trebuchet MS, -apple-system", "Trebuchet MS, -apple-system"),
        ("url", "https://example.com/?a=1&b=2", "https://example.com/?a=1&b=2"),
        ("url", "mailto:desk@example.com", "mailto:desk@example.com"),
        ("url", "", ""),
        ("image", "images/logo.png", "images/logo.png"),
        ("image", "https://example.com/logo.png", "https://example.com/logo.png"),
        ("text", "<b> [[ subscriber.email ]]\nnext\u00a0line", "<b> [[ subscriber.email ]]\nnext\u00a0line"),
        ("choice", "left", "left"),
        ("boolean", False, False),
        ("boolean", "true", True),
        ("number", 3, 3),
        ("number", 0.5, 0.5),
        ("number", "-2", -2),
        ("links", [], ()),
        (
            "links",
            [{"name": "Mail <us>", "url": "mailto:desk@example.com"}],
            (LinkContext(name="Mail <us>", url="mailto:desk@example.com"),),
        ),
    ],
)  # fmt: skip
def test_a_value_of_its_type_passes(kind: str, value: Any, result: Any) -> None:
    found = value_of(kind, value)
    assert found == result
    assert isinstance(found, bool) is isinstance(result, bool)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("color", ["", "#12", "#1234", "#12345678", "rouge", "currentColor", "rgb(0 0 0)", '#000"><b>', "red;x:y", 7]),
        ("length", ["", "600", "1e3px", "-4px", "10px 20px", "calc(1px)", "10px;", "10 px", 600]),
        ("font", ["", "Arial,", "'Arial", "A;b:c", "Arial}</style>", "x\\y", "'a\u202eb'", "url(x)", 3]),
        ("url", ["javascript:alert(1)", "//example.com", "/x", "https://x.org/a b", 'https://x.org/"x', 1]),
        ("image", ["data:image/png;base64,AA", "images/../x.png", "logo.png", "images/a b.png", "javascript:x"]),
        ("text", ["a\x00b", "a\x1bb", 3, True, ["x"]]),
        ("choice", ["", "middle", "LEFT", 1, None]),
        ("boolean", ["yes", "", 1, 0, "True"]),
        ("number", ["", "3px", True, "1e9", float("nan"), float("inf"), [1]]),
        (
            "links",
            [
                *("https://example.com", [1], [{"name": "x"}], [{"name": "", "url": "https://example.com"}]),
                *([{"name": "x", "url": ""}], [{"name": "x", "url": "javascript:x"}]),
                [{"name": "x", "url": "https://example.com", "icon": "y"}],
            ],
        ),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_place(kind: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ContentError) as error:
            value_of(kind, value)
        assert (error.value.place, error.value.what[:18], error.value.remedy[:6]) == (
            PLACE,
            "the parameter `it`",
            "Give i" if value is None else "Write ",
        )


@pytest.fixture
def template() -> Template:
    declared = {
        "accent": TemplateParameter(type=ParameterType.COLOR, default="#336699"),
        "logo": TemplateParameter(type=ParameterType.IMAGE, default="images/logo.png"),
        "motto": TemplateParameter(type=ParameterType.TEXT, default="Read"),
        "wide": TemplateParameter(type=ParameterType.BOOLEAN, default=False),
        "social": TemplateParameter(type=ParameterType.LINKS, default=()),
    }
    mjml = """<mjml lang="en"><mj-body><mj-section><mj-column><mj-text color="{{ parameters.accent }}">
      <p>{{ parameters.motto }}{% if parameters.wide %}, wide{% endif %}</p>
      {% for link in parameters.social %}<a href="{{ link.url }}">{{ link.name }}</a>{% endfor %}</mj-text>
      <mj-image src="{{ parameters.logo }}" /></mj-column></mj-section></mj-body></mjml>"""
    files = {"email.mjml": mjml, "email.txt": "{{ parameters.motto }}"}
    files |= {f"layouts/{layout}.mjml": "" for layout in ("lead", "story", "brief")}
    values = {name: parameter.default for name, parameter in declared.items()}
    return Template(name="t", files=files, declared=declared, parameters=values, root="templates/t")


def test_the_issue_comes_before_the_project_and_the_project_before_the_default(
    template: Template, make_issue: MakeIssue, newsletter: Newsletter
) -> None:
    project = dataclasses.replace(template, parameters={**template.parameters, "accent": "teal", "motto": "Project"})
    issue = make_issue(
        parameters={"motto": '<i> & "so"', "wide": True, "social": [{"name": "A & B", "url": "https://a.org/?x=1&y=2"}]}
    )
    compiled = compile_issue(issue, project, newsletter)
    page = document_fromstring(compiled.html)
    assert next(page.iter("p")).text == '<i> & "so", wide'
    assert [(a.text, a.get("href")) for a in page.iter("a")] == [("A & B", "https://a.org/?x=1&y=2")]
    assert [img.get("src") for img in page.iter("img")] == ["https://weekly.example.com/tides/images/logo.png"]
    assert "color:teal" in compiled.html
    assert compiled.text == '<i> & "so"\n'


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"acent": "red"},
            (
                "issues/tides/issue.md:5: the template has no parameter `acent`\n"
                "Did you mean `accent`? Known: accent, logo, motto, wide, social."
            ),
        ),
        (
            {"accent": None},
            (
                "issues/tides/issue.md:5: the parameter `accent` has no value\n"
                'A colour needs quotation marks, "#336699": behind a bare # everything is a comment.'
            ),
        ),
        (
            {"wide": "yes"},
            "issues/tides/issue.md:5: the parameter `wide` cannot be 'yes'\nWrite true or false.",
        ),
    ],
)
def test_a_wrong_parameter_of_an_issue_is_named_with_its_line(
    parameters: dict[str, Any], message: str, template: Template, make_issue: MakeIssue, newsletter: Newsletter
) -> None:
    issue = make_issue(parameters=parameters, lines={f"parameters.{name}": 5 for name in parameters})
    with pytest.raises(ContentError) as error:
        compile_issue(issue, template, newsletter)
    assert str(error.value) == message


def test_a_default_that_was_not_checked_yet_is_checked(
    template: Template, make_issue: MakeIssue, newsletter: Newsletter
) -> None:
    wrong = dataclasses.replace(template, parameters={**template.parameters, "accent": '#000"><b>'})
    with pytest.raises(TemplateError) as error:
        compile_issue(make_issue(), wrong, newsletter)
    assert str(error.value) == (
        "templates/t/template.toml: the parameter `accent` cannot be '#000\"><b>'\n"
        'Write a colour like "#336699", or its name in CSS.'
    )
