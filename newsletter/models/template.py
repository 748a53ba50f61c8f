"""A template folder as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.models.content import Section
from newsletter.models.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template folder as values: its texts by path relative to the folder, and its parameters.

    Shared partials stand under `_shared/…`. `root` is the folder as a person would type it, for messages. `sections`
    are those that a new issue begins with.
    """

    name: str
    files: Mapping[str, str]
    description: str = ""
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
