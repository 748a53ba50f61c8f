"""What a link leads to, as asked over the web."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class LinkVerdict(StrEnum):
    """What a link leads to."""

    OK = "ok"  # a page or a file is there
    MOVED = "moved"  # it leads on to a site of another owner's name
    DEAD = "dead"  # the host or the page is gone
    SOFT_404 = "soft_404"  # the server answers, but with a "not found" page or its front page
    PARKED = "parked"  # the domain is for sale or shows only advertisements
    CERTIFICATE = "certificate"  # browsers warn before they open it
    REFUSED = "refused"  # the server does not answer programs, so nobody can tell
    TIMEOUT = "timeout"  # no answer in time
    UNREACHABLE = "unreachable"  # the connection broke, or the server failed; it may be back tomorrow
    SKIPPED = "skipped"  # not asked, for the reason given


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """What was found behind a link: `final` is where its redirects ended, `reason` a clause without a full stop."""

    url: str
    verdict: LinkVerdict
    reason: str = ""
    final: str = ""
    status: int | None = None
    checked: dt.datetime | None = None
