"""The pages of a project, spoken to as visitors do; time stands still unless a test moves it."""

import contextlib
import datetime as dt
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from newsletter.config import parse_settings
from newsletter.message.tokens import Purpose, make_token
from newsletter.models import CompiledIssue, MailingSummary
from newsletter.project import Project
from newsletter.public import PublicApp, create_app
from newsletter.public.server import PublicServer
from newsletter.store.importing import NewSubscriber
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers
from newsletter.transports.memory import MemoryTransport

REPOSITORY = Path(__file__).parents[2]
BASE = "https://news.example.com"
TOML = f"""
[newsletter]
name = "The Weekly"
sender = "The Weekly <news@example.com>"
postal_address = "1 Harbour Street"

[public]
base_url = "{BASE}"
lists = ["weekly", "press"]
origins = ["https://www.example.com"]
"""


@dataclass
class Clock:
    now: dt.datetime = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@dataclass
class World:
    """A running app with its visitor, mailbox and people."""

    app: PublicApp
    server: PublicServer
    visitor: httpx.Client
    transport: MemoryTransport
    clock: Clock
    root: Path

    @property
    def people(self) -> Subscribers:
        return Subscribers(self.app.site.database)

    def join(self, *names: str, to: str = "weekly") -> None:
        rows = [NewSubscriber(line=1, email=f"{name}@example.org", name=name.title()) for name in names]
        self.people.take(rows, list_name=to, consent_source="fair", now=self.clock(), write=True)

    def lists_of(self, name: str) -> tuple[str, ...]:
        return self.people.find(f"{name}@example.org").subscriber.lists

    def link(self, name: str, purpose: Purpose = Purpose.UNSUBSCRIBE, to: str = "weekly") -> str:
        """Return the path that a mail to this person carries."""
        mailings = Mailings(self.app.site.database)
        audience = Audience(issue="x", lists=(to,), transport="ses", reaches_people=True)
        found = {each.subscriber.email: each.subscription for each in mailings.recipients(audience)}
        token = make_token(found[f"{name}@example.org"], purpose, self.app.site.keys)
        return f"/{purpose[0]}/{token}"

    def freeze(self, issue: str = "clouds", *, people: bool = True, html: str = "<p>Hi</p>") -> MailingSummary:
        compiled = CompiledIssue(slug=issue, subject="Clouds", preheader="", html=html, text="Hi", sha256="a" * 64)
        audience = Audience(issue=issue, lists=("weekly",), transport="ses" if people else "outbox",
                            reaches_people=people)  # fmt: skip
        mailings = Mailings(self.app.site.database)
        return mailings.freeze(audience, compiled, self.app.site.newsletter, self.clock())[0]

    def stamp(self, path: str = "/subscribe") -> str:
        """Look at the form for three seconds."""
        found = re.search(r'name="stamp" value="([^"]+)"', self.visitor.get(path).text)
        assert found is not None
        self.clock.move(seconds=3)
        return found[1]

    def mails(self) -> list[EmailMessage]:
        """Wait for the thread that sends, and return what it sent."""
        self.app.site.mailer.wait()
        return [message_from_bytes(each.message, policy=policy.default) for each in self.transport.envelopes]

    def mailed_link(self) -> str:
        """Return the path of the link in the latest mail."""
        body = self.mails()[-1].get_body(("plain",))
        assert body is not None
        found = re.search(rf"^{BASE}(/c/\S+)\r$", body.get_content(), re.MULTILINE)
        assert found is not None
        return found[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")
    (tmp_path / "newsletter.toml").write_text(TOML)
    return tmp_path


@pytest.fixture
def open_world(root: Path) -> Iterator[Callable[..., World]]:
    """Open the pages of a project whose settings end with `more`."""
    with contextlib.ExitStack() as stack:

        def open_it(more: str = "", toml: str = TOML, transport: MemoryTransport | None = None) -> World:
            project = Project(root, parse_settings(toml + more, {}))
            clock, carrier = Clock(), transport or MemoryTransport()
            app = create_app(project, transport=carrier, now=clock)
            server = stack.enter_context(running(app))
            address = f"http://127.0.0.1:{server.port}"
            visitor = httpx.Client(base_url=address, headers={"Host": "news.example.com"}, trust_env=False)
            stack.enter_context(visitor)
            return World(app=app, server=server, visitor=visitor, transport=carrier, clock=clock, root=root)

        yield open_it


@contextlib.contextmanager
def running(app: PublicApp) -> Iterator[PublicServer]:
    server = PublicServer(app, host="127.0.0.1", port=0, health_port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(timeout=15)
        assert not thread.is_alive(), "the server did not end"


@pytest.fixture
def world(open_world: Callable[..., World]) -> World:
    return open_world()
