"""The studio's addresses: its pages, what changed, the mail for its frame, its texts, and every change."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.errors import ClashError, ConflictError, NewsletterError, UsageError
from newsletter.studio.changes import Changes
from newsletter.studio.gallery import Gallery
from newsletter.studio.looking import Looking
from newsletter.studio.outline import error_values
from newsletter.studio.pages import Pages
from newsletter.studio.workshop import Workshop
from newsletter.web.fetch import Fetcher

STATIC = Path(__file__).parent / "static"


def make_app(  # noqa: PLR0913 - the parts that the server puts together, all named
    gallery: Gallery,
    workshop: Workshop,
    *,
    fetcher: Fetcher,
    only: str = "",
    pictures: Mapping[str, bytes] | None = None,
    address: str = "",
) -> Starlette:
    """Return the app; its lifespan watches the files. It has to stand behind a Guard.

    With `only` it shows the mail of that name and changes nothing; `pictures` are its own, by path.
    """

    @asynccontextmanager
    async def watching(_app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(gallery.run)
            yield
            gallery.stop()

    pages = Pages(workshop, only=only, address=address)
    looking = Looking(gallery, workshop, pictures or {})
    issue = "/issues/{slug}"
    routes: list[Route | Mount] = [
        Route("/", pages.home),
        Route(issue, pages.issue),
        Route("/frame", looking.frame),
        Route("/events", looking.files),
        Route(f"{issue}/events", looking.events),
        Route(f"{issue}/mail/{{scheme}}", looking.mail),
        Route(f"{issue}/facts", looking.facts),
        Route(f"{issue}/text", looking.text),
        Route(f"{issue}/source", looking.source),
        Route(f"{issue}/message", looking.message),
        Route(f"{issue}/message.eml", looking.download),
        Route(f"{issue}/images/{{path:path}}", looking.image),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    if not only:
        changes = Changes(workshop, fetcher)
        routes += [
            Route(f"{issue}/outline", changes.outline),
            Route(f"{issue}/measures", changes.measures),
            Route(f"{issue}/suggestions", changes.suggestions),
            Route("/inbox", changes.inbox),
            Route("/article", changes.article),
            Route("/readers", changes.readers),
            Route("/api/page", changes.add_page, methods=["POST"]),
            Route("/api/file", changes.add_file, methods=["POST"]),
            Route("/api/{action}", changes.act, methods=["POST"]),
        ]
    return Starlette(
        routes=routes,
        lifespan=watching,
        exception_handlers={NewsletterError: _explain, HTTPException: _plainly},
    )


def _explain(request: Request, error: Exception) -> Response:
    """Answer what a person can mend as JSON: what, where, what to do; of a clash both versions."""
    assert isinstance(error, NewsletterError)
    if isinstance(error, ConflictError):
        status = 409
    elif isinstance(error, UsageError) and request.method in {"GET", "HEAD"}:
        status = 404
    else:
        status = 422
    values = error_values(error)
    if isinstance(error, ClashError):
        values |= {"disk": error.disk, "mine": error.mine}
    return JSONResponse({"error": values}, status)


def _plainly(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(error.detail, error.status_code, error.headers)
