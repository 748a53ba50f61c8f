"""A template folder as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from newsletter.models.content import Section
from newsletter.models.place import Place


class ParameterType(StrEnum):
    """What a parameter of a template may be."""

    COLOR = "color"  # #rgb, #rrggbb or a name of CSS
    LENGTH = "length"  # a number with px, % or em
    FONT = "font"  # names of fonts with commas between them
    URL = "url"  # an http(s) or mailto address, or empty
    IMAGE = "image"  # an http(s) address, a file in the issue's `images` folder, or empty
    TEXT = "text"  # any text; printed like that of a record
    CHOICE = "choice"  # one of the words in `choices`
    BOOLEAN = "boolean"  # true or false
    NUMBER = "number"  # a number without a unit
    LINKS = "links"  # a list of tables with a `name` and a `url`


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParameter:
    """A parameter as template.toml declares it; `choices` are the words that a choice may be."""

    type: ParameterType
    default: Any
    description: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template folder as values: its texts by path relative to the folder, and its parameters.

    Shared partials stand under `_shared/…`. `declared` says what each parameter is, `parameters` has its value for the
    project: the default, or what newsletter.toml says. `root` is the folder as a person would type it, for messages.
    `sections` are those that a new issue begins with.
    """

    name: str
    files: Mapping[str, str]
    description: str = ""
    declared: Mapping[str, TemplateParameter] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    root: str = ""

    @property
    def layouts(self) -> tuple[str, ...]:
        """The layouts that sections and articles may ask for, by name."""
        return tuple(
            sorted(name[len("layouts/") : -len(".mjml")] for name in self.files if name.startswith("layouts/"))
        )

    def place(self, file: str, line: int | None = None) -> Place:
        """Name a line of one of the template's files."""
        root = self.root or self.name
        if file.startswith("_shared/"):
            root = root.rpartition("/")[0]
        return Place(file=f"{root}/{file}" if root else file, line=line)
