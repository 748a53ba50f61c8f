"""Undo and redo: what each change made of which files, taken back only while the files are as it left them."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsletter.errors import ConflictError, ContentError
from newsletter.models import Place
from newsletter.project.files import create_file, delete_file, inside, shown, write_whole

DEEPEST = 200
"""Changes that can be taken back."""
HEAVIEST = 64 * 1024 * 1024
"""Bytes that all of them may hold; pictures that move with their article count too."""

TOGETHER = 30.0
"""Seconds between two savings of one text, while somebody writes."""

Contents = Mapping[Path, bytes | None]
"""Files with what is in them; None for one that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change in words, the files it touched as they were and as they became, and when, on the monotonic clock."""

    label: str
    before: Contents
    after: Contents
    at: float

    def goes_on_from(self, last: "Step") -> bool:
        """Say whether this is the next of several savings of one text: they are taken back together."""
        return last.label == self.label and last.after == self.before and self.at - last.at < TOGETHER

    @property
    def weight(self) -> int:
        """Bytes held."""
        return sum(len(data or b"") for part in (self.before, self.after) for data in part.values())


@dataclass(slots=True)
class Journal:
    """The changes made in the studio since it started, the last one at the end."""

    root: Path
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)

    def record(self, label: str, before: Contents, after: Contents) -> None:
        """Remember a change, if it was one; what was undone before it cannot be done again."""
        changed = [path for path in before if before[path] != after[path]]
        if not changed:
            return
        step = Step(
            label=label,
            before={path: before[path] for path in changed},
            after={path: after[path] for path in changed},
            at=time.monotonic(),
        )
        if self.done and step.goes_on_from(self.done[-1]):
            step = replace(step, before=self.done.pop().before)
        self.done.append(step)
        self.undone.clear()
        while len(self.done) > DEEPEST or (len(self.done) > 1 and sum(it.weight for it in self.done) > HEAVIEST):
            self.done.pop(0)

    def forget(self, folder: Path) -> None:
        """Drop the changes that touched a folder: its files have other names now."""
        for steps in (self.done, self.undone):
            steps[:] = [step for step in steps if not any(path.is_relative_to(folder) for path in step.after)]

    def undo(self) -> str:
        """Take the last change back and return its label; raises ConflictError when a file changed since."""
        return self._turn(self.done, self.undone, "undo", back=True)

    def redo(self) -> str:
        """Make the change that was taken back last once more."""
        return self._turn(self.undone, self.done, "do again", back=False)

    def _turn(self, source: list[Step], target: list[Step], verb: str, *, back: bool) -> str:
        if not source:
            raise ConflictError(f"there is nothing to {verb}", remedy="Changes are kept as long as the studio runs.")
        step = source[-1]
        now, then = (step.after, step.before) if back else (step.before, step.after)
        for path in now:
            if contents(self.root, [path])[path] != now[path]:
                raise ConflictError(
                    f"this file was changed since, so “{step.label}” was left as it is",
                    place=Place(file=shown(self.root, path)),
                    remedy="Change it by hand: what is on the disk counts.",
                )
        put_back(self.root, now, then)
        target.append(source.pop())
        return step.label


def contents(root: Path, paths: Iterable[Path]) -> dict[Path, bytes | None]:
    """Read files as they are; raises ContentError for one that leads out of the project or cannot be read."""
    found: dict[Path, bytes | None] = {}
    for path in paths:
        try:
            found[path] = inside(root, path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            found[path] = None
        except OSError as exc:
            reason = (exc.strerror or str(exc)).lower()
            place = Place(file=shown(root, path))
            raise ContentError(f"the file cannot be read: {reason}", place=place, remedy="Check its rights.") from exc
    return found


def put_back(root: Path, now: Contents, then: Contents) -> None:
    """Make files what they were: new ones first, deletions last; when one fails, those before it are put back."""
    done: list[Path] = []
    try:
        for path in sorted(then, key=lambda path: then[path] is None):
            _put(root, path, then[path])
            done.append(path)
    except BaseException:
        for path in reversed(done):
            with suppress(ContentError):
                _put(root, path, now[path])
        raise


def _put(root: Path, path: Path, data: bytes | None) -> None:
    if data is None:
        delete_file(root, path)
        _prune(root, path.parent)
    elif path.exists():
        mode = path.stat().st_mode & 0o777
        write_whole(path.parent, {path.name: data})
        path.chmod(mode)
    else:
        create_file(root, path, data)


def _prune(root: Path, folder: Path) -> None:
    """Delete the folders of an issue that was taken back whole; the inbox stays, and so does what is not empty."""
    issue = next((it for it in (folder, *folder.parents) if it.parent == root / "issues"), None)
    if issue is None or issue.name == "inbox" or (issue / "issue.md").exists():
        return
    for part in (issue / "articles", issue / "images", issue):
        with suppress(OSError):
            part.rmdir()
