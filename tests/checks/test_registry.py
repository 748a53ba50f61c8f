"""The registry runs all checks, in order of severity, and does as the settings and the records say."""

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from newsletter.checks import CHECKS, Severity, check_issue
from newsletter.checks.base import Example, Hit, Subject, check
from newsletter.checks.registry import checks_in
from newsletter.errors import ConfigError, ContentError

Subjects = Callable[..., Subject]


def ids(subject: Subject, **options: object) -> list[str]:
    return [f"{each.id} {each.severity}" for each in check_issue(subject, **options)]  # type: ignore[arg-type]


def test_errors_come_first(subject_of: Subjects) -> None:
    found = [each.severity for each in check_issue(subject_of(issue={"preheader": ""}, newsletter={"site_url": ""}))]
    assert found == sorted(found, key=list(Severity).index)
    assert len(set(found)) > 1


def test_the_settings_change_a_severity_or_turn_a_check_off(subject_of: Subjects) -> None:
    subject = subject_of(issue={"preheader": ""})
    assert ids(subject) == ["N103 warning"]
    assert ids(subject, rules={"N103": Severity.ERROR}) == ["N103 error"]
    assert ids(subject, rules={"N103": None}) == []


def test_an_unknown_id_in_the_settings_is_refused_with_the_nearest(subject_of: Subjects) -> None:
    with pytest.raises(ConfigError) as error:
        check_issue(subject_of(), rules={"N109X": None})
    assert error.value.what == "there is no check N109X, which [checks] names"
    assert error.value.remedy.startswith("Did you mean N")
    assert error.value.remedy.endswith("? `newsletter check --list` names them all.")


def test_a_record_silences_a_check_for_itself_and_an_issue_for_all(subject_of: Subjects) -> None:
    wrong = {"body": "[Click here](https://courier.example.com/x)."}
    assert ids(subject_of(article=wrong)) == ["N404 warning"]
    assert ids(subject_of(article={**wrong, "ignore": ("N404",)})) == []
    assert ids(subject_of(article={**wrong, "ignore": ("N403",)})) == ["N404 warning"]
    assert ids(subject_of(article=wrong, issue={"ignore": ("N404",)})) == []
    # what an article silences it does not silence for the issue
    assert ids(subject_of(article={"ignore": ("N103",)}, issue={"preheader": ""})) == ["N103 warning"]


def test_an_unknown_id_in_a_record_is_refused_at_its_line(subject_of: Subjects) -> None:
    lines = {"ignore": 6}
    with pytest.raises(ContentError) as error:
        check_issue(subject_of(article={"ignore": ("n404",), "lines": lines}))
    assert str(error.value.place) == "issues/tides/articles/lamp.md:6"
    assert error.value.what == "there is no check 'n404' to ignore"
    assert error.value.remedy == "Did you mean N404? `newsletter check --list` names them all."


def test_a_project_s_own_checks_run_with_the_others(subject_of: Subjects) -> None:
    @check(id="P101", severity=Severity.INFO, title="t", source="s", bad=Example())
    def always(it: Subject) -> Iterator[Hit]:
        yield Hit(message=f"{it.newsletter.name} is checked", remedy="Nothing.")

    assert ids(subject_of(), own=(always,)) == ["P101 info"]


def test_an_id_is_a_letter_and_three_digits() -> None:
    with pytest.raises(ValueError, match="'X1' is no id of a check: write P and three digits, like P101"):
        check(id="X1", severity=Severity.INFO, title="t", source="s", bad=Example())


def test_two_checks_of_one_id_are_refused() -> None:
    one, two = ModuleType("one"), ModuleType("two")
    one.a = CHECKS[0]  # type: ignore[attr-defined]
    two.b = check(id=CHECKS[0].id, severity=Severity.INFO, title="t", source="s", bad=Example())(CHECKS[1].run)  # type: ignore[attr-defined]
    assert checks_in([one, one]) == (CHECKS[0],)
    with pytest.raises(ValueError, match=f"two checks have the id {CHECKS[0].id}"):
        checks_in([one, two])
