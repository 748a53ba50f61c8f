"""What happens to each record that comes in, and the line that says so."""

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import typer

from newsletter.cli.article.history import warn_of_lookalikes
from newsletter.cli.output import note, say
from newsletter.cli.progress import show_progress
from newsletter.errors import NewsletterError
from newsletter.ingest.merge import merge_missing
from newsletter.ingest.taken import Taken
from newsletter.models import Article
from newsletter.project import Project
from newsletter.project.intake import Received, fill_in, receive
from newsletter.web.fetch import MAX_BYTES, Fetcher

ORDER = ("added", "would be added", "updated", "would be updated", "unchanged", "duplicate", "refused")
MANY = 20
"""Records from which on progress is shown, and lookalikes are left to `article history` and `check`."""


class Intake:
    """Puts records into the inbox, one whole file each, and reports every one."""

    def __init__(
        self, project: Project, *, tags: Sequence[str] = (), list_only: bool = False, quiet: bool = False
    ) -> None:
        self._project = project
        self._tags = tuple(tags)
        self._list_only = list_only
        self._quiet = quiet
        self._today = dt.datetime.now(zoneinfo.ZoneInfo(project.settings.newsletter.time_zone)).date()
        self.counts: Counter[str] = Counter()
        self.added: list[str] = []

    def read(self, sources: Sequence[str], reader: Callable[[str], Iterable[Taken | NewsletterError]]) -> None:
        """Take the records of every source; one that cannot be read is refused and does not stop the others."""
        with show_progress("Collecting", 100 * len(sources)) as progress:
            for index, source in enumerate(sources):
                try:
                    results = list(reader(source))
                except NewsletterError as error:
                    results = [error]
                for number, result in enumerate(results):
                    self.take(result, source)
                    if len(sources) > 1 or len(results) > MANY:
                        done = 100 * index + 100 * (number + 1) // len(results)
                        progress.update(done, f"{sum(self.counts.values()):,} records")

    def take(self, result: Taken | NewsletterError, source: str, tags: Sequence[str] = ()) -> bool:
        """Put one record into the inbox, or say why not; False when it was refused."""
        try:
            if isinstance(result, NewsletterError):
                raise result
            article = replace(
                result.article,
                tags=tuple(dict.fromkeys((*result.article.tags, *self._tags, *tags))),
                collected=result.article.collected or self._today,
            )
            line = self._put(article, source)
        except NewsletterError as error:
            self.counts["refused"] += 1
            where = f"{error.place}: " if error.place and str(error.place) != source else ""
            note(f"{source}: refused: {where}{error.what}" + (f"\n  {error.remedy}" if error.remedy else ""))
            return False
        for text in result.notes:
            note(f"note: {text}")
        if line and not self._quiet:
            say(line)
        return True

    def finish(self, *, failed: bool = False) -> None:
        """Print the totals of more than one record, and leave with 1 when any was refused or something else failed."""
        if sum(self.counts.values()) > 1:
            note(", ".join(f"{self.counts[kind]:,} {kind}" for kind in ORDER if self.counts[kind]))
        if failed or self.counts["refused"]:
            raise typer.Exit(1)

    def _put(self, article: Article, source: str) -> str:
        """Return the line of the result; what changed nothing is only noted."""
        if self._list_only:
            twin = next((match.entry for match in self._project.catalogue().similar(article) if match.exact), None)
            if twin is None:
                self.counts["would be added"] += 1
                return f"would be added: {article.title}" + (f"  {article.url}" if article.url else "")
            found = fill_in(self._project, article, twin.file, fill=merge_missing, write=False)
            return self._line(found, source)
        received = receive(self._project, article, fill=merge_missing)
        if received.article is None:
            return self._line(received, source)
        self.counts["added"] += 1
        self.added.append(received.file)
        if not self._quiet and sum(self.counts.values()) < MANY:
            warn_of_lookalikes(self._project, received.article)
        return f"added {received.file}"

    def _line(self, received: Received, source: str) -> str:
        if received.kind == "updated":
            kind = "would be updated" if self._list_only else "updated"
            self.counts[kind] += 1
            return f"{kind} {received.file} ({', '.join(received.fields)})"
        self.counts[received.kind] += 1
        note(f"{source}: {'duplicate of' if received.kind == 'duplicate' else 'unchanged'} {received.file}")
        return ""


@contextmanager
def interruptible(inbox: Intake) -> Iterator[None]:
    """Let Ctrl-C end an import between two records: each is written whole or not at all."""
    try:
        yield
    except KeyboardInterrupt:
        done = sum(inbox.counts.values())
        note(f"interrupted after {done:,}; the same command goes on: what is there is not added twice")
        raise typer.Exit(130) from None


def make_fetcher(limit: int = MAX_BYTES) -> Fetcher:
    """Return what fetches pages for the commands: public addresses only, `limit` bytes at most."""
    return Fetcher(limit=limit)
