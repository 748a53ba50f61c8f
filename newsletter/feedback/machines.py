"""Which openings and clicks are a machine's: mail programs that fetch in advance, scanners that follow every link.

The rules are on docs/report.md; each has a test. They err towards the person: something is a machine's
only when its program says so or says nothing, or when nobody could have been so quick.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from newsletter.models import EventType
from newsletter.store.reporting import Visit

QUICK = dt.timedelta(seconds=5)
"""Nobody has opened or clicked a mail so soon after its delivery."""
BURST = dt.timedelta(seconds=10)
"""Nobody follows so many links of one mail in that time."""
BURST_LINKS = 4

_APPLE = "Mozilla/5.0"
"""All that Apple's Mail Privacy Protection says of itself: it fetches every picture, read or not."""
_GMAIL_PREFETCH = re.compile(r"Chrome/42\.0\.2311\.135 .*Edge/12\.246 Mozilla/5\.0$")
"""Gmail before it shows a mail; its proxy for people who open one calls itself GoogleImageProxy, and counts."""
_SCANNER = re.compile(
    r"bot\b|crawl|spider|scan|barracuda|proofpoint|mimecast|safelinks|symantec|trendmicro|forcepoint|fireeye|cloudmark|"
    r"headlesschrome|phantomjs|python-|curl/|wget|libwww|okhttp|java/|go-http-client|node-fetch|axios",
    re.IGNORECASE,
)


def is_machine(visit: Visit) -> bool:
    """Whether an opening or click by itself is a machine's."""
    agent = agent_of(visit).strip()
    if not agent or _SCANNER.search(agent) or _GMAIL_PREFETCH.search(agent):
        return True
    if visit.type is EventType.OPEN and agent == _APPLE:
        return True
    return visit.delivered_at is not None and visit.at - visit.delivered_at < QUICK


def bursts(clicks: Sequence[Visit]) -> set[int]:
    """Return the places of clicks on several links of one mail in the same few seconds: a scanner follows them all."""
    found: set[int] = set()
    for first, click in enumerate(clicks):
        near = [place for place in range(first, len(clicks)) if clicks[place].at - click.at <= BURST]
        if len({link_of(clicks[place]) for place in near}) >= BURST_LINKS:
            found.update(near)
    return found


def agent_of(visit: Visit) -> str:
    """Return what the program that fetched says of itself."""
    return str(_detail(visit).get("userAgent") or "")


def link_of(visit: Visit) -> str:
    """Return the link of a click; "" for an opening."""
    return str(_detail(visit).get("link") or "")


def _detail(visit: Visit) -> dict[str, Any]:
    found = visit.payload.get(str(visit.type))
    return found if isinstance(found, dict) else {}
