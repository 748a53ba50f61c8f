"""The stage of a rehearsal: a copy of what a send needs, its own people, and an environment that leads nowhere else."""

import datetime as dt
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from newsletter.config import FILE_NAME
from newsletter.project import Project
from newsletter.store.database import open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.subscribers import Subscribers

LIST = "rehearsal"
DATABASE = "sqlite:///.newsletter/newsletter.db"
ACCESS_KEY, SECRET_KEY = "REHEARSAL", "no-secret-at-all"
BATCH = 1000

_ATTRIBUTE = re.compile(r"attributes(?:\.(\w+)|\[['\"](\w+)['\"]\])")
_NAMES = ("Ada Lovelace", "Zoë Ångström", "Søren K. Œrsted", "王小明", "O'Brien, Pat", "Łukasz", "")
_PROXIES = {"http_proxy", "https_proxy", "all_proxy"}


def set_stage(project: Project, issue: str, stage: Path) -> None:
    """Copy the settings, the templates and one issue into the folder `stage`; raises ContentError for no such issue."""
    project.assemble(issue)
    shutil.copyfile(project.root / FILE_NAME, stage / FILE_NAME)
    for part in (Path("templates"), Path("issues") / issue):
        shutil.copytree(project.root / part, stage / part)


def made_up_people(count: int, stage: Path) -> Iterator[NewSubscriber]:
    """Yield readers of example.com, each with a name and every attribute that the files on the stage speak of."""
    sources = [path for path in sorted(stage.rglob("*")) if path.suffix in {".md", ".mjml", ".txt", ".toml"}]
    names = {a or b for path in sources for a, b in _ATTRIBUTE.findall(path.read_text(encoding="utf-8"))}
    for number in range(1, count + 1):
        yield NewSubscriber(
            line=number,
            email=f"reader{number}@example.com",
            name=_NAMES[number % len(_NAMES)],
            attributes={name: f"{name} {number}" for name in sorted(names)},
        )


def people_of(project: Project, list_name: str) -> Iterator[NewSubscriber]:
    """Yield the people of one of the project's lists, as they are; its database is read and not changed."""
    with open_database(project.settings.store.url, root=project.root) as database:
        subscribers = Subscribers(database)
        subscribers.require_lists([list_name])
        for number, (person, _) in enumerate(subscribers.stream(list_name), start=1):
            yield NewSubscriber(
                line=number, email=person.email, name=person.name, attributes=person.attributes, tags=person.tags
            )


def seat(people: Iterator[NewSubscriber], stage: Path, now: dt.datetime) -> list[str]:
    """Put people onto the rehearsal's list, in the stage's own database; return their addresses."""
    seated: list[str] = []
    with open_database(DATABASE, root=stage) as database:
        subscribers = Subscribers(database)
        subscribers.ensure_list(LIST, now)
        while batch := list(islice(people, BATCH)):
            subscribers.take(batch, list_name=LIST, consent_source="rehearsal", now=now, write=True)
            seated += [each.email for each in batch]
    return seated


def environment(environ: Mapping[str, str], *, endpoint: str, concurrency: int) -> dict[str, str]:
    """Return the environment of a rehearsal's sender: no credentials, no proxy, no other database or endpoint."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("AWS_")
        and name.lower() not in _PROXIES
        and name not in {"NEWSLETTER_PROJECT", "NEWSLETTER_SMTP_PASSWORD"}
    }
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NEWSLETTER_STORE__URL": DATABASE,
        "NEWSLETTER_TRANSPORTS__SES__ENDPOINT_URL": endpoint,
        "NEWSLETTER_TRANSPORTS__SES__REGION": "us-east-1",
        "NEWSLETTER_TRANSPORTS__SES__PROFILE": "",
        "NEWSLETTER_TRANSPORTS__SES__CONFIGURATION_SET": "rehearsal",
        "NEWSLETTER_DELIVERY__CONCURRENCY": str(concurrency),
    }
