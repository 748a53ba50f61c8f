"""`---` YAML front matter and the text below it: read with the line of everything, edited without touching the rest.

An edit replaces or adds the lines it is about and copies every other line of the file byte for byte, comments, order,
quotation marks, unknown values and line ends included. (Writing the whole tree anew, even with a round-trip dumper,
re-indents lists and folds long lines.) Every edit is read back and compared before it is handed out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.content import yamltree, yamlwrite
from newsletter.content.text import MAX_FILE, check_text, normal_lines
from newsletter.errors import ContentError
from newsletter.models import Place

Path = tuple[str | int, ...]
"""Keys and list indexes from the top of the front matter: `("sections", 0, "articles")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """A file taken apart: the tree of its front matter, and its body, with line feeds only, and where that begins."""

    tree: yamltree.Mapping
    first_line: int
    body: str
    body_line: int


def parse_front_matter(text: str, *, file: str) -> FrontMatter:
    """Take a file apart.

    Raises ContentError with file and line: no front matter, no end of it, broken YAML, duplicate keys, characters
    that no text may carry, or more than 1 MiB.
    """
    if len(text) > MAX_FILE:
        raise ContentError(
            f"the file has {len(text):,} characters, the limit is {MAX_FILE:,}",
            place=Place(file=file),
            remedy="Shorten it; pictures belong into the issue's images folder.",
        )
    clean = normal_lines(text)
    check_text(clean, Place(file=file, line=1))
    lines = clean.split("\n")
    start, stop = _fences(lines, file)
    yaml = "".join(f"{line}\n" for line in lines[start + 1 : stop])
    body = lines[stop + 1 :]
    blank = next((number for number, line in enumerate(body) if line.strip()), len(body))
    return FrontMatter(
        tree=yamltree.parse_tree(yaml, file=file, first_line=start + 2),
        first_line=start + 2,
        body="\n".join(body[blank:]).rstrip(" \t\n"),
        body_line=stop + 2 + (blank if blank < len(body) else 0),
    )


def edit_front_matter(text: str, changes: Mapping[str, Any], *, file: str) -> str:
    """Set top-level keys, or remove those whose new value is None; a new key goes to the end.

    Values are str, int, float, bool, date, list, tuple (written in brackets) and dict.
    """
    for key, value in changes.items():
        before = parse_front_matter(text, file=file)
        expected = plain(before.tree)
        if value is None:
            expected.pop(key, None)
        else:
            expected[key] = as_read(value)
        editor = Editor(text, before, file)
        editor.set(key, value)
        text = editor.finish(expected)
    return text


def insert_item(text: str, path: Path, index: int | None, value: Any, *, file: str) -> str:
    """Insert a value into the list at `path` before `index`, or at its end; a missing or empty list is made.

    Raises ContentError when something else than a list stands there.
    """
    before = parse_front_matter(text, file=file)
    expected = plain(before.tree)
    holder = expected
    for part in path[:-1]:
        holder = holder[part]
    items = holder[path[-1]] if isinstance(path[-1], int) else (holder.get(path[-1]) or [])
    position = len(items) if index is None else min(index, len(items))
    holder[path[-1]] = [*items[:position], as_read(value), *items[position:]]
    editor = Editor(text, before, file)
    editor.insert(path, position, value)
    return editor.finish(expected)


def plain(node: yamltree.Node) -> Any:
    """Return a tree as dicts, lists and the text of its scalars; empty and null scalars are None."""
    if isinstance(node, yamltree.Mapping):
        return {key: plain(value) for key, value in node.values.items()}
    if isinstance(node, yamltree.Sequence):
        return [plain(item) for item in node.items]
    return None if is_null(node) else node.value


def is_null(node: yamltree.Node) -> bool:
    """Say whether a value is empty or written as null."""
    return isinstance(node, yamltree.Scalar) and not node.style and node.value in {"", "~", "null"}


def _fences(lines: list[str], file: str) -> tuple[int, int]:
    """Find the lines of the two `---`, counted from 0."""
    start = next((number for number, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise ContentError("the file is empty", place=Place(file=file), remedy="Begin it with `---` and a title.")
    if lines[start].rstrip() != "---":
        raise ContentError(
            "the file does not begin with front matter",
            place=Place(file=file, line=start + 1),
            remedy="Begin it with a line `---`, keys like `title: A headline`, and another line `---`.",
        )
    for number in range(start + 1, len(lines)):
        if lines[number].rstrip() == "---":
            return start, number
    raise ContentError(
        "the front matter that begins here is never closed",
        place=Place(file=file, line=start + 1),
        remedy="Add a line `---` below its last key.",
    )


def as_read(value: Any) -> Any:
    """Return a value as `plain` gives it back once it is written."""
    if isinstance(value, Mapping):
        return {str(key): as_read(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_read(inner) for inner in value]
    if value is None:
        return None
    return value if isinstance(value, str) else yamlwrite.typed(value)


class Editor:
    """Changes lines of one file; one use: `set` or `insert`, then `finish`. frontlists.py adds more of the kind."""

    def __init__(self, text: str, before: FrontMatter, file: str) -> None:
        self._file = file
        self._tree = before.tree
        # cut behind line feeds only: a line's other characters are its own, a carriage return among them
        self._lines = re.split(r"(?<=\n)", text)
        self._offset = before.first_line - 1
        opening = self._lines[self._offset - 1]
        self._eol = "\r\n" if opening.endswith("\r\n") else "\n"
        self._stop = next(
            number for number in range(self._offset, len(self._lines)) if self._lines[number].rstrip() == "---"
        )

    def finish(self, expected: Any) -> str:
        """Return the text, read back and compared; raises ContentError when it says something else."""
        text = "".join(self._lines)
        if plain(parse_front_matter(text, file=self._file).tree) != expected:
            raise self._too_odd()
        return text

    def set(self, key: str, value: Any) -> None:
        """Set a key at the top, or remove it when the value is None."""
        node = self._tree.values.get(key)
        if self._tree.flow:
            raise self._too_odd()
        if node is None:
            if value is not None:
                self._add_lines(self._stop, yamlwrite.entry(key, value))
            return
        name = self._tree.keys[key]
        if value is None:
            self._replace_lines(name.start[0], self._last(name, node) + 1, [])
            return
        new = yamlwrite.entry(key, value)
        if isinstance(value, str) and self._indented_comment_at(self._last(name, node) + 1):
            # a block of text would take that comment in as its last line
            new = [f"{yamlwrite.scalar(key)}: {yamlwrite.scalar(value)}"]
        if len(new) == 1 and name.start[0] == node.start[0] == node.end[0] and self._in_line(node):
            self._splice(node.start, node.end, new[0].removeprefix(f"{yamlwrite.scalar(key)}: "))
        else:
            self._replace_lines(name.start[0], self._last(name, node) + 1, new)

    def insert(self, path: Path, index: int, value: Any) -> None:
        """Insert a value into the list at `path`."""
        holder = self._at(path[:-1])
        key = path[-1]
        if isinstance(holder, yamltree.Sequence) and isinstance(key, int):
            node: yamltree.Node | None = holder.items[key]
        elif isinstance(holder, yamltree.Mapping) and isinstance(key, str):
            node = holder.values.get(key)
        else:
            raise self._too_odd()
        if isinstance(node, yamltree.Sequence) and node.items:
            self._into_list(node, index, value)
        elif isinstance(holder, yamltree.Mapping) and isinstance(key, str):
            self._new_list(holder, key, node, value)
        else:
            raise self._too_odd()

    def _into_list(self, node: yamltree.Sequence, index: int, value: Any) -> None:
        if node.flow:
            if index < len(node.items):
                self._splice(node.items[index].start, node.items[index].start, f"{yamlwrite.flow(value)}, ")
            else:
                self._splice(node.items[-1].end, node.items[-1].end, f", {yamlwrite.flow(value)}")
            return
        indent = " " * node.start[1]
        if index > 0:
            line = node.items[index - 1].end[0] + 1
        else:
            line = node.start[0]
            # comments above an item are about that item
            while self._lines[self._offset + line - 1].lstrip().startswith("#"):
                line -= 1
        self._add_lines(self._offset + line, yamlwrite.item(value, indent))

    def _new_list(self, holder: yamltree.Mapping, key: str, node: yamltree.Node | None, value: Any) -> None:
        if holder.flow:
            if node is not None:
                self._splice(node.start, node.end, f"[{yamlwrite.flow(value)}]")
            else:
                comma = ", " if holder.values else ""
                end = (holder.end[0], holder.end[1] - 1)
                self._splice(end, end, f"{comma}{key}: [{yamlwrite.flow(value)}]")
            return
        column = next(iter(holder.keys.values())).start[1] if holder.keys else 0
        if node is None:
            line = self._offset + holder.end[0] + 1 if column else self._stop
            self._add_lines(line, yamlwrite.entry(key, [value], " " * column))
            return
        name = holder.keys[key]
        if isinstance(node, yamltree.Scalar) and node.start == node.end:
            self._add_lines(self._offset + name.start[0] + 1, yamlwrite.item(value, " " * (column + 2)))
        elif isinstance(value, Mapping):
            head = self._lines[self._offset + name.start[0]][: name.start[1]]
            new = yamlwrite.entry(key, [value], " " * column)
            self._replace_lines(name.start[0], node.end[0] + 1, [head + new[0][column:], *new[1:]])
        else:
            self._splice(node.start, node.end, f"[{yamlwrite.flow(value)}]")

    def _at(self, path: Path) -> yamltree.Node:
        node: yamltree.Node = self._tree
        for part in path:
            if isinstance(node, yamltree.Mapping) and isinstance(part, str):
                node = node.values[part]
            elif isinstance(node, yamltree.Sequence) and isinstance(part, int):
                node = node.items[part]
            else:
                raise self._too_odd()
        return node

    def _indented_comment_at(self, line: int) -> bool:
        rest = (text for text in self._lines[self._offset + line : self._stop] if text.strip())
        return next(rest, "").startswith(" ")

    def _in_line(self, node: yamltree.Node) -> bool:
        return node.start != node.end and not (isinstance(node, yamltree.Scalar) and node.style in {"|", ">"})

    def _last(self, name: yamltree.Scalar, node: yamltree.Node) -> int:
        return name.end[0] if node.start == node.end else node.end[0]

    def _splice(self, start: yamltree.Mark, end: yamltree.Mark, new: str) -> None:
        first, last = self._offset + start[0], self._offset + end[0]
        joined = self._lines[first][: start[1]] + new + self._lines[last][end[1] :]
        self._lines[first : last + 1] = [joined]

    def _replace_lines(self, start: int, stop: int, new: list[str]) -> None:
        self._lines[self._offset + start : self._offset + stop] = [line + self._eol for line in new]

    def _add_lines(self, at: int, new: list[str]) -> None:
        self._lines[at:at] = [line + self._eol for line in new]

    def _too_odd(self) -> ContentError:
        return ContentError(
            "this front matter is written in a way that a command cannot edit safely; nothing was changed",
            place=Place(file=self._file, line=self._offset + 1),
            remedy="Edit it by hand, or write one key a line.",
        )
