"""The stock templates, each with its sample issue, compiled as a project would."""

import dataclasses
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.config import parse_settings
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.message.verify import MessageContent
from newsletter.project import Project
from newsletter.render import compile_issue

REPOSITORY = Path(__file__).parents[2]
SAMPLES = {"weekly": "first-light", "digest": "kept-links", "letter": "the-drawer", "bulletin": "winter-news"}

Compiled = Callable[..., MessageContent]


@pytest.fixture(scope="session")
def stock() -> Project:
    return Project(REPOSITORY, parse_settings((REPOSITORY / "newsletter.toml").read_text(encoding="utf-8"), {}))


@pytest.fixture(scope="session")
def mail(stock: Project) -> Compiled:
    """Compile a template's sample issue; parameters and the newsletter's language may be others than the stock's."""

    def compiled(template: str, *, language: str = "en", **parameters: Any) -> MessageContent:
        newsletter = dataclasses.replace(stock.settings.identity(), language=language)
        found = stock.template(template)
        found = dataclasses.replace(found, parameters={**found.parameters, **parameters})
        issue = compile_issue(stock.assemble(SAMPLES[template]), found, newsletter)
        return MessageTemplate(issue, newsletter).content(sample_reader(newsletter, SAMPLES[template]))

    return compiled


@pytest.fixture(params=SAMPLES)
def template(request: pytest.FixtureRequest) -> str:
    """Each stock template by name."""
    name: str = request.param
    return name


@pytest.fixture
def described(template: str) -> dict[str, Any]:
    """The template's template.toml."""
    return tomllib.loads((REPOSITORY / "templates" / template / "template.toml").read_text(encoding="utf-8"))
