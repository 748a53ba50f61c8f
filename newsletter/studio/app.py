"""The preview's pages: the page itself, what changed, the mail for its frame, its texts, and its pictures."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.errors import ContentError
from newsletter.project import Project
from newsletter.studio.live import Live
from newsletter.studio.picture import Picture
from newsletter.studio.variants import Scheme

STATIC = Path(__file__).parent / "static"
MAIL_POLICY = (
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; font-src https:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""The mail runs no script, so `allow-same-origin` gives it nothing; it lets the page swap its content and keep the
scroll position. The same words stand in the frame's `sandbox` attribute."""
IMAGE_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
EMPTY_FRAME = '<!DOCTYPE html><html lang="en"><head><title>Mail</title></head><body></body></html>'


def make_app(live: Live, project: Project, pictures: Mapping[str, bytes]) -> Starlette:
    """Return the app of one issue; its lifespan watches the files. It has to stand behind a Guard."""

    @asynccontextmanager
    async def watching(_app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(live.run)
            yield
            live.stop()

    return Starlette(
        routes=[
            Route("/", _page),
            Route("/events", _events(live)),
            Route("/frame", _frame),
            Route("/mail/{scheme}", _mail(live)),
            Route("/text", _text(live, lambda picture: picture.text)),
            Route("/source", _text(live, lambda picture: picture.html)),
            Route("/message", _text(live, lambda picture: picture.message)),
            Route("/images/{path:path}", _image(live, project, pictures)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        lifespan=watching,
    )


async def _page(_request: Request) -> Response:
    return FileResponse(STATIC / "preview.html")


async def _frame(_request: Request) -> Response:
    return HTMLResponse(EMPTY_FRAME, headers={"Content-Security-Policy": MAIL_POLICY})


def _events(live: Live) -> Callable[[Request], EventSourceResponse]:
    async def states() -> AsyncIterator[ServerSentEvent]:
        async for snapshot in live.follow():
            yield ServerSentEvent(event="state", id=str(snapshot.revision), data=json.dumps(snapshot.values()))

    def events(_request: Request) -> EventSourceResponse:
        return EventSourceResponse(states(), ping=20)

    return events


def _mail(live: Live) -> Callable[[Request], Response]:
    def mail(request: Request) -> Response:
        scheme = request.path_params["scheme"]
        if scheme not in set(Scheme):
            raise HTTPException(404, f"There is no colour scheme {scheme[:40]!r}: light or dark.")
        return HTMLResponse(_picture(live).frames[Scheme(scheme)], headers={"Content-Security-Policy": MAIL_POLICY})

    return mail


def _text(live: Live, part: Callable[[Picture], str]) -> Callable[[Request], Response]:
    def text(_request: Request) -> Response:
        return PlainTextResponse(part(_picture(live)))

    return text


def _image(live: Live, project: Project, pictures: Mapping[str, bytes]) -> Callable[[Request], Response]:
    def image(request: Request) -> Response:
        src = f"images/{request.path_params['path']}"
        content_type = IMAGE_TYPES.get(Path(src).suffix.lower())
        if content_type is None:
            raise HTTPException(404, "Only pictures of the issue are shown here.")
        try:
            data = pictures.get(src) or project.image_file(live.snapshot.slug, src).read_bytes()
        except (ContentError, OSError) as exc:
            raise HTTPException(404, "The issue has no such picture.") from exc
        return Response(
            data, media_type=content_type, headers={"Content-Security-Policy": "default-src 'none'; sandbox"}
        )

    return image


def _picture(live: Live) -> Picture:
    picture = live.snapshot.picture
    if picture is None:
        raise HTTPException(404, "The issue has not compiled yet.")
    return picture
