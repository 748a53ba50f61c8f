"""Passed checks: the last of each issue."""

import datetime as dt
from dataclasses import replace

from newsletter.store.checks import Checks, PassedCheck
from newsletter.store.database import Database


def test_the_last_passed_check_of_each_issue_is_kept_until_it_is_forgotten(
    database: Database, now: dt.datetime
) -> None:
    checks = Checks(database)
    assert checks.passed() == {}
    first = PassedCheck(issue="clouds", sha256="a" * 64, fingerprint="b" * 64, checked_at=now)
    other = replace(first, issue="tides")
    checks.record(first)
    checks.record(other)
    again = replace(first, sha256="c" * 64, checked_at=now + dt.timedelta(hours=1))
    checks.record(again)
    assert checks.passed() == {"clouds": again, "tides": other}
    checks.forget("clouds")
    checks.forget("clouds")
    assert checks.passed() == {"tides": other}
