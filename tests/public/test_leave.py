"""Unsubscribing as RFC 8058 wants it: one POST, no cookie, no redirect, the same answer to everybody."""

import base64
import os
import random

import httpx
import pytest

from newsletter.message.tokens import Purpose, make_token, read_token
from newsletter.models import SkipReason
from newsletter.store.consent import consent_of
from newsletter.store.ledger import Ledger
from newsletter.store.mailings import Mailings
from tests.public.conftest import BASE, World

URLENCODED = {
    "content": b"List-Unsubscribe=One-Click",
    "headers": {"Content-Type": "application/x-www-form-urlencoded"},
}
MULTIPART = {
    "content": b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    "headers": {"Content-Type": "multipart/form-data; boundary=b"},
}


def headers_of(answer: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in answer.headers.items() if name != "date"))


@pytest.mark.parametrize("request_", [URLENCODED, MULTIPART], ids=["urlencoded", "multipart"])
def test_one_click_unsubscribes_in_both_encodings(world: World, request_: dict[str, object]) -> None:
    world.join("ada", "eve")
    answer = world.visitor.post(world.link("ada"), **request_)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert not {"location", "set-cookie"} & set(answer.headers)
    assert (world.lists_of("ada"), world.lists_of("eve")) == ((), ("weekly",))
    with world.app.site.database.read() as connection:
        given, record = consent_of(connection, 1)
    assert (given.list, given.action, given.source) == ("weekly", "given", "fair")
    assert (record.list, record.action, record.source, record.ip) == ("weekly", "withdrawn", "one-click", "")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(world: World, method: str) -> None:
    world.join("ada")
    answer = world.visitor.request(method, world.link("ada"))
    assert answer.status_code == 200
    assert world.lists_of("ada") == ("weekly",)


def test_the_button_of_the_page_unsubscribes(world: World) -> None:
    world.join("ada")
    path = world.link("ada")
    assert '<form method="post">' in world.visitor.get(path).text
    answer = world.visitor.post(path)
    assert "You are unsubscribed" in answer.text
    assert world.lists_of("ada") == ()


def test_the_box_leaves_every_list(world: World) -> None:
    for name in ("weekly", "press"):
        world.join("ada", to=name)
    path = world.link("ada")
    world.visitor.post(path)
    assert world.lists_of("ada") == ("press",)
    world.visitor.post(path, data={"all": "yes"})
    record = world.people.find("ada@example.org")
    assert (record.subscriber.lists, record.status, record.suppression) == ((), "unsubscribed", "unsubscribe")


def test_valid_used_and_forged_tokens_get_the_same_answer(world: World) -> None:
    world.join("ada")
    path = world.link("ada")
    forged = [
        f"/u/{make_token(bytes(16), Purpose.UNSUBSCRIBE, world.app.site.keys)}",
        world.link("ada", Purpose.PREFERENCES).replace("/p/", "/u/"),
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        "/u/x",
        "/u/%00%ff",
    ]
    looks = [world.visitor.get(each) for each in [path, *forged]]
    assert world.lists_of("ada") == ("weekly",)
    posts = [world.visitor.post(each, **URLENCODED) for each in [*forged, path, path, *forged]]  # type: ignore[arg-type]
    for answers in (looks, posts):
        assert {(each.status_code, each.content, headers_of(each)) for each in answers} == {
            (200, answers[0].content, headers_of(answers[0]))
        }
    assert world.lists_of("ada") == ()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe=%zz&&&=;", "application/x-www-form-urlencoded"),
        (b"--wrong", "multipart/form-data; boundary=b"),
        (b"List-Unsubscribe=One-Click", "multipart/form-data"),
        (b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n--b--\r\n',
         "multipart/form-data; boundary=b"),
        (b"{}", "application/json"),
        (b"List-Unsubscribe=One-Click", "text/plain"),
        (b"a=b&" * 200, "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_whatever_a_mail_program_sends_it_unsubscribes(world: World, body: bytes, content_type: str) -> None:
    world.join("ada")
    answer = world.visitor.post(world.link("ada"), content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 200
    assert world.lists_of("ada") == ()


def test_a_running_mailing_skips_who_left_a_moment_ago(world: World) -> None:
    world.join("ada", "bob", "eve")
    mailing = world.freeze()
    Mailings(world.app.site.database).start(mailing.id, world.clock())
    ledger = Ledger(world.app.site.database, mailing.id, worker="w")
    [first] = ledger.step([], claim=1, now=world.clock())
    path = world.link("bob")
    world.visitor.post(path, **URLENCODED)  # type: ignore[arg-type]
    rest = ledger.step([], claim=9, now=world.clock())
    assert [claim.subscriber.email for claim in (first, *rest)] == ["ada@example.org", "eve@example.org"]
    assert Mailings(world.app.site.database).get(mailing.id).skipped == {SkipReason.UNSUBSCRIBED: 1}


def test_ten_thousand_forged_tokens_open_nothing(world: World) -> None:
    world.join("ada")
    keys = world.app.site.keys
    valid = world.link("ada").removeprefix("/u/")
    chance = random.Random(8058)
    forged = []
    for _ in range(5_000):
        forged.append("k1" + base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode())
        raw = bytearray(base64.urlsafe_b64decode(valid[2:] + "="))
        for bit in chance.sample(range(256), chance.randint(1, 4)):
            raw[bit // 8] ^= 1 << bit % 8
        forged.append("k1" + base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode())
    assert sum(read_token(each, purpose, keys) is not None for each in forged for purpose in Purpose) == 0
    for each in forged[:200]:
        assert world.visitor.post(f"/u/{each}").status_code == 200
        assert world.visitor.get(f"/p/{each}").status_code == 404
    assert world.lists_of("ada") == ("weekly",)


def test_the_pages_without_a_token_say_where_it_is(world: World) -> None:
    for path in ("/u", "/p"):
        answer = world.visitor.get(path)
        assert (answer.status_code, "Where is your link?" in answer.text) == (200, True)
        assert world.visitor.post(path).status_code == 405


def test_the_links_in_mails_are_of_the_base_url_whatever_the_host_says(world: World) -> None:
    assert world.visitor.get("/u/x", headers={"Host": "evil.example"}).status_code == 421
    world.visitor.post(
        "/subscribe",
        data={"email": "ada@example.org", "list": "weekly", "stamp": world.stamp()},
        headers={
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example",
            "Origin": "https://evil.example",
        },
    )
    assert world.mailed_link().startswith("/c/k1")
    assert "evil" not in world.transport.envelopes[0].message.decode()
    assert BASE in world.transport.envelopes[0].message.decode().replace("=\r\n", "")
