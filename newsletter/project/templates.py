"""Template folders -> Template values."""

import tomllib
from pathlib import Path
from typing import Any

from newsletter.content.issue import DEFAULT_LAYOUT
from newsletter.content.slug import check_slug
from newsletter.content.text import one_line
from newsletter.errors import ContentError, TemplateError
from newsletter.models import Place, Section, Template
from newsletter.project.files import inside, read_text, shown

SHARED = "_shared"
PUBLIC = "public"
"""The folder of the public pages, which are no mail."""
SUFFIXES = frozenset({".mjml", ".txt", ".html", ".css", ".jinja", ".j2"})
"""What counts as a template's text; other files in the folder (pictures, notes) are not read."""


SECTION_TABLE = frozenset({"title", "layout"})


def template_names(root: Path) -> list[str]:
    """List the templates of a project."""
    folder = root / "templates"
    if not folder.is_dir():
        return []
    return sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_dir() and entry.name[0] not in "._" and entry.name != PUBLIC
    )


def read_template(root: Path, name: str) -> Template:
    """Read a template's texts, shared ones under `_shared/`, its parameters' defaults, and a new issue's sections.

    Raises TemplateError for a name that is not there and for a file that cannot be read.
    """
    known = template_names(root)
    if name not in known:
        raise TemplateError(
            f"there is no template {name[:60]!r}",
            place=Place(file="templates"),
            remedy=f"Known: {', '.join(known)}." if known else "Put one into the folder templates.",
        )
    try:
        check_slug(name, "the template's name")
        folder = root / "templates" / name
        texts = _texts(root, folder, "")
        texts |= _texts(root, root / "templates" / SHARED, f"{SHARED}/")
        toml = folder / "template.toml"
        values = _parse_toml(read_text(root, toml), shown(root, toml)) if toml.exists() else {}
    except ContentError as exc:
        raise TemplateError(exc.what, place=exc.place, remedy=exc.remedy) from exc
    return Template(
        name=name,
        files=texts,
        description=str(values.get("description", "")),
        parameters=_defaults(values, shown(root, toml)),
        sections=_sections(values, shown(root, toml)),
        root=f"templates/{name}",
    )


def _texts(root: Path, folder: Path, prefix: str) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    inside(root, folder)
    return {
        prefix + str(path.relative_to(folder)): read_text(root, path).removeprefix("\ufeff")
        for path in sorted(folder.rglob("*"))
        if path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()
    }


def _parse_toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as exc:
        raise TemplateError(f"this is no TOML: {exc}", place=Place(file=file), remedy="Mend that line.") from exc


def _defaults(values: dict[str, Any], file: str) -> dict[str, Any]:
    """Return the default of every parameter, from tables like `[parameters.accent]`."""
    parameters = values.get("parameters", {})
    defaults = {}
    for name, table in parameters.items() if isinstance(parameters, dict) else [("parameters", None)]:
        if not isinstance(table, dict) or "default" not in table:
            raise TemplateError(
                f"the parameter `{name}` has no default",
                place=Place(file=file),
                remedy=f'Write it like {name} = {{ default = "…", description = "…" }} below [parameters].',
            )
        defaults[name] = table["default"]
    return defaults


def _sections(values: dict[str, Any], file: str) -> tuple[Section, ...]:
    """Return the sections of a new issue, from tables like `[[sections]]`."""
    tables = values.get("sections", [])
    found = []
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], start=1):
        title = table.get("title") if isinstance(table, dict) else None
        layout = table.get("layout", DEFAULT_LAYOUT) if isinstance(table, dict) else None
        if (
            not isinstance(title, str)
            or not isinstance(layout, str)
            or not one_line(title)
            or set(table) - SECTION_TABLE
        ):
            raise TemplateError(
                f"section {number} is no table with a title and a layout",
                place=Place(file=file),
                remedy='Write [[sections]] and below it title = "In brief" and layout = "brief".',
            )
        found.append(Section(title=one_line(title), layout=layout))
    return tuple(found)
