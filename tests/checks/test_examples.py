"""Every check fires on its bad example and is silent on its good one; the healthy issue has no finding at all."""

import re

import pytest

from newsletter.checks import CHECKS, check_issue
from newsletter.checks.base import HEALTHY, Check, Family
from newsletter.checks.examples import example_subject
from newsletter.models import Template

FAMILIES = {family: ("P" if family is Family.OWN else f"N{number}") for number, family in enumerate(Family, start=1)}


@pytest.mark.parametrize("entry", CHECKS, ids=lambda entry: entry.id)
def test_a_check_fires_on_its_bad_example_and_not_on_its_good_one(entry: Check, weekly: Template) -> None:
    found = list(entry.findings(example_subject(entry.bad, weekly)))
    assert found
    for finding in found:
        assert (finding.id, finding.severity) == (entry.id, entry.severity)
        assert finding.message
        assert finding.message[0] == finding.message[0].lower() or not finding.message[0].isalpha()
        assert not finding.message.endswith(".")
        assert re.search(r"[.?]$", finding.remedy), finding.remedy
    assert list(entry.findings(example_subject(entry.good, weekly))) == []


def test_the_healthy_issue_has_no_finding(weekly: Template) -> None:
    assert check_issue(example_subject(HEALTHY, weekly)) == ()


def test_every_check_has_an_id_of_its_family_a_title_a_source_and_a_reason() -> None:
    assert len({entry.id for entry in CHECKS}) == len(CHECKS)
    for entry in CHECKS:
        assert entry.id.startswith(FAMILIES[entry.family]), entry.id
        assert entry.title, entry.id
        assert entry.source, entry.id
        assert entry.why.endswith("."), entry.id
