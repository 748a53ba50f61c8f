"""A template is previewed with a case of its trial instead of an issue."""

from collections.abc import Callable
from typing import Any

import pytest

from newsletter.project import Project
from newsletter.project.preparation import PreparedIssue
from newsletter.project.trial import prepare_case
from newsletter.render.torture import pictures


def right_to_left(project: Project, _slug: str) -> PreparedIssue:
    return prepare_case(project, "weekly", "right to left", "ar")


@pytest.fixture
def preview(serve: Callable[..., Any]) -> Any:
    return serve("template-weekly", prepare=right_to_left, pictures=pictures())


def test_the_case_is_shown_in_its_language_with_pictures_of_its_own(preview: Any) -> None:
    mail = preview.ask("/issues/template-weekly/mail/light").text
    assert '<html lang="ar"' in mail
    assert "أخبار الميناء" in mail
    assert "/issues/template-weekly/images/wide.svg?v=" in mail
    picture = preview.ask("/issues/template-weekly/images/wide.svg")
    assert (picture.status, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert picture.body == pictures()["images/wide.svg"]
    assert preview.ask("/issues/template-weekly/images/other.svg").status == 404


def test_a_saved_template_shows_at_once_and_a_mistake_with_its_line(preview: Any) -> None:
    events = preview.events()
    assert events.next()["failure"] is None
    preview.edit("templates/weekly/email.mjml", "<mj-body", "<mj-boddy")
    state = events.until(lambda it: it["failure"] is not None)
    assert state["failure"]["place"].startswith("templates/weekly/email.mjml:")
    preview.edit("templates/weekly/email.mjml", "<mj-boddy", "<mj-body")
    assert events.until(lambda it: it["failure"] is None)["picture"] is not None
