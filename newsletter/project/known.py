"""Files of which something is known: each is read when it is new or changed, and what was learnt is kept.

What is kept may be lost at any time; then the files are read again.
"""

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from newsletter.errors import ContentError

_RACE = 100_000_000
"""Nanoseconds: a file changed so shortly before it was looked at may change again without a new time stamp."""

_BATCH = 500
"""Files that are read before what was learnt is kept: an interrupted first run goes on where it was."""

Progress = Callable[[int, int], None]
"""Called with how many of how many changed files are read."""

Kept = tuple[str, str]
"""The stamp that a file had when it was read, and what was learnt as text that only this room reads."""

T = TypeVar("T")


class CatalogueCache(Protocol):
    """Where what was learnt of the files is kept, by kind and path; losing it costs time and nothing else."""

    def load(self, kind: str) -> Mapping[str, Kept]:
        """Return everything of a kind that is kept; nothing when it is lost, damaged or out of reach."""

    def save(self, kind: str, changed: Mapping[str, Kept], removed: Iterable[str]) -> None:
        """Keep the changed ones of a kind and forget the removed; do nothing where nothing can be written."""


class MemoryCache:
    """Keeps what was learnt as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Kept]] = {}

    def load(self, kind: str) -> Mapping[str, Kept]:
        """Return everything of a kind that is kept."""
        return dict(self._kept.get(kind, {}))

    def save(self, kind: str, changed: Mapping[str, Kept], removed: Iterable[str]) -> None:
        """Keep the changed ones of a kind and forget the removed."""
        kept = self._kept.setdefault(kind, {})
        kept.update(changed)
        for path in removed:
            kept.pop(path, None)


class KnownFiles(Generic[T]):
    """What is known of the files of one kind; `decode` returns None for what `encode` did not write."""

    def __init__(
        self,
        kind: str,
        cache: CatalogueCache,
        encode: Callable[[T | ContentError], str],
        decode: Callable[[str], T | ContentError | None],
        progress: Progress | None = None,
    ) -> None:
        self._kind = kind
        self._cache = cache
        self._encode = encode
        self._decode = decode
        self._progress = progress
        self._known: dict[str, tuple[str, T | ContentError]] | None = None

    def read(self, stamps: Mapping[str, str], learn: Callable[[str], T]) -> list[T | ContentError]:
        """Return what is in the files of these names, in their order; `learn` reads one, or raises ContentError.

        It is asked for those that have no stamp, or another than when they were read.
        """
        before = self._load() if self._known is None else self._known
        fresh = [name for name, stamp in stamps.items() if not stamp or name not in before or before[name][0] != stamp]
        learnt: dict[str, tuple[str, T | ContentError]] = {}
        for start in range(0, len(fresh), _BATCH):
            part = {name: (stamps[name], _learnt(learn, name)) for name in fresh[start : start + _BATCH]}
            self._cache.save(self._kind, {name: (s, self._encode(it)) for name, (s, it) in part.items() if s}, ())
            learnt |= part
            if self._progress is not None:
                self._progress(len(learnt), len(fresh))
        gone = [name for name in before if name not in stamps]
        if gone:
            self._cache.save(self._kind, {}, gone)
        self._known = {name: learnt.get(name) or before[name] for name in stamps}
        return [item for _, item in self._known.values()]

    def _load(self) -> dict[str, tuple[str, T | ContentError]]:
        with _without_collections():
            known = {}
            for name, (stamp, text) in self._cache.load(self._kind).items():
                item = self._decode(text)
                if item is not None:
                    known[name] = (stamp, item)
            return known


def stamps_of(folder: str, shown: str) -> Iterator[tuple[str, str]]:
    """Give name and stamp of each Markdown file of a folder, by name; `shown` comes before the name.

    Nothing for a folder that is not there; files whose names begin with a dot are an editor's. A name that is no UTF-8
    cannot be kept and so has no stamp.
    """
    try:
        with os.scandir(folder) as entries:
            found = [(e.name, e) for e in entries if e.name.endswith(".md") and not e.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return
    found.sort(key=lambda pair: pair[0])
    for name, entry in found:
        yield f"{shown}{name}", stamp_of(entry) if is_utf8(name) else ""


def stamp_of(file: os.DirEntry[str] | str) -> str:
    """Return what changes when a file does; empty for a file that may change without it, or cannot be looked at."""
    try:
        status = os.stat(file) if isinstance(file, str) else file.stat()  # noqa: PTH116 - a tenth of Path.stat's time
    except OSError:
        return ""
    if abs(time.time_ns() - status.st_mtime_ns) < _RACE:
        return ""
    return f"{status.st_mtime_ns}:{status.st_size}:{status.st_ino}"


def is_utf8(name: str) -> bool:
    """Say whether a file's name is text; other bytes stand in it as lone surrogates (PEP 383)."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _learnt(learn: Callable[[str], T], name: str) -> T | ContentError:
    try:
        return learn(name)
    except ContentError as exc:
        return exc


@contextmanager
def _without_collections() -> Iterator[None]:
    """Make many values without the collector looking at them again and again: none of them is garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
