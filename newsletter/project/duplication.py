"""A new template: a copy of one that is there, whole or not at all."""

import re
from dataclasses import dataclass
from pathlib import Path

from newsletter.content.slug import check_slug
from newsletter.errors import ConflictError, ContentError, UsageError
from newsletter.models import Place
from newsletter.project.creation import create_folder
from newsletter.project.files import inside, shown
from newsletter.project.templates import SHARED, SUFFIXES, template_names

_NAME = re.compile(r'(?m)\A((?:(?!\s*\[).*\n)*?)name[ \t]*=[ \t]*"[^"\n]*"')
_SHARED_FILE = re.compile(rf"""["']({SHARED}/[\w./-]+)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """What was made: the copied files, and the shared ones that the copy goes on using."""

    files: tuple[str, ...]
    shared: tuple[str, ...]


def new_template(root: Path, name: str, *, like: str) -> NewTemplate:
    """Copy the template `like` under a new name; shared partials and phrases stay where they are.

    Raises UsageError for a name that cannot be one and for a template that is not there, ConflictError when the name is
    taken.
    """
    known = template_names(root)
    if like not in known:
        raise UsageError(f"there is no template {like[:60]!r} to begin with", remedy=f"Known: {', '.join(known)}.")
    try:
        check_slug(name, "the template's name")
    except ContentError as exc:
        raise UsageError(exc.what, remedy=exc.remedy) from exc
    folder = root / "templates" / name
    if folder.exists() or folder.is_symlink():
        raise ConflictError(
            f"there is a template of the name {name} already",
            place=Place(file=shown(root, folder)),
            remedy="Choose another name.",
        )
    files = {
        str(path.relative_to(root / "templates" / like)): inside(root, path).read_bytes()
        for path in sorted((root / "templates" / like).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    if "template.toml" in files:
        text = files["template.toml"].decode("utf-8", "replace")
        files["template.toml"] = _NAME.sub(rf'\g<1>name = "{name}"', text).encode()
    create_folder(root, folder, files)
    return NewTemplate(files=tuple(f"templates/{name}/{file}" for file in files), shared=_shared(root, files))


def _shared(root: Path, files: dict[str, bytes]) -> tuple[str, ...]:
    """Return the shared files that the copied ones include or import, directly or through one another."""
    found: dict[str, None] = {}
    texts = [data.decode("utf-8", "replace") for file, data in files.items() if Path(file).suffix in SUFFIXES]
    while texts:
        for file in _SHARED_FILE.findall(texts.pop()):
            path = root / "templates" / file
            if file not in found and path.is_file():
                found[file] = None
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return tuple(f"templates/{file}" for file in sorted(found))
