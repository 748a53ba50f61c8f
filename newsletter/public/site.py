"""All that the pages work with, and a visit: what one request says, read once."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse

from newsletter.config import PublicSettings
from newsletter.message.tokens import Purpose, TokenKeys, read_token
from newsletter.models import Newsletter
from newsletter.public.limits import NetworkLimit, client_of
from newsletter.public.mailer import Mailer
from newsletter.public.metrics import Metrics
from newsletter.public.pages import Pages
from newsletter.store.confirmations import Confirmations
from newsletter.store.confirmations import Request as Wish
from newsletter.store.consent import Evidence, keep_text
from newsletter.store.database import Database
from newsletter.store.membership import MemberLinks

MOST_FIELDS = 100
MOST_FIELD_SIZE = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request as the pages read it: the method, the token in the path, the form, the visitor's language and IP."""

    method: str
    token: str
    form: FormData
    language: str
    ip: str

    def text(self, name: str, most: int = 500) -> str:
        """Return a field of the form as one line without surrounding blanks, cut to `most` characters."""
        value = self.form.get(name)
        return " ".join(value.split())[:most] if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that may come several times."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The parts that the pages share."""

    settings: PublicSettings
    newsletter: Newsletter
    database: Database
    keys: TokenKeys
    pages: Pages
    mailer: Mailer
    metrics: Metrics
    now: Callable[[], dt.datetime]
    limit: NetworkLimit = field(default_factory=NetworkLimit)

    @property
    def members(self) -> MemberLinks:
        """The people behind links."""
        return MemberLinks(self.database)

    @property
    def confirmations(self) -> Confirmations:
        """What waits for a click."""
        return Confirmations(self.database)

    def page(self, template: str, visit: Visit, /, *, status: int = 200, **values: object) -> HTMLResponse:
        """Return a page in the visitor's language."""
        html = self.pages.page(template, visit.language, **values)
        headers = {"Content-Language": visit.language, "Vary": "Accept-Language"}
        return HTMLResponse(html, status, headers)

    def subscription(self, visit: Visit, purpose: Purpose) -> bytes | None:
        """Return the id that the visit's token was made for."""
        return read_token(visit.token, purpose, self.keys)

    def evidence(self, visit: Visit, source: str, *, text: str = "") -> Evidence:
        """Say when and how something was done here; a `text` that was agreed to is kept."""
        now = self.now()
        version = keep_text(self.database, text, now)
        return Evidence(at=now, source=source, text_version=version, ip=visit.ip if self.settings.record_ip else "")

    def consent_text(self, language: str) -> str:
        """Return what people agree to at the form."""
        if self.settings.consent:
            return self.settings.consent
        sentence = self.pages.say("I want to get %(name)s by e-mail. I can leave at any time.", language)
        return sentence % {"name": self.newsletter.name}

    def open_lists(self) -> dict[str, str]:
        """Return the lists that everybody may join, by name with their titles, in the order of the settings."""
        titles = self.members.titles()
        return {name: titles.get(name, name) for name in self.settings.lists}

    def ask(self, wish: Wish) -> None:
        """Keep a request and let its mail be sent; whether there is one shows to nobody but the mailbox."""
        waiting = self.confirmations.ask(wish, self.now())
        if waiting is not None:
            self.mailer.put(waiting)


async def read_visit(request: Request, site: Site) -> Visit:
    """Read a request; a form that cannot be read is an empty one, for leaving must work whatever a mail program sends.

    Files are no part of any form here.
    """
    form = FormData()
    if request.method == "POST" and not request.headers.get("content-type", "").startswith("application/json"):
        try:
            form = await request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_SIZE)
        except Exception:  # noqa: BLE001 - the parser's errors have no class in common; see above
            form = FormData()
    return Visit(
        method=request.method,
        token=request.path_params.get("token", ""),
        form=form,
        language=site.pages.languages.choose(request.headers.get("accept-language", ""), site.newsletter.language),
        ip=client_of(
            request.client.host if request.client else "",
            request.headers.getlist("x-forwarded-for"),
            site.settings.trusted_proxies,
        ),
    )
