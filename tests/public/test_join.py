"""Signing up: what people see, what robots get, and that nothing tells known addresses from new ones."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from newsletter.errors import DeliveryError
from newsletter.models import Outcome, OutcomeKind, SuppressionReason
from newsletter.store.consent import consent_of
from newsletter.store.schema import confirmations
from newsletter.transports.memory import MemoryTransport
from tests.public.conftest import TOML, World


def send(world: World, email: str = "ada@example.org", **changes: str | list[str]) -> str:
    data = {"email": email, "name": "Ada", "list": ["weekly"], "stamp": world.stamp(), **changes}
    answer = world.visitor.post("/subscribe", data=data)
    assert "location" not in answer.headers
    found = {200: "Look into your mailbox", 422: "problem", 429: "Please come back later"}[answer.status_code]
    assert found in answer.text
    return answer.text


def test_the_form_a_mail_and_a_click_make_a_subscriber(world: World) -> None:
    send(world)
    [mail] = world.mails()
    assert (mail["To"], mail["From"]) == ("ada@example.org", "The Weekly <news@example.com>")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Please confirm: The Weekly", "auto-generated")
    assert list(world.people.stream()) == []
    path = world.mailed_link()
    assert "Please confirm" in world.visitor.get(path).text
    assert list(world.people.stream()) == []  # a scanner has opened the link
    for _ in range(2):
        answer = world.visitor.post(path)
        assert (answer.status_code, "You are subscribed" in answer.text) == (200, True)
    record = world.people.find("ada@example.org")
    assert (record.subscriber.name, record.subscriber.lists) == ("Ada", ("weekly",))
    with world.app.site.database.read() as connection:
        [consent] = consent_of(connection, 1)
    assert (consent.source, consent.text, consent.ip) == (
        "form",
        "I want to get The Weekly by e-mail. I can leave at any time.",
        "",
    )


def test_new_known_barred_and_pestered_addresses_get_the_same_answer(world: World) -> None:
    world.join("known")
    world.join("left")
    world.people.unsubscribe("left@example.org", list_name=None, now=world.clock())
    world.people.suppress("barred@example.org", SuppressionReason.COMPLAINT, note="", now=world.clock())
    names = ("new", "known", "left", "barred", "new", "new")
    answers = [send(world, f"{name}@example.org") for name in names]
    assert len(set(answers)) == 1
    assert [mail["To"] for mail in world.mails()] == [f"{name}@example.org" for name in ("new", "known", "left")]


def test_robots_that_fill_the_hidden_field_get_the_answer_and_no_mail(world: World) -> None:
    assert send(world, website="https://pills.example") == send(world, "eve@example.org")
    assert [mail["To"] for mail in world.mails()] == ["eve@example.org"]


def test_a_form_that_is_sent_at_once_or_from_elsewhere_asks_for_one_more_click(world: World) -> None:
    quick = world.visitor.get("/subscribe").text.partition('name="stamp" value="')[2].partition('"')[0]
    for stamp in (quick, "", "forged", None):
        data = {"email": "ada@example.org", "name": "Ada <b>", "list": "press"}
        page = world.visitor.post("/subscribe", data=data if stamp is None else {**data, "stamp": stamp})
        assert page.status_code == 200
        assert "please press the button again" in page.text
        assert 'value="ada@example.org"' in page.text
        assert 'value="Ada &lt;b&gt;"' in page.text
        assert 'value="press" checked' in page.text
        assert 'value="weekly" checked' not in page.text
    assert world.mails() == []
    world.clock.move(seconds=3)
    again = {**data, "stamp": quick}
    assert "Look into your mailbox" in world.visitor.post("/subscribe", data=again).text
    assert len(world.mails()) == 1


def test_a_stamp_of_yesterday_is_too_old(world: World) -> None:
    stamp = world.stamp()
    world.clock.move(days=1)
    page = world.visitor.post("/subscribe", data={"email": "a@example.org", "list": "weekly", "stamp": stamp})
    assert "please press the button again" in page.text


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "a@example.org\nBcc: x@example.org", "ü@example.org", "<i>"])
def test_what_is_no_address_is_said_and_nothing_sent(world: World, email: str) -> None:
    page = world.visitor.post("/subscribe", data={"email": email, "list": "weekly", "stamp": world.stamp()})
    assert page.status_code == 422
    assert "This is no e-mail address" in page.text
    assert "<i>" not in page.text
    assert world.mails() == []


def test_only_open_lists_can_be_joined_and_none_is_ticked_beforehand(world: World) -> None:
    text = world.visitor.get("/subscribe").text
    assert ('value="weekly"' in text, 'value="press"' in text, " checked" in text) == (True, True, False)
    world.people.ensure_list("secret", world.clock())
    page = world.visitor.post("/subscribe", data={"email": "a@example.org", "list": "secret", "stamp": world.stamp()})
    assert (page.status_code, "Please choose at least one list." in page.text) == (422, True)
    send(world, list=["secret", "press"])
    world.visitor.post(world.mailed_link())
    assert world.lists_of("ada") == ("press",)


def test_the_only_list_needs_no_choice(open_world: Callable[..., World]) -> None:
    world = open_world(toml=TOML.replace(', "press"', ""))
    assert "What you would like to get" not in world.visitor.get("/subscribe").text
    data = {"email": "ada@example.org", "stamp": world.stamp()}
    assert "Look into your mailbox" in world.visitor.post("/subscribe", data=data).text


def test_without_open_lists_nobody_signs_up(open_world: Callable[..., World]) -> None:
    world = open_world(toml=TOML.replace('lists = ["weekly", "press"]', ""))
    for answer in (world.visitor.get("/"), world.visitor.post("/subscribe", data={"email": "ada@example.org"})):
        assert (answer.status_code, "Nobody can sign up here" in answer.text) == (404, True)


def test_a_network_that_sends_too_many_forms_waits(world: World) -> None:
    for number in range(30):
        send(world, f"p{number}@example.org")
    assert "Please come back later" in send(world, "late@example.org")
    assert len(world.mails()) == 30


def test_a_link_ends_after_a_week_and_a_forged_one_never_begins(world: World) -> None:
    send(world)
    path = world.mailed_link()
    world.clock.move(days=8)
    for each in (path, "/c/forged", world.mailed_link()[:-1] + "x"):
        assert world.visitor.get(each).status_code == 200
        answer = world.visitor.post(each)
        assert (answer.status_code, "This link does not work any more" in answer.text) == (404, True)
    assert list(world.people.stream()) == []


def test_a_refused_mail_is_not_tried_again_and_an_unreachable_server_is(open_world: Callable[..., World]) -> None:
    outcomes = [
        Outcome(kind=OutcomeKind.REFUSED),
        Outcome(kind=OutcomeKind.UNREACHABLE),
        Outcome(kind=OutcomeKind.RATE),
    ]
    world = open_world(transport=MemoryTransport(outcomes))
    world.app.site.mailer.backoff = 0.01
    send(world)
    send(world, "eve@example.org")
    assert [mail["To"] for mail in world.mails()] == ["eve@example.org"]
    assert world.app.site.confirmations.unmailed(world.clock()) == ()


def test_a_mail_that_could_not_leave_leaves_after_the_next_start(open_world: Callable[..., World]) -> None:
    down = [Outcome(kind=OutcomeKind.UNREACHABLE)] * 5
    world = open_world(transport=MemoryTransport(down))
    world.app.site.mailer.backoff = 0.001
    send(world)
    assert world.mails() == []
    assert [mail["To"] for mail in open_world().mails()] == ["ada@example.org"]
    assert world.app.site.confirmations.unmailed(world.clock()) == ()


def test_the_address_is_kept_with_the_consent_only_where_the_project_says_so(open_world: Callable[..., World]) -> None:
    world = open_world('record_ip = true\nconsent = "I agree to <everything>."\n')
    stamp = world.stamp()
    assert "I agree to &lt;everything&gt;." in world.visitor.get("/subscribe").text
    world.visitor.post(
        "/subscribe",
        data={"email": "ada@example.org", "list": "weekly", "stamp": stamp},
        headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.7"},
    )
    world.visitor.post(world.mailed_link())
    with world.app.site.database.read() as connection:
        [consent] = consent_of(connection, 1)
    assert (consent.ip, consent.text) == ("198.51.100.7", "I agree to <everything>.")


def test_old_requests_are_deleted_while_the_pages_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.public.mailer.TIDY_SECONDS", 0.05)
    send(world)
    world.mails()
    world.clock.move(days=8)
    send(world, "eve@example.org")
    world.mails()
    deadline = time.monotonic() + 5
    left: list[str] = []
    while left != ["eve@example.org"] and time.monotonic() < deadline:
        time.sleep(0.05)
        with world.app.site.database.read() as connection:
            left = list(connection.execute(select(confirmations.c.email)).scalars())
    assert left == ["eve@example.org"]


def test_health_says_when_no_confirmation_mail_can_leave(world: World) -> None:
    world.app.probe()
    world.app.site.mailer.stop()
    with pytest.raises(DeliveryError) as error:
        world.app.probe()
    assert error.value.what == "the thread that sends confirmation mails has ended"
