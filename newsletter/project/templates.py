"""Template folders -> Template values."""

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from newsletter.config import ENV_PREFIX, FILE_NAME, line_of_key
from newsletter.content.issue import DEFAULT_LAYOUT
from newsletter.content.slug import check_slug
from newsletter.content.text import one_line
from newsletter.errors import ConfigError, ContentError, TemplateError
from newsletter.models import ParameterType, Place, Section, Template, TemplateParameter
from newsletter.project.files import inside, read_text, shown
from newsletter.render.parameters import NAME, check_names, checked, usable_choices

SHARED = "_shared"
PUBLIC = "public"
"""The folder of the public pages, which are no mail."""
SUFFIXES = frozenset({".mjml", ".txt", ".html", ".css", ".jinja", ".j2", ".po"})
"""What counts as a template's text; other files in the folder (pictures, notes) are not read."""

SECTION_TABLE = frozenset({"title", "layout"})
PARAMETER_TABLE = frozenset({"type", "default", "description", "choices"})


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


def check_tables(root: Path, tables: Iterable[str]) -> None:
    """Refuse a table of newsletter.toml for a template that is not there; raises ConfigError with the nearest one."""
    known = template_names(root)
    for name in tables:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            text = read_text(root, root / FILE_NAME)
            raise ConfigError(
                f"[templates.{name[:60]}] is about a template that is not there",
                place=Place(file=FILE_NAME, line=line_of_key(text, ("templates", name))),
                remedy=(f"Did you mean `{near[0]}`? " if near else "") + f"Known: {', '.join(known)}.",
            )


def read_template(root: Path, name: str, own: Mapping[str, Any] | None = None) -> Template:
    """Read a template's texts, shared ones under `_shared/`, its parameters, and a new issue's sections.

    `own` are the values that the project gives to parameters. Raises TemplateError for a name that is not there and for
    a file that cannot be read, ConfigError for one of the project's values.
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
        text = read_text(root, toml).removeprefix("\ufeff") if toml.exists() else ""
        values = _parse_toml(text, shown(root, toml))
        declared = _declared(values, lambda path: Place(file=shown(root, toml), line=line_of_key(text, path)))
    except ContentError as exc:
        raise TemplateError(exc.what, place=exc.place, remedy=exc.remedy) from exc
    return Template(
        name=name,
        files=texts,
        description=str(values.get("description", "")),
        declared=declared,
        parameters=_values(root, name, declared, own or {}),
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
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise TemplateError(f"this is no TOML: {exc}", place=Place(file=file), remedy="Mend that line.") from exc


def _declared(values: dict[str, Any], place_of: Callable[[tuple[str, ...]], Place]) -> dict[str, TemplateParameter]:
    """Return the parameters from tables like `[parameters.accent]`, each default held against its type."""
    tables = values.get("parameters", {})
    found = {}
    for name, table in tables.items() if isinstance(tables, dict) else [("parameters", None)]:
        place = place_of(("parameters", name))
        if not isinstance(table, dict) or "default" not in table:
            raise TemplateError(
                f"the parameter `{name}` has no default",
                place=place,
                remedy=f'Write it like {name} = {{ type = "color", default = "#336699", description = "…" }} '
                "below [parameters].",
            )
        if not NAME.fullmatch(name):
            raise TemplateError(
                f"{name[:60]!r} is no name for a parameter", place=place, remedy="Use a-z, 0-9 and _: `dark_accent`."
            )
        _check_keys(name, table, place)
        declared = _parameter(name, table, place)
        checked(name, declared, declared.default, place=place)
        found[name] = declared
    return found


def _check_keys(name: str, table: dict[str, Any], place: Place) -> None:
    if unknown := sorted(set(table) - PARAMETER_TABLE):
        raise TemplateError(
            f"the parameter `{name}` has no key `{unknown[0]}`",
            place=place,
            remedy=f"Known: {', '.join(sorted(PARAMETER_TABLE))}.",
        )


def _parameter(name: str, table: dict[str, Any], place: Place) -> TemplateParameter:
    kinds = [kind.value for kind in ParameterType]
    if table.get("type") not in kinds:
        raise TemplateError(
            f"the parameter `{name}` has no type" if "type" not in table else f"there is no type {table['type']!r}",
            place=place,
            remedy=f"Give it one: {', '.join(kinds)}.",
        )
    kind = ParameterType(table["type"])
    try:
        choices = usable_choices(table.get("choices")) if kind is ParameterType.CHOICE else ()
    except ValueError as exc:
        raise TemplateError(f"the parameter `{name}` has no choices", place=place, remedy=f"Write {exc}.") from exc
    return TemplateParameter(
        type=kind, default=table["default"], description=str(table.get("description", "")), choices=choices
    )


def _values(
    root: Path, template: str, declared: Mapping[str, TemplateParameter], own: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the project's value of every parameter; `own` are those of newsletter.toml."""
    file = root / FILE_NAME
    text = read_text(root, file) if own and file.exists() else ""

    def place_of(name: str) -> Place:
        line = line_of_key(text, ("templates", template, name))
        variable = f"{ENV_PREFIX}TEMPLATES__{template}__{name}".upper()
        return Place(file=FILE_NAME, line=line) if line else Place(file=variable)

    try:
        check_names(own, declared, place_of=place_of)
        for name, value in own.items():
            checked(name, declared[name], value, place=place_of(name))
    except ContentError as exc:
        raise ConfigError(exc.what, place=exc.place, remedy=exc.remedy) from exc
    return {name: own.get(name, parameter.default) for name, parameter in declared.items()}


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
