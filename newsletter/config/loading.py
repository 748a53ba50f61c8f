"""The file and the environment -> Settings; an error names the line or the variable."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from newsletter.config.settings import Settings
from newsletter.errors import ConfigError
from newsletter.models import Place

FILE_NAME = "newsletter.toml"
ENV_PREFIX = "NEWSLETTER_"
RESERVED_ENV = frozenset({"NEWSLETTER_PROJECT", "NEWSLETTER_SMTP_PASSWORD"})
"""Variables with the prefix that are no settings: the project folder and the one secret."""


def load_settings(file: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a project.

    Raises ConfigError naming the line of the file, or the variable, that is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"newsletter.toml cannot be read: {exc}", place=Place(file=str(file)), remedy="Save it as UTF-8 text."
        ) from exc
    return parse_settings(text, environ, file=str(file))


def parse_settings(text: str, environ: Mapping[str, str], *, file: str = FILE_NAME) -> Settings:
    """Turn the text of newsletter.toml and an environment into Settings; `file` is for messages only."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        line = re.search(r"at line (\d+), column (\d+)", str(exc))
        place = Place(file=file, line=int(line[1]), column=int(line[2])) if line else Place(file=file)
        sentence = str(exc).partition(" (at ")[0]
        raise ConfigError(f"this is no TOML: {sentence}", place=place, remedy="Mend that line.") from exc
    from_env = _merge_environment(values, environ)
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        raise _explain(exc.errors()[0], text, file, from_env) from exc


def _merge_environment(values: dict[str, Any], environ: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Write the variables over the file's values; return which path came from which variable."""
    origin: dict[tuple[str, ...], str] = {}
    for variable, value in sorted(environ.items()):
        if not variable.startswith(ENV_PREFIX) or variable in RESERVED_ENV:
            continue
        path = tuple(variable.removeprefix(ENV_PREFIX).lower().split("__"))
        table = values
        for part in path[:-1]:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"{variable} names a key inside `{part}`, which is no table", remedy="Unset it.")
            table = inner
        table[path[-1]] = value
        origin[path] = variable
    return origin


def _explain(error: ErrorDetails, text: str, file: str, from_env: Mapping[tuple[str, ...], str]) -> ConfigError:
    path = tuple(str(part) for part in error["loc"])
    dotted = ".".join(path)
    variable = from_env.get(path)
    place = Place(file=variable) if variable else Place(file=file, line=line_of_key(text, path))
    if error["type"] == "extra_forbidden":
        known = sorted(_known_keys(path[:-1]))
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.4)
        remedy = f"Did you mean `{near[0]}`? " if near else ""
        where = f"in [{'.'.join(path[:-1])}]" if len(path) > 1 else "at the top"
        return ConfigError(f"unknown key `{dotted}`", place=place, remedy=f"{remedy}Known {where}: {', '.join(known)}.")
    sentence = error["msg"].removeprefix("Value error, ")
    return ConfigError(
        f"`{dotted}`: {sentence}", place=place, remedy="Mend the value; docs/configuration.md has all keys."
    )


def _known_keys(path: Iterable[str]) -> Iterable[str]:
    model: type[BaseModel] = Settings
    for part in path:
        if part.isdigit():
            continue
        inner = model.model_fields[part].annotation
        inner = get_args(inner)[0] if get_args(inner) else inner
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return model.model_fields


def line_of_key(text: str, path: tuple[str, ...]) -> int | None:
    """Find the line of a key, or of its table, in TOML text; tomllib keeps no positions, and messages need one."""
    table: tuple[str, ...] = ()
    best: int | None = None
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            if table == path[: len(table)]:
                best = number
            continue
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if key:
            full = table + tuple(part.strip("\"'") for part in key[1].split("."))
            if full == path:
                return number
    return best
