"""An issue on the web: the mail that was sent, filled in for nobody in particular."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.errors import SlotError
from newsletter.message.reader import anonymous_reader
from newsletter.models import CompiledIssue, Newsletter
from newsletter.public.site import Site, Visit
from newsletter.render.slots import parse_slots, reader_context, slot_context
from newsletter.store.published import published_issue

POLICY = (
    "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; font-src https:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The mail runs no script and sends no form, whatever an article brought along."""


def web_version(site: Site, visit: Visit, request: Request) -> Response:
    """Show an issue that was sent to people; a draft, a rehearsal and what never was are all not there."""
    found = published_issue(site.database, request.path_params["issue"])
    if found is None:
        return site.page("missing", visit, status=404)
    compiled, newsletter = found
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{compiled.sha256}"',
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(merge_for_nobody(compiled, newsletter), headers=headers)


def merge_for_nobody(compiled: CompiledIssue, newsletter: Newsletter) -> str:
    """Return the issue's HTML without a reader: a slot that needs one and has no fallback is left empty."""
    text = parse_slots(compiled.html, html=True, part="html")
    context = slot_context(reader_context(anonymous_reader(newsletter, compiled.slug)), html=True)
    parts = []
    for piece in text.pieces:
        try:
            parts.append(piece if isinstance(piece, str) else piece.render(context))
        except SlotError:
            parts.append("")
    return "".join(parts)
