"""The issue as it is now: compiled again after each change, one compilation at a time, and told to all who follow."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import anyio

from newsletter.errors import NewsletterError, RenderGuardError, UsageError
from newsletter.project.preparation import prepare_issue
from newsletter.studio.bell import Bell
from newsletter.studio.picture import Failure, Picture, Prepare, describe, take_picture
from newsletter.studio.watch import Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the preview shows: the last picture that compiled and, when that is not of now, the failure.

    `taken` is when the picture was compiled, an aware local time; `seconds` is how long the last compilation took.
    """

    revision: int
    slug: str
    at: dt.datetime
    seconds: float
    picture: Picture | None
    taken: dt.datetime | None
    failure: Failure | None

    def line(self) -> str:
        """Return what a terminal says of it: a line, and behind an error its remedy."""
        if self.failure:
            where = f"{self.failure.place}: " if self.failure.place else ""
            remedy = f"\n  {self.failure.remedy}" if self.failure.remedy else ""
            return f"{self.at:%H:%M:%S} error: {where}{self.failure.what}{remedy}"
        found = [finding["severity"] for finding in self.picture.facts["findings"]] if self.picture else []
        counts = [
            f", {found.count(severity)} {severity}{'s' if found.count(severity) > 1 else ''}"
            for severity in ("error", "warning")
            if severity in found
        ]
        return f"{self.at:%H:%M:%S} {self.slug} compiled in {self.seconds * 1000:.0f} ms{''.join(counts)}"

    def values(self) -> dict[str, Any]:
        """Return the snapshot as JSON values, without the mail's texts."""
        return {
            "revision": self.revision,
            "slug": self.slug,
            "at": f"{self.at:%H:%M:%S}",
            "milliseconds": round(self.seconds * 1000),
            "picture": self.picture.facts if self.picture else None,
            "taken": f"{self.taken:%H:%M:%S}" if self.taken else None,
            "failure": asdict(self.failure) if self.failure else None,
        }


class Live:
    """An issue under watch; `tell` hears of every new snapshot, `prepare` makes it from the project's files."""

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        slug: str,
        tell: Callable[[Snapshot], None],
        prepare: Prepare = prepare_issue,
    ) -> None:
        self._prepare = prepare
        self._root = root
        self._environ = environ
        self._slug = slug
        self._tell = tell
        self._watcher = Watcher(root, slug, self._mark)
        self._dirty = asyncio.Event()
        self._stopped = False
        self.bell = Bell()
        self.snapshot = self._first()

    async def run(self) -> None:
        """Compile after every change until `stop`; files saved meanwhile are compiled together, right afterwards."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._watcher.run)
            while True:
                await self._dirty.wait()
                if self._stopped:
                    return
                self._dirty.clear()
                picture, failure, seconds = await anyio.to_thread.run_sync(self._compile)
                self._publish(picture, failure, seconds)

    def stop(self) -> None:
        """End `run` and every `follow`."""
        self._stopped = True
        self._watcher.stop()
        self._dirty.set()
        self.bell.stop()

    async def follow(self) -> AsyncIterator[Snapshot]:
        """Yield the snapshot of now and then each newer one; who is slow gets the newest only."""
        seen = -1
        while not self._stopped:
            news = self.bell.next()
            if self.snapshot.revision == seen:
                await news.wait()
            else:
                seen = self.snapshot.revision
                yield self.snapshot

    def _mark(self) -> None:
        self._dirty.set()

    def _first(self) -> Snapshot:
        """Compile for the first time; raises UsageError for an issue that is not there."""
        picture, failure, seconds = self._compile(raising=UsageError)
        now = dt.datetime.now().astimezone()
        return Snapshot(
            revision=1,
            slug=self._slug,
            at=now,
            seconds=seconds,
            picture=picture,
            taken=now if picture else None,
            failure=failure,
        )

    def _publish(self, picture: Picture | None, failure: Failure | None, seconds: float) -> None:
        last = self.snapshot
        if failure == last.failure and (picture is None or picture == last.picture):
            return  # saved without a change that shows
        now = dt.datetime.now().astimezone()
        self.snapshot = Snapshot(
            revision=last.revision + 1,
            slug=self._slug,
            at=now,
            seconds=seconds,
            picture=picture or last.picture,
            taken=now if picture else last.taken,
            failure=failure,
        )
        self.bell.ring()
        self._tell(self.snapshot)

    def _compile(self, raising: type[NewsletterError] | tuple[()] = ()) -> tuple[Picture | None, Failure | None, float]:
        start = time.perf_counter()
        picture, failure = None, None
        try:
            picture = take_picture(self._root, self._environ, self._slug, self._prepare)
        except raising:
            raise
        except NewsletterError as error:
            failure = describe(self._root, error)
        except Exception as exc:  # noqa: BLE001 - a fault of the program must not end the preview: it is shown in it
            failure = describe(self._root, _fault(exc, self._slug))
        return picture, failure, time.perf_counter() - start


def _fault(exc: Exception, slug: str) -> NewsletterError:
    return RenderGuardError(
        f"newsletter itself failed at the issue {slug}: {type(exc).__name__}: {exc}",
        remedy="Please report it with the files that show it; undoing the last change brings the preview back.",
    )
