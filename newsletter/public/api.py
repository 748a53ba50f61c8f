"""Signing up as JSON, for sites whose own script sends the form; described in OpenAPI at `/api/openapi.json`.

A body that is not `application/json` is refused, so that a browser asks first (CORS preflight) whether the site that
sends it is in `public.origins`.
"""

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from newsletter.errors import AddressError
from newsletter.message.address import canonical_email
from newsletter.public.join import chosen, take
from newsletter.public.limits import make_stamp, stamp_is_good
from newsletter.public.site import Site, Visit, read_visit
from newsletter.store.confirmations import Kind, Request
from newsletter.store.consent import text_version

METHODS = ("GET", "HEAD", "POST")


class SignUp(BaseModel):
    """What a script sends; `stamp` comes from a GET at least two seconds earlier, `website` has to be empty."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: Annotated[str, Field(max_length=320)]
    stamp: Annotated[str, Field(max_length=100)]
    name: Annotated[str, Field(max_length=200)] = ""
    lists: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)] = []
    website: Annotated[str, Field(max_length=500)] = ""


async def sign_up(site: Site, request: HttpRequest) -> Response:
    """Answer the endpoint: what a form needs to know, or the taking of one."""
    visit = await read_visit(request, site)
    if request.method == "OPTIONS":
        response = Response(status_code=204, headers={"Allow": ", ".join((*METHODS, "OPTIONS"))})
    elif not site.settings.lists:
        response = _refuse(404, "sign_up", "Nobody can sign up here: `public.lists` is empty.")
    elif request.method == "POST":
        response = await _post(site, visit, request)
    else:
        response = await run_in_threadpool(_get, site, visit)
    return _share(site, request, response)


def _get(site: Site, visit: Visit) -> Response:
    consent = site.consent_text(visit.language)
    return JSONResponse(
        {
            "lists": [{"name": name, "title": title} for name, title in site.open_lists().items()],
            "consent": {"text": consent, "version": text_version(consent)},
            "stamp": make_stamp(site.now(), site.keys),
        }
    )


async def _post(site: Site, visit: Visit, request: HttpRequest) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _refuse(415, "content-type", "Send application/json.")
    try:
        body = SignUp.model_validate(json.loads(await request.body()))
    except ValidationError as exc:
        errors = [
            {"field": ".".join(map(str, error["loc"])) or "body", "message": error["msg"]} for error in exc.errors()
        ]
        return JSONResponse({"errors": errors}, 422)
    except (ValueError, RecursionError):
        return _refuse(400, "body", "This is no JSON.")
    return await run_in_threadpool(_take, site, visit, body)


def _take(site: Site, visit: Visit, body: SignUp) -> Response:
    if body.website:
        return _taken()
    try:
        email = canonical_email(body.email)
    except AddressError:
        return _refuse(422, "email", "This is no address that can be mailed.")
    names = chosen(site, body.lists)
    if not names or set(body.lists) - set(site.settings.lists):
        return _refuse(422, "lists", f"Choose among {', '.join(site.settings.lists)}.")
    if not stamp_is_good(body.stamp, site.now(), site.keys):
        return _refuse(422, "stamp", "Get a stamp first, wait for two seconds, and use it within a day.")
    if not site.limit.allow(visit.ip):
        return _refuse(429, "network", "Too many sign-ups from this network; try again in an hour.")
    name = " ".join(body.name.split())
    take(site, visit, Request(kind=Kind.SIGN_UP, email=email, source="script", name=name, lists=names))
    return _taken()


def _taken() -> Response:
    return JSONResponse({"message": "If this address can be mailed, a message with a link is on its way."}, 202)


def _refuse(status: int, field: str, message: str) -> Response:
    headers = {"Retry-After": "3600"} if status == 429 else None
    return JSONResponse({"errors": [{"field": field, "message": message}]}, status, headers)


def _share(site: Site, request: HttpRequest, response: Response) -> Response:
    """Let the scripts of `public.origins` read the answer, and nobody else's (Fetch §3.2)."""
    origin = request.headers.get("origin", "")
    response.headers["Vary"] = "Origin, Accept-Language"
    if origin in site.settings.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
    return response


def openapi(base_url: str) -> dict[str, Any]:
    """Return the description of the endpoint (OpenAPI 3.1)."""
    error = {"description": "Not taken; each error names its field", "content": _json("Errors")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sign-up", "version": "1"},
        "servers": [{"url": base_url}],
        "paths": {
            "/api/subscribe": {
                "get": {
                    "summary": "What a form needs: the lists, the text to agree to, a stamp",
                    "responses": {"200": {"description": "The form", "content": _json("Form")}, "404": error},
                },
                "post": {
                    "summary": "Sign up; nothing counts until the link in the mail is used",
                    "requestBody": {"required": True, "content": _json("SignUp")},
                    "responses": {
                        "202": {"description": "The same for new and known addresses", "content": _json("Taken")},
                        **{str(status): error for status in (400, 404, 413, 415, 422, 429)},
                    },
                },
            }
        },
        "components": {"schemas": {"SignUp": SignUp.model_json_schema(), **_SCHEMAS}},
    }


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_TEXT = {"type": "string"}
_SCHEMAS = {
    "Taken": _object(message=_TEXT),
    "Errors": _object(errors={"type": "array", "minItems": 1, "items": _object(field=_TEXT, message=_TEXT)}),
    "Form": _object(
        lists={"type": "array", "items": _object(name=_TEXT, title=_TEXT)},
        consent=_object(text=_TEXT, version=_TEXT),
        stamp=_TEXT,
    ),
}
