"""The JSON endpoint: everything its description allows and forbids, thrown at it over real HTTP."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from newsletter.public.limits import make_stamp
from tests.public.conftest import World

SITE = {"Origin": "https://www.example.com"}


def sign_up(world: World, **changes: Any) -> Any:
    stamp = world.visitor.get("/api/subscribe").json()["stamp"]
    world.clock.move(seconds=3)
    body = {"email": "ada@example.org", "stamp": stamp, "lists": ["press"], "name": "Ada", **changes}
    return world.visitor.post("/api/subscribe", json=body, headers=SITE)


def test_a_script_gets_what_a_form_needs_and_signs_up(world: World) -> None:
    form = world.visitor.get("/api/subscribe", headers={"Accept-Language": "en"}).json()
    assert form["lists"] == [{"name": "weekly", "title": "weekly"}, {"name": "press", "title": "press"}]
    assert form["consent"]["text"] == "I want to get The Weekly by e-mail. I can leave at any time."
    answer = sign_up(world)
    assert (answer.status_code, answer.json()) == (
        202,
        {"message": "If this address can be mailed, a message with a link is on its way."},
    )
    world.visitor.post(world.mailed_link())
    assert world.lists_of("ada") == ("press",)


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"email": "nobody"}, 422, "email"),
        ({"email": 7}, 422, "email"),
        ({"lists": ["secret"]}, 422, "lists"),
        ({"lists": ["weekly", "secret"]}, 422, "lists"),
        ({"stamp": "forged"}, 422, "stamp"),
        ({"extra": 1}, 422, "extra"),
    ],
)
def test_what_is_wrong_is_named(world: World, changes: dict[str, Any], status: int, field: str) -> None:
    answer = sign_up(world, **changes)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (status, [field])
    assert world.mails() == []


def test_a_robot_gets_the_usual_answer_and_no_mail(world: World) -> None:
    assert sign_up(world, website="x").status_code == 202
    assert world.mails() == []


def test_a_network_has_a_limit_here_too(world: World) -> None:
    statuses = [sign_up(world, email=f"p{number}@example.org").status_code for number in range(31)]
    assert statuses == [202] * 30 + [429]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken_so_that_a_browser_asks_first(world: World, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert world.visitor.post("/api/subscribe", content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 60_000, b'{"a":' * 10_000])
def test_what_is_no_json_is_said(world: World, body: bytes) -> None:
    answer = world.visitor.post("/api/subscribe", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "body")


def test_only_the_sites_of_the_settings_may_read_the_answers(world: World) -> None:
    for origin, allowed in (("https://www.example.com", True), ("https://evil.example", False), ("null", False)):
        asked = world.visitor.options(
            "/api/subscribe", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        for answer in (asked, world.visitor.get("/api/subscribe", headers={"Origin": origin})):
            assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
            assert "access-control-allow-credentials" not in answer.headers
            assert "Origin" in answer.headers["vary"]
        assert asked.headers.get("access-control-allow-methods") == ("GET, POST" if allowed else None)


def test_the_endpoint_keeps_what_its_description_promises(world: World) -> None:
    description = world.visitor.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(description)
    stamp = make_stamp(world.clock(), world.app.site.keys)
    world.clock.move(seconds=3)
    seen: set[int] = set()
    checks = [CHECKS.get_one(name) for name in ("not_a_server_error", "status_code_conformance",
              "content_type_conformance", "response_schema_conformance")]  # fmt: skip

    budget = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        given(case=found.ok().as_strategy())(budget(throw_at(world, stamp, seen, checks)))()
    assert 200 in seen
    assert seen & {202, 422}


def throw_at(world: World, stamp: str, seen: set[int], checks: list[Any]) -> Any:
    def throw(case: Any) -> None:
        if isinstance(case.body, dict) and isinstance(case.body.get("stamp"), str) and len(case.body["stamp"]) % 2:
            case.body["stamp"] = stamp
        base = f"http://127.0.0.1:{world.server.port}"
        answer = case.call(base_url=base, headers={"Host": "news.example.com"})
        seen.add(answer.status_code)
        case.validate_response(answer, checks=checks)

    return throw


def test_the_description_is_valid_json_with_the_address_of_the_pages(world: World) -> None:
    description = world.visitor.get("/api/openapi.json").json()
    assert description["openapi"] == "3.1.0"
    assert description["servers"] == [{"url": "https://news.example.com"}]
    assert json.dumps(description)
