"""The studio's two pages, from Jinja templates of its own; everything a record says is escaped."""

import datetime as dt
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from newsletter.errors import UsageError
from newsletter.studio.home import home_of
from newsletter.studio.workshop import Workshop

TEMPLATES = Path(__file__).parent / "templates"


def make_environment() -> Environment:
    """Return the environment of the studio's own pages."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = _day
    return environment


class Pages:
    """The start page and the page of an issue; with `only` there is nothing but the preview of that mail."""

    def __init__(self, workshop: Workshop, *, only: str, address: str) -> None:
        self._workshop = workshop
        self._only = only
        self._address = address
        self._environment = make_environment()

    def home(self, request: Request) -> Response:
        """Return the start page."""
        if self._only:
            return RedirectResponse(f"/issues/{self._only}", 303)
        everything = "all" in request.query_params
        home = home_of(self._workshop, everything=everything)
        return self._page("home.html", home=home, address=self._address)

    def issue(self, request: Request) -> Response:
        """Return the page of an issue, or of the one mail there is."""
        slug = request.path_params["slug"]
        if self._only:
            if slug != self._only:
                raise HTTPException(404, "Only the preview of one mail is open.")
            return self._page("issue.html", slug=slug, compose=False, newsletter="")
        try:
            with self._workshop.project() as project:
                project.issue_file(slug)
                newsletter = project.settings.newsletter.name
        except UsageError as error:
            return HTMLResponse(self._environment.get_template("missing.html").render(error=error), 404)
        return self._page("issue.html", slug=slug, compose=True, newsletter=newsletter)

    def _page(self, name: str, **values: object) -> Response:
        return HTMLResponse(self._environment.get_template(name).render(**values))


def _day(date: dt.date | None) -> str:
    return f"{date:%a} {date.day} {date:%b %Y}" if date else "no date"
