"""What the internet may do to the server, and what it hears: hosts, sizes, slowness, methods, headers, logs."""

import json
import logging
import socket
import time
from collections.abc import Callable

import httpx
import pytest

from newsletter.errors import StoreError
from newsletter.message.tokens import Purpose
from newsletter.public.guard import Guard
from newsletter.public.limits import MOST_NETWORKS, NetworkLimit, client_of, network_of
from newsletter.public.server import JsonLines
from tests.public.conftest import TOML, World

PATHS = ("/", "/subscribe", "/u/x", "/u", "/p/x", "/p", "/c/x", "/i/x", "/api/subscribe", "/api/openapi.json",
         "/style.css", "/nowhere")  # fmt: skip


@pytest.mark.parametrize(
    "host", ["evil.example", "news.example.com.evil.example", "news.example.com:8000", "", "[::1]"]
)
def test_another_host_is_refused(world: World, host: str) -> None:
    answer = world.visitor.get("/subscribe", headers={"Host": host})
    assert (answer.status_code, answer.text) == (421, "These pages do not answer to this host: see public.base_url.\n")


def test_the_host_may_be_written_in_capitals_and_with_its_port(world: World) -> None:
    for host in ("NEWS.example.com", "news.example.com:443"):
        assert world.visitor.get("/subscribe", headers={"Host": host}).status_code == 200


def test_a_path_in_the_address_works_stripped_or_not(open_world: Callable[..., World]) -> None:
    world = open_world(toml=TOML.replace("https://news.example.com", "https://news.example.com/letters"))
    for path in ("/letters/subscribe", "/subscribe"):
        text = world.visitor.get(path).text
        assert 'action="/letters/subscribe"' in text
        assert 'href="/letters/style.css"' in text
    assert world.visitor.get("/letters").status_code == 200
    assert world.visitor.get("/lettersubscribe").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(world: World, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "DELETE"):
        answer = world.visitor.request(method, path)
        headers = answer.headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["x-robots-tag"] == "noindex"
        if path != "/style.css":
            assert headers["cache-control"] == "no-store"
        assert not {"set-cookie", "server", "location", "access-control-allow-origin"} & set(headers)
        if method == "HEAD":
            assert answer.content == b""
        if path != "/nowhere":
            assert answer.status_code == {"OPTIONS": 204, "DELETE": 405}.get(method, answer.status_code)
            if method in {"OPTIONS", "DELETE"}:
                assert {"GET", "HEAD", "OPTIONS"} <= set(headers["allow"].split(", "))


def test_a_body_that_is_too_long_is_refused_announced_or_not(world: World) -> None:
    world.join("ada")
    path = world.link("ada")
    assert world.visitor.post(path, content=b"x" * 70_000).status_code == 413
    chunks = (b"x" * 1_000 for _ in range(70))
    assert world.visitor.post(path, content=chunks).status_code == 413
    assert world.lists_of("ada") == ("weekly",)


def ask_slowly(world: World, data: bytes, seconds: float) -> bytes:
    with socket.create_connection(("127.0.0.1", world.server.port), timeout=seconds) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(4096):
            received += chunk
        return received


def test_a_body_that_does_not_come_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = world.app._app
    assert isinstance(guard, Guard)
    monkeypatch.setattr(guard, "_body_seconds", 0.3)
    head = b"POST /u/x HTTP/1.1\r\nHost: news.example.com\r\nContent-Length: 30\r\n\r\nList-"
    start = time.monotonic()
    assert ask_slowly(world, head, 5).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - start < 3


