"""What is examined: a project, a list, a transport, and every answer that has been asked for so far."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from newsletter.doctor.aws import Aws
from newsletter.doctor.base import EVERY_TRANSPORT, Diagnosis, Once, Topic
from newsletter.doctor.filesystem import MOUNTS
from newsletter.doctor.names import Names
from newsletter.doctor.page import NOBODY, Page
from newsletter.doctor.sample import Sample, make_sample
from newsletter.doctor.simulator import WAIT_SECONDS, Trial, run_trials
from newsletter.errors import StoreError, UsageError
from newsletter.message.tokens import Purpose, TokenKeys, make_token
from newsletter.models import Newsletter
from newsletter.project import Project
from newsletter.store.inspection import DatabaseState, inspect_database, read_database
from newsletter.store.keys import FILE_NAME as KEYS_FILE
from newsletter.store.keys import load_keys
from newsletter.store.mailings import Audience, AudienceCount, Mailings
from newsletter.store.subscribers import Subscribers

ITEM_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSize:
    """A list and how many people of it a mailing would go to, with the others by reason."""

    name: str
    count: AudienceCount


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What the database says: the list that is asked about, None when there is none, and whether mail went out."""

    chosen: ListSize | None
    reached_people: bool


class Patient:
    """A project that is to send to the list `list_name`, the largest when "", through `transport`.

    Use it as a context manager: it holds connections. `clock` gives the time, aware; `mounts` is the text of
    /proc/self/mounts, "" where there is none.
    """

    def __init__(  # noqa: PLR0913 - each names one thing that is examined
        self,
        project: Project,
        *,
        transport: str,
        clock: Callable[[], dt.datetime],
        list_name: str = "",
        live: bool = False,
        offline: bool = False,
        smtp_password: str = "",
        names: Names | None = None,
        mounts: str | None = None,
        event_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.project = project
        self.settings = project.settings
        self.newsletter: Newsletter = project.settings.identity()
        self.transport = transport
        self.list_name = list_name
        self.live = live
        self.offline = offline
        self.smtp_password = smtp_password
        self.now = clock()
        self.mounts = _read(MOUNTS) if mounts is None else mounts
        self.aws = Aws(project.settings, clock=clock)
        self.names = names or Names()
        self.database: Once[DatabaseState] = Once(lambda: inspect_database(self.settings.store.url, self.project.root))
        self.people = Once(self._people)
        self.sample: Once[Sample] = Once(
            lambda: make_sample(project.template(project.settings.newsletter.template), self.newsletter)
        )
        self.event_seconds = event_seconds
        self.trials: Once[dict[str, Trial]] = Once(self._run_trials)
        self.page = Page(self._unsubscribe_url(), self.names)
        self.seen: dict[str, Diagnosis] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.aws.close()

    @property
    def sender_domain(self) -> str:
        """The domain of the From address."""
        return self.newsletter.sender.email.rpartition("@")[2]

    @property
    def state_dir(self) -> Path:
        """The folder of what is no content; looking at it makes nothing."""
        return self.project.root / ".newsletter"

    @property
    def keys_file(self) -> Path:
        """The file of the keys that sign links."""
        return self.state_dir / KEYS_FILE

    def recipients(self) -> int:
        """How many people the list has for a mailing; 0 when there is no list."""
        chosen = self.people().chosen
        return chosen.count.recipients if chosen else 0

    def _people(self) -> People:
        state = self.database()
        if state.exists and state.revision != state.head:
            raise StoreError(
                f"the database is at revision {state.revision or 'none'}, and this code needs {state.head}",
                remedy="Run newsletter db upgrade.",
            )
        if not state.exists and self.list_name:
            raise UsageError(
                "there is no list yet", remedy="Import people: newsletter subscriber import FILE --list NAME."
            )
        if not state.exists:
            return People(chosen=None, reached_people=False)
        with read_database(self.settings.store.url, self.project.root) as database:
            lists = {each.name: each.subscribers for each in Subscribers(database).lists()}
            if self.list_name:
                Subscribers(database).require_lists([self.list_name])
            name = self.list_name or max(lists, key=lambda each: lists[each], default="")
            mailings = Mailings(database)
            chosen = None
            if name:
                # the empty name is no issue's, so that nobody is left out for having had it
                audience = Audience(issue="", lists=(name,), transport=self.transport, reaches_people=True)
                chosen = ListSize(name=name, count=mailings.count(audience))
            return People(chosen=chosen, reached_people=mailings.reached_people())

    def _run_trials(self) -> dict[str, Trial]:
        sample = self.sample()
        return run_trials(
            self.aws,
            sender=self.newsletter.sender.email,
            message_to=sample.message_to,
            wait=bool(self.settings.feedback.queue_url),
            seconds=self.event_seconds,
        )

    def _unsubscribe_url(self) -> str:
        """Return a well-formed link for a subscription that nobody has, signed where there are keys."""
        try:
            keys = load_keys(self.state_dir, may_create=False)
        except StoreError:
            keys = TokenKeys(current="k1", keys={"k1": bytes(32)})
        return f"{self.newsletter.public_url}/u/{make_token(NOBODY, Purpose.UNSUBSCRIBE, keys)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that the doctor looks at; `source` is where its rule comes from.

    `network` items are left out with --offline, and those of other transports always; a `derived` one repeats what
    others have found.
    """

    id: str
    topic: Topic
    title: str
    source: str
    run: Callable[[Patient], Diagnosis]
    network: bool = False
    derived: bool = False
    transports: frozenset[str] = field(default=EVERY_TRANSPORT)
    seconds: float = ITEM_SECONDS


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
