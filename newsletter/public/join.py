"""Signing up: the form, and the click in the mail without which nothing counts (double opt-in)."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from newsletter.errors import AddressError
from newsletter.message.address import canonical_email
from newsletter.message.tokens import Purpose
from newsletter.public.limits import LEAST_AGE, make_stamp, stamp_is_good
from newsletter.public.site import Site, Visit
from newsletter.store.confirmations import Kind, Request

TRAP = "website"
"""A field that people do not see and robots fill in."""


def subscribe(site: Site, visit: Visit) -> Response:
    """Show the form, or take it; the answer to a good one is the same for new and known addresses."""
    if not site.settings.lists:
        return site.page("closed", visit, status=404)
    if visit.method != "POST":
        return form(site, visit)
    if visit.text(TRAP):
        site.metrics.actions.labels("sign-up, robot").inc()
        return site.page("sent", visit)
    names = chosen(site, visit.texts("list"))
    try:
        email = canonical_email(visit.text("email"))
    except AddressError:
        return form(site, visit, problem="email", status=422)
    if not names:
        return form(site, visit, problem="lists", status=422)
    return _take(site, visit, email, names)


def _take(site: Site, visit: Visit, email: str, names: Sequence[str]) -> Response:
    if not stamp_is_good(visit.text("stamp"), site.now(), site.keys):
        # an embedded form has no stamp, and nobody's fingers are that quick: press the button once more
        return form(site, visit, problem="stamp")
    if not site.limit.allow(visit.ip):
        return site.page("busy", visit, status=429)
    wish = Request(kind=Kind.SIGN_UP, email=email, source="form", name=visit.text("name", 200), lists=tuple(names))
    take(site, visit, wish)
    return site.page("sent", visit)


def form(site: Site, visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    """Show the form with what was filled in; a stamp that is too young goes on ageing."""
    old = visit.text("stamp")
    return site.page(
        "subscribe",
        visit,
        status=status,
        lists=site.open_lists(),
        # nothing is ticked beforehand: that would be no consent (GDPR recital 32)
        marked=visit.texts("list"),
        email=visit.text("email"),
        name=visit.text("name", 200),
        problem=problem,
        stamp=old if _young(site, old) else make_stamp(site.now(), site.keys),
        consent=site.consent_text(visit.language),
        trap=TRAP,
    )


def chosen(site: Site, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the open lists among those that were chosen; the only one when nothing was."""
    lists = site.settings.lists
    return tuple(name for name in lists if name in wanted) if wanted or len(lists) > 1 else lists


def take(site: Site, visit: Visit, wish: Request) -> None:
    """Keep a sign-up and mail its link, with the record of what was agreed to."""
    evidence = site.evidence(visit, wish.source, text=site.consent_text(visit.language))
    site.ask(replace(wish, text_version=evidence.text_version, ip=evidence.ip, language=visit.language))
    site.metrics.actions.labels("sign-up").inc()


def confirm(site: Site, visit: Visit) -> Response:
    """Show the button, or do what was asked for; looking does nothing, because scanners open the links in mails."""
    if visit.method != "POST":
        return site.page("confirm", visit)
    token = site.subscription(visit, Purpose.CONFIRM)
    kind = site.confirmations.confirm(token, site.now()) if token is not None else None
    site.metrics.actions.labels("confirm" if kind else "confirm, in vain").inc()
    if kind is None:
        return site.page("expired", visit, status=404, open=bool(site.settings.lists))
    return site.page("confirmed", visit, kind=str(kind))


def _young(site: Site, stamp: str) -> bool:
    """Whether a stamp is ours and only too young: good in a moment."""
    now = site.now()
    return not stamp_is_good(stamp, now, site.keys) and stamp_is_good(stamp, now + LEAST_AGE, site.keys)
