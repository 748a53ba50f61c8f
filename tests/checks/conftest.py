"""What checks are tried on: the healthy issue of the examples, with changes."""

from collections.abc import Callable
from typing import Any

import pytest

from newsletter.checks import check_issue
from newsletter.checks.base import Example, Subject
from newsletter.checks.examples import example_subject
from newsletter.models import Template


@pytest.fixture
def subject_of(weekly: Template) -> Callable[..., Subject]:
    """Build a Subject; the keywords are those of Example."""

    def build(**changes: Any) -> Subject:
        return example_subject(Example(**changes), weekly)

    return build


@pytest.fixture
def lines_of(subject_of: Callable[..., Subject]) -> Callable[..., list[str]]:
    """Run all checks over the changed issue and write each finding as a line."""

    def run(**changes: Any) -> list[str]:
        found = check_issue(subject_of(**changes))
        return [f"{each.id} {each.severity} {each.place or '-'}: {each.message}" for each in found]

    return run
