"""What is looked at: what changed, the mail for its frame, its texts, its pictures. Nothing here changes anything."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from newsletter.errors import ContentError
from newsletter.studio.gallery import Gallery
from newsletter.studio.live import Live
from newsletter.studio.picture import Picture, seen_by
from newsletter.studio.readers import reader_named
from newsletter.studio.variants import Scheme, without_images
from newsletter.studio.workshop import Workshop

MAIL_POLICY = (
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; font-src https:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""The mail runs no script, so `allow-same-origin` gives it nothing; it lets the page swap its content and keep the
scroll position. The same words stand in the frame's `sandbox` attribute."""
PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}
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
PING_SECONDS = 20


class Looking:
    """Answers for the issues of a gallery; `pictures` are those of a mail that is no issue of the project."""

    def __init__(self, gallery: Gallery, workshop: Workshop, pictures: Mapping[str, bytes]) -> None:
        self._gallery = gallery
        self._workshop = workshop
        self._pictures = pictures

    async def frame(self, _request: Request) -> Response:
        """Return the empty document that the mail is put into."""
        return HTMLResponse(EMPTY_FRAME, headers={"Content-Security-Policy": MAIL_POLICY})

    async def files(self, _request: Request) -> Response:
        """Tell of every change of a file of content."""

        async def revisions() -> AsyncIterator[ServerSentEvent]:
            seen = 0
            while not self._gallery.bell.stopped:
                news = self._gallery.bell.next()
                if self._gallery.revision == seen:
                    await news.wait()
                else:
                    seen = self._gallery.revision
                    yield ServerSentEvent(event="files", data=str(seen))

        return EventSourceResponse(revisions(), ping=PING_SECONDS)

    async def events(self, request: Request) -> Response:
        """Tell of every new picture of an issue as `state`, and of changed files as `files`, on one connection."""
        live = await self._gallery.open(request.path_params["slug"])

        async def news_of() -> AsyncIterator[ServerSentEvent]:
            state, files = 0, 0
            while not live.bell.stopped:
                news = live.bell.next()
                if live.snapshot.revision != state:
                    state = live.snapshot.revision
                    yield ServerSentEvent(event="state", id=str(state), data=json.dumps(live.snapshot.values()))
                elif self._gallery.revision != files:
                    files = self._gallery.revision
                    yield ServerSentEvent(event="files", data=str(files))
                else:
                    await news.wait()

        return EventSourceResponse(news_of(), ping=PING_SECONDS)

    async def mail(self, request: Request) -> Response:
        """Return the mail's HTML for the frame, in a colour scheme, with its pictures or `?images=off`."""
        scheme = request.path_params["scheme"]
        if scheme not in set(Scheme):
            raise HTTPException(404, f"There is no colour scheme {scheme[:40]!r}: light or dark.")
        html = (await self._picture(request)).frames[Scheme(scheme)]
        if request.query_params.get("images") == "off":
            html = without_images(html)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})

    async def facts(self, request: Request) -> Response:
        """Return what is known of the mail as a reader gets it."""
        return JSONResponse((await self._picture(request)).facts)

    async def text(self, request: Request) -> Response:
        """Return the text part."""
        return PlainTextResponse((await self._picture(request)).text)

    async def source(self, request: Request) -> Response:
        """Return the HTML as it is sent."""
        return PlainTextResponse((await self._picture(request)).html)

    async def message(self, request: Request) -> Response:
        """Return the message as it is sent, to look at."""
        return PlainTextResponse((await self._picture(request)).message)

    async def download(self, request: Request) -> Response:
        """Return the message as a file that mail programs open."""
        picture = await self._picture(request)
        name = f"{request.path_params['slug']}.eml"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', **PICTURE_POLICY}
        return Response(picture.prepared.message, media_type="message/rfc822", headers=headers)

    async def image(self, request: Request) -> Response:
        """Return a picture of an issue."""
        src = f"images/{request.path_params['path']}"
        content_type = IMAGE_TYPES.get(Path(src).suffix.lower())
        if content_type is None:
            raise HTTPException(404, "Only pictures of the issue are shown here.")
        data = self._pictures.get(src) or await anyio.to_thread.run_sync(
            self._read_image, request.path_params["slug"], src
        )
        return Response(data, media_type=content_type, headers=PICTURE_POLICY)

    def _read_image(self, slug: str, src: str) -> bytes:
        try:
            with self._workshop.project() as project:
                path = project.image_file(slug, src)
            return path.read_bytes()
        except (ContentError, OSError, ValueError) as exc:
            raise HTTPException(404, "The issue has no such picture.") from exc

    async def _picture(self, request: Request) -> Picture:
        """Return the picture of now, as `?reader=` sees it."""
        slug = request.path_params["slug"]
        live = await self._gallery.open(slug)
        picture = _latest(live)
        key = request.query_params.get("reader", "")
        return await asyncio.to_thread(self._seen_by, slug, picture, key) if key else picture

    def _seen_by(self, slug: str, picture: Picture, key: str) -> Picture:
        with self._workshop.project() as project:
            reader = reader_named(project, slug, key)
            return seen_by(project, slug, picture, reader) if reader else picture


def _latest(live: Live) -> Picture:
    if live.snapshot.picture is None:
        raise HTTPException(404, "The issue has not compiled yet.")
    return live.snapshot.picture
