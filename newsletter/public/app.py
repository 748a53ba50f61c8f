"""The ASGI app: every address with its page. `app` makes it from the environment, for any ASGI server."""

import datetime as dt
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from newsletter.errors import ConfigError, DeliveryError, NewsletterError
from newsletter.message.tokens import TokenKeys
from newsletter.models import Place
from newsletter.project import Project
from newsletter.public.api import METHODS, openapi, sign_up
from newsletter.public.guard import Guard
from newsletter.public.join import confirm, subscribe
from newsletter.public.leave import leave, whose
from newsletter.public.mailer import Mailer
from newsletter.public.metrics import Metrics
from newsletter.public.pages import Pages
from newsletter.public.preferences import preferences
from newsletter.public.site import Site, Visit, read_visit
from newsletter.public.web import web_version
from newsletter.store.confirmations import Confirmations
from newsletter.store.database import Database, open_database, utc_now
from newsletter.store.keys import load_keys
from newsletter.store.mailings import Mailings
from newsletter.store.subscribers import Subscribers
from newsletter.transports import Transport, open_transport

Page = Callable[[Site, Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]
READ = ("GET", "HEAD")
BOTH = ("GET", "HEAD", "POST")

_log = logging.getLogger("newsletter.public")


class PublicApp:
    """The pages of a project behind their guard: an ASGI app with the parts that a server has to know."""

    def __init__(self, site: Site, close: Callable[[], None]) -> None:
        self.site = site
        self._close = close
        self._app = Guard(_pages(site, self._lifespan), base_url=site.settings.base_url, metrics=site.metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await self._app(scope, receive, send)

    def probe(self) -> None:
        """Look whether the database answers and confirmation mails leave; raises StoreError or DeliveryError."""
        self.site.members.titles()
        if not self.site.mailer.running:
            raise DeliveryError("the thread that sends confirmation mails has ended", remedy="Start the pages again.")

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self.site.mailer.start()
        try:
            yield
        finally:
            await run_in_threadpool(self.site.mailer.stop)
            self._close()


def app() -> PublicApp:
    """Make the app of the project that NEWSLETTER_PROJECT names, or of the current folder.

    For ASGI servers that call a factory; raises ConfigError, StoreError or TransportError when it cannot be made.
    """
    folder = os.environ.get("NEWSLETTER_PROJECT")
    return create_app(Project.open(Path(folder) if folder else None, os.environ))


def create_app(
    project: Project,
    *,
    transport: Transport | None = None,
    now: Callable[[], dt.datetime] = utc_now,
) -> PublicApp:
    """Make the app of a project: open its database, keys, templates and the transport for confirmation mails.

    Without `transport` it is the configured one. Raises ConfigError without a base_url, and for lists that cannot be
    called so.
    """
    settings = project.settings
    newsletter = settings.identity()
    if not settings.public.base_url:
        raise ConfigError(
            "the public pages have no address",
            place=Place(file="newsletter.toml"),
            remedy='Add to newsletter.toml:\n  [public]\n  base_url = "https://news.example.com"',
        )
    pages = Pages(project.root, newsletter, base=urlsplit(settings.public.base_url).path)
    carrier = transport or open_transport(settings.delivery.transport, settings, root=project.root, environ=os.environ)
    database = open_database(settings.store.url, root=project.root)
    keys = _keys(project, database)
    for name in settings.public.lists:
        Subscribers(database).ensure_list(name, now())
    metrics = Metrics()
    mailer = Mailer(
        newsletter=newsletter,
        keys=keys,
        pages=pages,
        confirmations=Confirmations(database),
        transport=carrier,
        metrics=metrics,
        now=now,
    )
    site = Site(
        settings=settings.public,
        newsletter=newsletter,
        database=database,
        keys=keys,
        pages=pages,
        mailer=mailer,
        metrics=metrics,
        now=now,
    )

    def close() -> None:
        carrier.close()
        database.close()

    return PublicApp(site, close)


def _keys(project: Project, database: Database) -> TokenKeys:
    return load_keys(project.state_dir, may_create=not Mailings(database).reached_people())


def _pages(site: Site, lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]]) -> Starlette:
    description = openapi(site.settings.base_url)
    routes = [
        _route("/", site, subscribe, BOTH),
        _route("/subscribe", site, subscribe, BOTH),
        _route("/c/{token}", site, confirm, BOTH),
        _route("/u/{token}", site, leave, BOTH),
        _route("/p/{token}", site, preferences, BOTH),
        _route("/u", site, whose, READ),
        _route("/p", site, whose, READ),
        Route("/i/{issue}", _issue(site), methods=[*READ, "OPTIONS"]),
        Route("/api/subscribe", partial(sign_up, site), methods=[*METHODS, "OPTIONS"]),
        Route("/api/openapi.json", _fixed(lambda: JSONResponse(description)), methods=[*READ, "OPTIONS"]),
        Route("/style.css", _fixed(lambda: _style(site)), methods=[*READ, "OPTIONS"]),
    ]
    handlers = {HTTPException: _failed(site), NewsletterError: _broken}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


def _route(path: str, site: Site, page: Page, methods: tuple[str, ...]) -> Route:
    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _options(methods)
        visit = await read_visit(request, site)
        return await run_in_threadpool(page, site, visit)

    return Route(path, answer, methods=[*methods, "OPTIONS"])


def _issue(site: Site) -> Endpoint:
    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _options(READ)
        visit = await read_visit(request, site)
        return await run_in_threadpool(web_version, site, visit, request)

    return answer


def _fixed(make: Callable[[], Response]) -> Endpoint:
    async def answer(request: Request) -> Response:
        return _options(READ) if request.method == "OPTIONS" else make()

    return answer


def _options(methods: tuple[str, ...]) -> Response:
    return Response(status_code=204, headers={"Allow": ", ".join((*methods, "OPTIONS"))})


def _style(site: Site) -> Response:
    return Response(site.pages.style, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


def _failed(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "it is registered for these"
        if error.status_code != 404 or request.url.path.startswith("/api/"):
            return PlainTextResponse(f"{error.detail}\n", error.status_code, dict(error.headers or {}))
        visit = await read_visit(request, site)
        return await run_in_threadpool(site.page, "missing", visit, status=404)

    return answer


async def _broken(_request: Request, error: Exception) -> Response:
    """Answer when the database or a template fails: the visitor hears that it is not their fault, the log why."""
    _log.error("could not answer", extra={"reason": type(error).__name__, "place": str(getattr(error, "place", ""))})
    return PlainTextResponse("Something here is out of order. Please try again later.\n", 503, {"Retry-After": "60"})
