"""Other programs can read the findings: escapes for GitHub, the shape of SARIF, baselines."""

import re
from dataclasses import replace
from typing import Any

import pytest

from newsletter.checks import CHECKS
from newsletter.checks.baseline import fingerprint, format_baseline, new_findings, parse_baseline
from newsletter.checks.formats import github_annotations, sarif
from newsletter.errors import ConfigError
from newsletter.models import Finding, Place, Severity

ODD = Finding(
    id="N101",
    severity=Severity.INFO,
    message="100 %\r\nof it: a, b",
    remedy="Mend.",
    place=Place(file="issues/a,b:c/über uns.md", line=3, column=7),
)
BARE = Finding(id="N402", severity=Severity.ERROR, message="nothing", remedy="Do.")


def test_github_reads_what_is_escaped() -> None:
    assert github_annotations([ODD, BARE], CHECKS) == [
        "::notice file=issues/a%2Cb%3Ac/über uns.md,line=3,title=N101 no subject::100 %25%0D%0Aof it: a, b. Mend.",
        "::error title=N402 no postal address::nothing. Do.",
    ]


def of(kind: type, value: Any) -> Any:
    assert isinstance(value, kind), value
    return value


def test_sarif_has_the_shape_of_its_standard() -> None:
    """SARIF 2.1.0 (OASIS), §3.13 log, §3.14 run, §3.18 tool, §3.49 rule, §3.27 result, §3.29 location."""
    log = sarif([ODD, BARE], CHECKS, "1.2.3")
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = of(list, log["runs"])
    assert set(run) <= {"tool", "results", "columnKind"}
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    driver = run["tool"]["driver"]
    assert of(str, driver["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    rules = of(list, driver["rules"])
    assert len({rule["id"] for rule in rules}) == len(rules) == len(CHECKS)
    for rule in rules:
        assert set(rule) <= {
            *("id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"),
        }
        for text in ("shortDescription", "fullDescription", "help"):
            assert of(str, rule[text]["text"])
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    odd, bare = run["results"]
    assert rules[odd["ruleIndex"]]["id"] == odd["ruleId"] == "N101"
    assert odd["level"] == "note"
    assert odd["message"] == {"text": "100 %\r\nof it: a, b. Mend."}
    assert odd["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "issues/a%2Cb%3Ac/%C3%BCber%20uns.md", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 7},
            }
        }
    ]
    assert "locations" not in bare
    assert odd["partialFingerprints"] == {"newsletter/v1": fingerprint(ODD)}


def test_a_baseline_is_read_as_it_was_written() -> None:
    text = format_baseline([ODD, BARE, BARE])
    assert text.count("\n") == 5
    accepted = parse_baseline(text, file="b.json")
    assert new_findings([BARE, ODD, BARE], accepted) == ()
    # a third one of the same words is new
    assert new_findings([BARE, BARE, ODD, BARE], accepted) == (BARE,)
    assert new_findings([BARE], parse_baseline(format_baseline([]), file="b.json")) == (BARE,)


def test_a_finding_keeps_its_print_when_its_line_moves() -> None:
    moved = replace(ODD, severity=Severity.ERROR, remedy="Other.", place=Place(file="issues/a,b:c/über uns.md", line=9))
    assert fingerprint(moved) == fingerprint(ODD)
    assert fingerprint(BARE) != fingerprint(ODD)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}'])
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="this is no baseline of `newsletter check`"):
        parse_baseline(text, file="b.json")
