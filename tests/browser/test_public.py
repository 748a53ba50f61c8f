"""A reader's way from the form to the last mail, in a real browser, with real mail: nothing of it is pretended."""

import asyncio
import email
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page

from newsletter.config import load_settings
from newsletter.delivery.mailing import send_mailing
from newsletter.delivery.stop import StopSignal
from newsletter.models import DeliveryState, SkipReason
from newsletter.project import Project
from newsletter.project.preparation import prepare_issue
from newsletter.public import create_app
from newsletter.public.server import PublicServer
from newsletter.store.importing import NewSubscriber
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers
from newsletter.transports import open_transport
from tests.browser.conftest import REPOSITORY

pytestmark = pytest.mark.browser


class Sink:
    """A mailbox for everybody; `heard` is told of every message before it is accepted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.heard: Callable[[EmailMessage], None] = lambda _: None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(mail)
        await asyncio.to_thread(self.heard, mail)
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def sink() -> Iterator[Sink]:
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def project(tmp_path: Path, sink: Sink) -> Project:
    root = tmp_path.resolve()
    for name in ("issues", "templates"):
        shutil.copytree(REPOSITORY / name, root / name)
    port = free_port()
    (root / "newsletter.toml").write_text(f"""
[newsletter]
name = "The Weekly"
sender = "The Weekly <news@example.com>"
postal_address = "1 Harbour Street"
[delivery]
transport = "smtp"
concurrency = 1
[transports.smtp]
host = "127.0.0.1"
port = {sink.port}
security = "none"
[public]
base_url = "http://127.0.0.1:{port}"
lists = ["weekly", "press"]
""")
    return Project(root, load_settings(root / "newsletter.toml", {}))


@pytest.fixture
def pages(project: Project) -> Iterator[PublicServer]:
    port = int(project.settings.public.base_url.rpartition(":")[2])
    server = PublicServer(create_app(project), host="127.0.0.1", port=port, health_port=None)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=15)
    assert not thread.is_alive()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-GB")
    complaints: list[str] = []
    requests: list[str] = []
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("request", lambda request: requests.append(request.url))
    yield opened
    context.close()
    assert complaints == []
    assert {re.sub(r"^http://127\.0\.0\.1:\d+/.*", "ours", url) for url in requests} <= {"ours", "data:,"}


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def send(project: Project, app: Any, issue: str) -> Any:
    """Send an issue as the command does, all parts of it real."""
    database, keys = app.site.database, app.site.keys
    transport = open_transport("smtp", project.settings, root=project.root, environ={})
    audience = Audience(issue=issue, lists=("weekly",), transport="smtp", reaches_people=True)
    compiled = prepare_issue(project, "first-light").compiled
    newsletter = project.settings.identity()
    try:
        mailing, _ = Mailings(database).freeze(audience, compiled, newsletter, app.site.now())
        return send_mailing(
            mailing,
            database=database,
            keys=keys,
            transport=transport,
            settings=project.settings.delivery,
            reporter=Quiet(),
            stop=StopSignal(),
        ).mailing
    finally:
        transport.close()


class Quiet:
    def progress(self, _done: Any, _rate: float | None) -> None:
        """Say nothing."""

    def unrecorded(self, attempt_id: str, message_id: str) -> None:
        raise AssertionError(attempt_id, message_id)


def one_click(mail: EmailMessage) -> httpx.Response:
    """Do what Gmail does with the header: one POST, multipart, no cookie, no redirect followed."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.match(r"<(http[^>]+)>", mail["List-Unsubscribe"])
    assert address is not None
    return httpx.post(
        address[1], files={"List-Unsubscribe": (None, "One-Click")}, follow_redirects=False, trust_env=False
    )


def test_a_reader_comes_reads_changes_and_leaves(project: Project, pages: PublicServer, page: Page, sink: Sink) -> None:
    base, people = project.settings.public.base_url, Subscribers(pages.app.site.database)
    zoe = NewSubscriber(line=1, email="zoe@example.org", name="Zoe")  # here first, so that her turn comes first
    people.take([zoe], list_name="weekly", consent_source="fair", now=pages.app.site.now(), write=True)

    # the form, without scripts
    page.goto(f"{base}/subscribe")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("weekly").check()
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Subscribe").click()
    assert page.get_by_role("heading").inner_text() == "Look into your mailbox"

    # the mail, and its link
    pages.app.site.mailer.wait()
    [mail] = sink.mails
    assert (mail["To"], mail["Subject"]) == ("ada@example.org", "Please confirm: The Weekly")
    link = re.search(r"http://\S+/c/\S+", text_of(mail))
    assert link is not None
    page.goto(link[0])
    assert [person.email for person, _ in people.stream()] == ["zoe@example.org"]
    page.get_by_role("button", name="Yes, confirm").click()
    assert page.get_by_role("heading").inner_text() == "Thank you"
    assert people.find("ada@example.org").subscriber.lists == ("weekly",)

    # an issue, and the reader's own page
    sink.mails.clear()
    first = send(project, pages.app, "first-light")
    assert first.counts == {DeliveryState.SENT: 2}
    to_ada = next(mail for mail in sink.mails if "ada@" in mail["To"])
    preferences = re.search(r"http://\S+/p/\S+", text_of(to_ada))
    assert preferences is not None
    page.goto(preferences[0])
    page.get_by_label("press").check()
    page.get_by_label("Your language").select_option("de")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("status").inner_text() == "Saved."
    assert people.find("ada@example.org").subscriber.lists == ("press", "weekly")
    web = re.search(r"http://\S+/i/\S+", text_of(to_ada))
    assert web is not None
    version = httpx.get(web[0], trust_env=False)
    assert version.status_code == 200
    assert "ada" not in version.text.lower().replace("adapt", "")

    # one click in the middle of the next mailing, before her turn: she is mailed no more, neither in it nor after it
    def leave(mail: EmailMessage) -> None:
        if "zoe@" in mail["To"]:
            answers.append(one_click(to_ada))

    answers: list[httpx.Response] = []
    sink.heard, sink.mails = leave, []
    running = send(project, pages.app, "second-light")
    assert [(answer.status_code, "location" in answer.headers) for answer in answers] == [(200, False)]
    assert [mail["To"] for mail in sink.mails] == ["Zoe <zoe@example.org>"]
    assert running.skipped == {SkipReason.UNSUBSCRIBED: 1}
    third = send(project, pages.app, "third-light")
    assert third.counts == {DeliveryState.SENT: 1}
    assert people.find("ada@example.org").subscriber.lists == ("press",)


def test_who_is_forgotten_stays_so(project: Project, pages: PublicServer, page: Page, sink: Sink) -> None:
    people = Subscribers(pages.app.site.database)
    people.ensure_list("weekly", pages.app.site.now())
    row = NewSubscriber(line=1, email="ada@example.org", name="Ada")
    people.take([row], list_name="weekly", consent_source="fair", now=pages.app.site.now(), write=True)
    send(project, pages.app, "first-light")
    preferences = re.search(r"http://\S+/p/\S+", text_of(sink.mails[0]))
    assert preferences is not None
    page.goto(preferences[0])
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    assert '"email": "ada@example.org"' in download.value.path().read_text()
    page.get_by_role("button", name="Forget me").click()
    page.get_by_role("button", name="Yes, forget me").click()
    assert page.get_by_role("heading").inner_text() == "You are forgotten"
    people.take([row], list_name="weekly", consent_source="again", now=pages.app.site.now(), write=True)
    assert list(people.stream()) == []
