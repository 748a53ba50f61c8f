"""The links that the law, the big mail services and readers expect in every newsletter."""

from collections.abc import Iterator

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.models import Severity


@check(
    id="N401",
    family=Family.LINKS,
    severity=Severity.ERROR,
    title="no unsubscribe link in the mail",
    source="CAN-SPAM §5(a)(3); Gmail and Yahoo sender rules",
    bad=Example(about="the template's footer.mjml is empty", files={"footer.mjml": ""}),
)
def no_unsubscribe(it: Subject) -> Iterator[Hit]:
    """Who finds no way out marks the mail as spam; in most countries it is against the law besides."""
    for part, source, file in (("HTML", it.compiled.html, "email.mjml"), ("text", it.compiled.text, "email.txt")):
        if "unsubscribe_url" not in source:
            yield Hit(
                message=f"the {part} part has no unsubscribe link",
                remedy="Put [[ unsubscribe_url ]] into the template's footer.",
                place=it.template.place(file),
            )


@check(
    id="N402",
    family=Family.LINKS,
    severity=Severity.WARNING,
    title="no postal address",
    source="CAN-SPAM §5(a)(5)(A)(iii)",
    bad=Example(newsletter={"postal_address": ""}),
)
def no_postal_address(it: Subject) -> Iterator[Hit]:
    """Most countries require one in commercial mail."""
    address = it.newsletter.postal_address.strip()
    if not address:
        yield Hit(message="the mail names no postal address", remedy="Set `postal_address` in newsletter.toml.")
    elif address.splitlines()[0].strip() not in (it.tree.text_content()):
        yield Hit(
            message="the template does not show the postal address",
            remedy="Put {{ newsletter.postal_address }} into the template's footer.",
            place=it.template.place("email.mjml"),
        )


@check(
    id="N405",
    family=Family.LINKS,
    severity=Severity.INFO,
    title="no link to the issue on the web",
    source="https://www.caniemail.com: no client shows everything",
    bad=Example(about="the template's header.mjml has no [[ web_url ]]", files={"header.mjml": ""}),
    good=Example(about="without a site there is no such page", newsletter={"site_url": ""}),
)
def no_web_version(it: Subject) -> Iterator[Hit]:
    """Where a mail program spoils the mail or Gmail clips it, the page on the web is the way to read it."""
    if it.newsletter.site_url and "web_url" not in it.compiled.html:
        yield Hit(
            message="the mail does not link to the issue's page on the web",
            remedy='Put <a href="[[ web_url ]]">View in your browser</a> into the template\'s header.',
            place=it.template.place("email.mjml"),
        )