def test_a_head_that_does_not_come_ends_the_connection(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.public.server.HEAD_SECONDS", 0.3)
    assert ask_slowly(world, b"GET / HTTP/1.1\r\nHost: ne", 5) == b""


def logged(caplog: pytest.LogCaptureFixture, count: int) -> list[str]:
    """Return so many lines of the log; the last one is written when the visitor has the answer already."""
    deadline = time.monotonic() + 5
    while True:
        found = [record for record in caplog.records if record.name == "newsletter.public"]
        if len(found) >= count or time.monotonic() > deadline:
            return [JsonLines().format(record) for record in found]
        time.sleep(0.02)


def test_a_log_line_names_no_person_and_no_token(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.join("ada")
    unsubscribe, preferences = world.link("ada"), world.link("ada", Purpose.PREFERENCES)
    with caplog.at_level(logging.DEBUG):
        world.visitor.post(preferences, data={"action": "address", "email": "countess@example.com"})
        world.visitor.post(unsubscribe, headers={"X-Forwarded-For": "198.51.100.7"})
        world.mails()
        lines = logged(caplog, 2)
    assert [json.loads(line)["route"] for line in lines] == ["/p/*", "/u/*"]
    whole = "\n".join(lines)
    for secret in ("ada", "countess", "198.51.100.7", unsubscribe[3:], preferences[3:]):
        assert secret not in whole


def test_a_database_that_fails_is_an_answer_without_a_word_about_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full: /srv/secret.db")

    monkeypatch.setattr("newsletter.store.membership.MemberLinks.titles", fail)
    answer = world.visitor.get("/subscribe")
    assert (answer.status_code, answer.text) == (
        503,
        "Something here is out of order. Please try again later.\n",
    )
    assert answer.headers["retry-after"] == "60"


def test_a_mistake_of_ours_is_logged_by_its_line_and_tells_the_visitor_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("ada@example.org")

    monkeypatch.setattr("newsletter.store.membership.MemberLinks.titles", fail)
    with caplog.at_level(logging.INFO):
        answer = world.visitor.get("/subscribe")
        lines = [json.loads(line) for line in logged(caplog, 2)]
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert [(line["event"], line.get("reason"), line.get("status")) for line in lines] == [
        ("failed", "ZeroDivisionError", None),
        ("answered", None, 500),
    ]
    assert "ada@" not in json.dumps(lines)


def test_health_and_metrics_are_on_another_port(world: World) -> None:
    world.visitor.get("/u/secret-token")
    world.visitor.get("/style.css")  # an answer is counted when it is out; this one waits for that
    with httpx.Client(base_url=f"http://127.0.0.1:{world.server.health_port}", trust_env=False) as local:
        assert (local.get("/health").status_code, local.get("/health").text) == (200, "ok\n")
        numbers = local.get("/metrics").text
        assert 'newsletter_public_requests_total{method="GET",route="/u/*",status="200"} 1.0' in numbers
        assert "secret-token" not in numbers
        assert local.get("/u/x").status_code == 404
    assert world.visitor.get("/metrics").status_code == world.visitor.get("/health").status_code == 404


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        ("127.0.0.1", ["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
        ("203.0.113.9", ["6.6.6.6"], "203.0.113.9"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["nonsense"], ""),
        ("127.0.0.1", ["2001:db8::7"], "2001:db8::7"),
    ],
)
def test_only_a_trusted_proxy_says_who_the_visitor_is(peer: str, forwarded: list[str], client: str) -> None:
    assert client_of(peer, forwarded, ["127.0.0.1", "10.0.0.0/8"]) == client


def test_a_household_is_one_network() -> None:
    assert network_of("192.0.2.7") == network_of("192.0.2.200") == network_of("::ffff:192.0.2.1") == "192.0.2.0/24"
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("nonsense") == "unknown"


def test_the_limit_slides_and_forgets_and_never_grows_without_end() -> None:
    now = [0.0]
    limit = NetworkLimit(2, clock=lambda: now[0])
    assert [limit.allow("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert limit.allow("198.51.100.1")
    now[0] = 3600.0
    assert limit.allow("192.0.2.1")
    for number in range(MOST_NETWORKS + 10):
        limit.allow(f"10.{number >> 16 & 255}.{number >> 8 & 255}.1" if number < 65536 else "1.1.1.1")
        limit.allow(f"2001:db8:{number:x}::1")
    assert len(limit) == MOST_NETWORKS
