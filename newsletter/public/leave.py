"""Unsubscribing: by one click of a mail program (RFC 8058) or by the button of a page.

The token is the authority: no cookie, no login, no question. Looking changes nothing, because mail scanners open every
link (RFC 8058 §1); a POST leaves, whatever its body says; and every answer is the same for a valid, a used and a forged
token, so that nobody learns anything by trying.
"""

from starlette.responses import Response

from newsletter.message.tokens import Purpose
from newsletter.public.site import Site, Visit


def leave(site: Site, visit: Visit) -> Response:
    """Show the button, or leave."""
    if visit.method != "POST":
        return site.page("leave", visit)
    one_click = visit.text("List-Unsubscribe") == "One-Click"
    subscription = site.subscription(visit, Purpose.UNSUBSCRIBE)
    if subscription is not None:
        evidence = site.evidence(visit, "one-click" if one_click else "unsubscribe page")
        site.members.leave(subscription, evidence, everything=visit.text("all") == "yes")
    site.metrics.actions.labels("unsubscribe" if subscription is not None else "unsubscribe, forged").inc()
    return site.page("left", visit)


def whose(site: Site, visit: Visit) -> Response:
    """Say where one's own link is, to whoever comes without one."""
    return site.page("whose", visit)
