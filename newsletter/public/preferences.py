"""A person's own page: lists, name, language, address, what is held about them, and being forgotten."""

import json
from collections.abc import Callable

from starlette.responses import Response

from newsletter.errors import AddressError
from newsletter.message.address import canonical_email, email_key
from newsletter.message.tokens import Purpose
from newsletter.public.site import Site, Visit
from newsletter.store.confirmations import Kind, Request
from newsletter.store.forgetting import forget
from newsletter.store.membership import Choice, Member

SOURCE = "preferences page"


def preferences(site: Site, visit: Visit) -> Response:
    """Show the page, or do what one of its buttons says; a link that is not ours, or of somebody forgotten, is 404."""
    subscription = site.subscription(visit, Purpose.PREFERENCES)
    member = site.members.find(subscription) if subscription is not None else None
    if subscription is None or member is None:
        return site.page("missing", visit, status=404)
    action = _ACTIONS.get(visit.text("action")) if visit.method == "POST" else None
    if action is None:
        return _show(site, visit, member)
    site.metrics.actions.labels(visit.text("action")).inc()
    return action(site, visit, subscription, member)


def _show(site: Site, visit: Visit, member: Member, *, note: str = "", status: int = 200) -> Response:
    """Show the lists that are open and those that the person is on, and no other."""
    titles = {**{name: site.members.titles().get(name, name) for name in member.lists}, **site.open_lists()}
    return site.page(
        "preferences", visit, status=status, member=member, titles=titles, note=note, token=visit.token,
        consent=site.consent_text(visit.language),
    )  # fmt: skip


def _save(site: Site, visit: Visit, subscription: bytes, member: Member) -> Response:
    choice = Choice(
        name=visit.text("name", 200),
        language=site.pages.languages.known(visit.text("language", 20)),
        wanted=frozenset(visit.texts("list")),
        offered=frozenset(site.open_lists()) | frozenset(member.lists),
    )
    joins = bool(choice.offered & choice.wanted - set(member.lists))
    text = site.consent_text(visit.language) if joins else ""
    saved = site.members.save(subscription, choice, site.evidence(visit, SOURCE, text=text))
    return _show(site, visit, saved or member, note="saved")


def _change_address(site: Site, visit: Visit, _subscription: bytes, member: Member) -> Response:
    try:
        email = canonical_email(visit.text("email"))
    except AddressError:
        return _show(site, visit, member, note="address", status=422)
    if not site.limit.allow(visit.ip):
        return site.page("busy", visit, status=429)
    if email_key(email) != member.email_key:
        site.ask(
            Request(kind=Kind.NEW_ADDRESS, email=email, source=SOURCE, subscriber_id=member.id, language=visit.language)
        )
    return _show(site, visit, member, note="asked")


def _export(site: Site, _visit: Visit, subscription: bytes, _member: Member) -> Response:
    held = json.dumps(site.members.export(subscription), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(f"{held}\n", media_type="application/json", headers=headers)


def _forget(site: Site, visit: Visit, _subscription: bytes, member: Member) -> Response:
    if visit.text("sure") != "yes":
        return site.page("forget", visit, token=visit.token)
    forget(site.database, member.email_key, site.keys)
    return site.page("forgotten", visit)


_ACTIONS: dict[str, Callable[[Site, Visit, bytes, Member], Response]] = {
    "save": _save,
    "address": _change_address,
    "export": _export,
    "forget": _forget,
}
