"""Reading and writing single files: inside the project, whole or not at all, every failure in plain words."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from newsletter.errors import ConflictError, ContentError
from newsletter.models import Place

MAX_BYTES = 4 * 1024 * 1024
"""Size of a text file; the limit in characters, 1 MiB, is the parser's."""


def shown(root: Path, path: Path) -> str:
    """Return a path as a person in the project's folder would type it."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def inside(root: Path, path: Path) -> Path:
    """Return `path` resolved; raises ContentError when it leads out of `root`, by a link or otherwise."""
    resolved = _resolve(path)
    if resolved is None:
        raise ContentError("this link leads nowhere", place=Place(file=shown(root, path)), remedy="Delete the link.")
    if resolved.is_relative_to(root.resolve()):
        return resolved
    raise ContentError(
        f"this leads out of the project, to {resolved}",
        place=Place(file=shown(root, path)),
        remedy="Put the file itself into the project instead of a link.",
    )


def _resolve(path: Path) -> Path | None:
    """Follow links; None for a loop of them, which Python up to 3.12 raises and later ones leave in the path."""
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError):
        return None
    return None if resolved.is_symlink() else resolved


def read_text(root: Path, path: Path) -> str:
    """Read a UTF-8 file with its line ends as they are; raises ContentError."""
    place = Place(file=shown(root, path))
    resolved = inside(root, path)
    with _plain_words(place, "read"):
        if resolved.is_dir():
            raise ContentError("this is a folder, not a file", place=place, remedy="Rename or move the folder.")
        if resolved.exists() and not resolved.is_file():
            raise ContentError("this is no ordinary file", place=place, remedy="Put a text file in its place.")
        if resolved.stat().st_size > MAX_BYTES:
            raise ContentError(
                f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB", place=place, remedy="Shorten it."
            )
        data = resolved.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ContentError(
            f"this is no UTF-8 text: byte 0x{data[exc.start]:02X}",
            place=Place(file=place.file, line=data.count(b"\n", 0, exc.start) + 1),
            remedy="Save the file as UTF-8; editors have that in their save dialogue.",
        ) from exc


def replace_text(root: Path, path: Path, text: str) -> None:
    """Write a file anew: a temporary one beside it, synced, then renamed over it (POSIX rename is atomic)."""
    inside(root, path)
    with _plain_words(Place(file=shown(root, path)), "written"):
        temporary = _write_beside(path, text.encode("utf-8"), path.stat().st_mode & 0o777 if path.exists() else None)
        try:
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def create_file(root: Path, path: Path, data: bytes) -> None:
    """Write a new file; raises ConflictError when there is one of that name, even one that appeared just now."""
    place = Place(file=shown(root, path))
    inside(root, path)
    with _plain_words(place, "written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _write_beside(path, data, None)
        try:
            os.link(temporary, path)
        except FileExistsError as exc:
            raise ConflictError(
                "there is a file of that name already", place=place, remedy="Choose another name."
            ) from exc
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)


def delete_file(root: Path, path: Path) -> None:
    """Delete a file, or the link that stands in its place; raises ContentError when it cannot be."""
    with _plain_words(Place(file=shown(root, path)), "deleted"):
        path.unlink()
        _sync_folder(path.parent)


def write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write several files into a folder, made when it is not there, and replace those of the same names.

    None is replaced before all are on the disk; raises ContentError with the folder when they cannot be written.
    """
    with _plain_words(Place(file=str(folder)), "written"):
        folder.mkdir(parents=True, exist_ok=True)
        written: list[tuple[Path, Path]] = []
        try:
            for name, data in files.items():
                written.append((_write_beside(folder / name, data, None), folder / name))
            for temporary, path in written:
                temporary.replace(path)
        finally:
            for temporary, _ in written:
                temporary.unlink(missing_ok=True)
        _sync_folder(folder)


def _write_beside(path: Path, data: bytes, mode: int | None) -> Path:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode if mode is not None else 0o666 & ~_umask())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: on POSIX it is the folder that changed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _plain_words(place: Place, verb: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as exc:
        raise ContentError("there is no such file", place=place, remedy="Check its name and folder.") from exc
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise ContentError(
            f"the file cannot be {verb}: {reason}", place=place, remedy="Check the rights of the file and its folder."
        ) from exc
