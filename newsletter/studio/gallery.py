"""The issues that somebody looks at: each is compiled when it is opened first and followed from then on."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from newsletter.errors import UsageError
from newsletter.project.preparation import prepare_issue
from newsletter.studio.bell import Bell
from newsletter.studio.live import Live, Snapshot
from newsletter.studio.picture import Prepare
from newsletter.studio.watch import Watcher

MOST = 6
"""Issues under watch at once; each takes two threads that wait."""


class Gallery:
    """Live issues by name, the one looked at last at the end; `revision` counts changes of any file of content."""

    def __init__(self, root: Path, environ: Mapping[str, str], tell: Callable[[Snapshot], None]) -> None:
        self._root = root
        self._environ = environ
        self._tell = tell
        self._lives: dict[str, Live] = {}
        self._group: TaskGroup | None = None
        self._opening = asyncio.Lock()
        self._watcher = Watcher(root, "", self._changed)
        self._stopped = False
        self.revision = 1
        self.bell = Bell()

    def open_now(self, slug: str, prepare: Prepare = prepare_issue) -> Live:
        """Compile an issue before the studio runs; raises UsageError for one that is not there."""
        live = self._lives[slug] = Live(self._root, self._environ, slug, self._tell, prepare)
        return live

    async def open(self, slug: str) -> Live:
        """Return an issue, compiled and under watch; raises UsageError for one that is not there."""
        async with self._opening:
            live = self._lives.pop(slug, None)
            if live is None:
                live = await anyio.to_thread.run_sync(Live, self._root, self._environ, slug, self._tell)
                self._follow(live)
            self._lives[slug] = live
            while len(self._lives) > MOST:
                self._lives.pop(next(iter(self._lives))).stop()
            return live

    async def run(self) -> None:
        """Watch until `stop`."""
        async with anyio.create_task_group() as group:
            self._group = group
            group.start_soon(self._watcher.run)
            for live in self._lives.values():
                group.start_soon(live.run)

    def stop(self) -> None:
        """End `run` and everything that follows an issue."""
        self._stopped = True
        self._watcher.stop()
        self.bell.stop()
        for live in self._lives.values():
            live.stop()
        self._group = None

    def _follow(self, live: Live) -> None:
        if self._stopped or self._group is None:
            raise UsageError("the studio is ending", remedy="Start it again.")
        self._group.start_soon(live.run)

    def _changed(self) -> None:
        self.revision += 1
        self.bell.ring()
        for live in self._lives.values():
            live.bell.ring()
