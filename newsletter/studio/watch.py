"""Noticing that a file of an issue was saved."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import anyio
from watchfiles import Change, awatch

from newsletter.config import FILE_NAME

FOLDERS = ("issues", "templates")
DEBOUNCE_MS = 30
"""How long changes that follow each other are gathered, at most."""
STEP_MS = 10
"""How often is looked whether another change followed; a save is reported one to two steps later."""
RECHECK_MS = 1000
POLL_MS = 200

_TEMPORARY = re.compile(
    r"""
    ^\.            # .x.swp, .#x, .x.md.k3d9 (written beside and renamed)
    | ~$           # x~
    | ^\#.*\#$     # #x#
    | ^4913$       # Vim tries whether it may write
    | \.(?:tmp|temp|bak|part|crdownload|sw[a-p])$
    | ___jb_\w+___$
    """,
    re.VERBOSE,
)


class Watcher:
    """Calls `changed` when something that an issue is made of may have changed, from `run` until `stop`.

    With no issue's name it is about all of them and the inbox.
    The folders are watched from above, because editors and git replace files and folders by new ones of the same name;
    a folder that comes later is watched from then on. Where the system has no watch left, it is polled.
    """

    def __init__(self, root: Path, slug: str, changed: Callable[[], None]) -> None:
        self._root = root
        self._slug = slug
        self._issues = ("issues", slug) if slug else ("issues",)
        self._changed = changed
        self._stop = asyncio.Event()
        self._again = asyncio.Event()
        self._polling = False

    async def run(self) -> None:
        """Watch until `stop`."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._watch_root)
            group.start_soon(self._watch_folders)

    def stop(self) -> None:
        """End `run` within a few hundredths of a second."""
        self._stop.set()
        self._again.set()

    def concerns(self, _change: Change, name: str) -> bool:
        """Say whether a changed path can matter: of this issue or a template, and no editor's temporary file."""
        path = Path(name)
        if not path.is_relative_to(self._root):
            return False
        parts = path.relative_to(self._root).parts
        if any(_TEMPORARY.search(part) for part in parts):
            return False
        return parts[:1] == ("templates",) or parts[: 2 if self._slug else 1] == self._issues

    def _concerns_root(self, _change: Change, name: str) -> bool:
        return Path(name).name in {FILE_NAME, *FOLDERS}

    async def _watch_root(self) -> None:
        # the settings file, and folders that come and go
        changes = awatch(
            self._root,
            watch_filter=self._concerns_root,
            recursive=False,
            debounce=DEBOUNCE_MS,
            step=DEBOUNCE_MS,
            stop_event=self._stop,
        )
        async for change in changes:
            if any(Path(name).name in FOLDERS for _, name in change):
                self._again.set()
            self._changed()

    async def _watch_folders(self) -> None:
        while not self._stop.is_set():
            self._again.clear()
            present = [self._root / name for name in FOLDERS if (self._root / name).is_dir()]
            if not present:
                await self._again.wait()
                continue
            try:
                await self._follow(present)
            except FileNotFoundError:
                continue  # a folder went between looking and watching: look again
            except OSError:
                if self._polling:
                    raise
                self._polling = True  # no inotify watch left (fs.inotify.max_user_watches)

    async def _follow(self, folders: list[Path]) -> None:
        unsure = (
            True  # something may have changed before the watch began: looked at once, when the first second is over
        )
        async for change in awatch(
            *folders,
            watch_filter=self.concerns,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._again,
            rust_timeout=RECHECK_MS,
            yield_on_timeout=True,
            force_polling=self._polling or None,
            poll_delay_ms=POLL_MS,
            ignore_permission_denied=True,
        ):
            if change or unsure:
                self._changed()
            unsure = unsure and bool(change)
