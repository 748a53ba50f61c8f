"""What the page asks while somebody composes, and everything that can be changed: JSON in, JSON out."""

from typing import Any

import anyio
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsletter.errors import NewsletterError, UsageError
from newsletter.project.articles import read_record
from newsletter.project.measure import ArticleMeasure, measure_issue
from newsletter.studio.actions import (
    Action,
    AddArticles,
    AddSection,
    ChangeSection,
    Decide,
    MoveArticle,
    Redo,
    RemoveArticle,
    RemoveSection,
    SetLayout,
    Undo,
)
from newsletter.studio.collecting import MAX_UPLOAD, add_file, add_page
from newsletter.studio.edits import EditArticle, EditIssue
from newsletter.studio.folders import NewIssue, RenameIssue
from newsletter.studio.inbox import inbox_page, query_of, suggestions_for
from newsletter.studio.outline import article_values, journal_of, outline_of
from newsletter.studio.readers import offered_readers
from newsletter.studio.workshop import Workshop
from newsletter.web.fetch import Fetcher

_PAGE = TypeAdapter(dict[str, str])

MAX_ACTION = 3 * 1024 * 1024
"""Bytes of an action: a record's text may have one MiB, before and after."""

ACTIONS: dict[str, type[Action]] = {
    "add": AddArticles,
    "move": MoveArticle,
    "remove": RemoveArticle,
    "layout": SetLayout,
    "section-add": AddSection,
    "section-change": ChangeSection,
    "section-remove": RemoveSection,
    "issue-new": NewIssue,
    "issue-rename": RenameIssue,
    "issue-edit": EditIssue,
    "article-edit": EditArticle,
    "decide": Decide,
    "undo": Undo,
    "redo": Redo,
}


class Changes:
    """Answers with what is on the disk; each change is made there before it is answered."""

    def __init__(self, workshop: Workshop, fetcher: Fetcher) -> None:
        self._workshop = workshop
        self._fetcher = fetcher

    def outline(self, request: Request) -> Response:
        """Return how an issue is arranged."""
        return JSONResponse(outline_of(self._workshop, request.path_params["slug"]))

    def measures(self, request: Request) -> Response:
        """Return how many bytes of the mail each article is; nothing for an issue that does not compile."""
        slug = request.path_params["slug"]
        with self._workshop.project() as project:
            project.issue_file(slug)
        try:
            total, parts = self._measure(slug)
        except NewsletterError:
            return JSONResponse({"total": None, "articles": {}})  # the preview says what is wrong, with its line
        return JSONResponse({"total": total, "articles": {part.slug: part.bytes for part in parts}})

    def _measure(self, slug: str) -> tuple[int, tuple[ArticleMeasure, ...]]:
        with self._workshop.project() as project:
            issue = project.issue(slug)
            template = project.template(issue.template or project.settings.newsletter.template)
            assembled, newsletter = project.assemble(slug), project.settings.identity()
        # not while others wait for the project: the issue is compiled once for each article
        return measure_issue(assembled, template, newsletter)

    def suggestions(self, request: Request) -> Response:
        """Return what the issue could take next."""
        return JSONResponse(suggestions_for(self._workshop, request.path_params["slug"]))

    def inbox(self, request: Request) -> Response:
        """Return a page of the inbox."""
        return JSONResponse(inbox_page(self._workshop, query_of(dict(request.query_params))))

    def article(self, request: Request) -> Response:
        """Return the fields of a record."""
        record = self._workshop.record(request.query_params.get("file", ""))
        return JSONResponse(article_values(read_record(self._workshop.root, record)))

    def readers(self, request: Request) -> Response:
        """Return readers to look at the mail as."""
        with self._workshop.project() as project:
            return JSONResponse(offered_readers(project, request.query_params.get("q", "")[:100]))

    async def act(self, request: Request) -> Response:
        """Do one of the actions."""
        kind = ACTIONS.get(request.path_params["action"])
        if kind is None:
            raise HTTPException(404, "There is no such action.")
        body = await _body(request, MAX_ACTION)
        try:
            action = kind.model_validate_json(body)
        except ValidationError as exc:
            where = ".".join(str(part) for part in exc.errors()[0]["loc"])
            raise UsageError(
                f"the page asked for something that cannot be: {where or 'its form'} is wrong",
                remedy="Reload the page.",
            ) from exc
        return await self._answer(lambda: action.do(self._workshop))

    async def add_page(self, request: Request) -> Response:
        """Fetch a page for the inbox: `{"url": …}`."""
        body = await _body(request, 10_000)
        try:
            url = _PAGE.validate_json(body)["url"]
        except (ValidationError, KeyError) as exc:
            raise UsageError("the page asked for no address", remedy="Reload the page.") from exc
        return await self._answer(lambda: add_page(self._workshop, url, self._fetcher))

    async def add_file(self, request: Request) -> Response:
        """Take a dropped file, `?name=` with its bytes, into the inbox."""
        name = request.query_params.get("name", "")
        data = await _body(request, MAX_UPLOAD)
        return await self._answer(lambda: add_file(self._workshop, name, data))

    async def _answer(self, do: Any) -> Response:
        result = await anyio.to_thread.run_sync(do)
        return JSONResponse({**result, **journal_of(self._workshop)})


async def _body(request: Request, most: int) -> bytes:
    """Read a body up to a size; what says or turns out to be larger is refused before it is read on."""
    said = request.headers.get("content-length", "")
    too_large = HTTPException(413, f"That is more than {most // 1024 // 1024 or 1} MiB.", {"Connection": "close"})
    if said.isdecimal() and int(said) > most:
        raise too_large
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise too_large
    return bytes(data)
