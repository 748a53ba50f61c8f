"""Lists in front matter: take an entry out, put it elsewhere, change a value; every other line stays as it is.

A comment on a line of its own above an entry is about that entry: it goes where the entry goes, and stays when the
entry is deleted. A comment behind an entry, on its line, belongs to the entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.content import yamltree, yamlwrite
from newsletter.content.frontmatter import Editor, Path, as_read, parse_front_matter, plain
from newsletter.errors import ContentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry on its way: its value, and its lines, dedented, comments above it first.

    Without lines it was written in brackets. `comments` are all that stand in the lines, for a list in brackets.
    """

    value: Any
    lines: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def new_entry(value: Any) -> Entry:
    """Write a value as an entry of a list."""
    return Entry(value=as_read(value), lines=tuple(yamlwrite.item(value)))


def take_item(text: str, path: Path, index: int, *, file: str) -> tuple[str, Entry]:
    """Take the entry `index` out of the list at `path`, with the comments above it.

    Raises ContentError, and the text is as before, when the file is written in a way that this could damage.
    """
    editor, expected = _start(text, file)
    items = _inside(expected, path)
    entry = editor.take(path, index, value=items.pop(index))
    return editor.finish(expected), entry


def delete_item(text: str, path: Path, index: int, *, file: str) -> str:
    """Delete the entry `index` of the list at `path`; comments on lines of their own stay, those inside it too."""
    editor, expected = _start(text, file)
    _inside(expected, path).pop(index)
    editor.delete(path, index)
    return editor.finish(expected)


def put_item(text: str, path: Path, index: int, entry: Entry, *, file: str) -> str:
    """Put an entry into the list at `path` before `index`, in the lines it was written in; an empty list is made."""
    editor, expected = _start(text, file)
    holder = _inside(expected, path[:-1])
    items = holder.get(path[-1]) or []
    holder[path[-1]] = [*items[:index], entry.value, *items[index:]]
    editor.put(path, index, entry)
    return editor.finish(expected)


def replace_value(text: str, path: Path, value: Any, *, file: str) -> str:
    """Replace a value that is there by another, written in one line."""
    editor, expected = _start(text, file)
    _inside(expected, path[:-1])[path[-1]] = as_read(value)
    editor.replace(path, value)
    return editor.finish(expected)


def add_key(text: str, path: Path, key: str, value: Any, *, file: str) -> str:
    """Add a key that is not there to the mapping at `path`, behind its others, written in one line."""
    editor, expected = _start(text, file)
    _inside(expected, path)[key] = as_read(value)
    editor.add(path, key, value)
    return editor.finish(expected)


def _start(text: str, file: str) -> tuple["_ListEditor", Any]:
    before = parse_front_matter(text, file=file)
    return _ListEditor(text, before, file), plain(before.tree)


def _inside(values: Any, path: Path) -> Any:
    for part in path:
        values = values[part]
    return values


class _ListEditor(Editor):
    """One use: one of the methods, then `finish`."""

    def finish(self, expected: Any) -> str:
        text = "".join(self._lines)
        try:
            found = plain(parse_front_matter(text, file=self._file).tree)
        except ContentError as exc:
            raise self._too_odd() from exc
        # an empty list may be written as nothing, or in brackets: both mean the same
        if _nothing_for_empty(found) != _nothing_for_empty(expected):
            raise self._too_odd()
        return text

    def take(self, path: Path, index: int, *, value: Any) -> Entry:
        node = self._list(path)
        if node.flow:
            self._cut(node, index)
            return Entry(value=value)
        start, body, stop = self._extent(node, index)
        above = self._lines[start:body]
        kept = [line for line in above if not line.strip()]
        lines = [line for line in above if line.strip()] + self._lines[body:stop]
        width = node.start[1]
        comments = [line.strip() for line in above if line.strip()]
        comments += self._comments(node.items[index], body, stop)
        self._lines[start:stop] = kept
        return Entry(
            value=value,
            comments=tuple(comments),
            lines=tuple(line[width:] if not line[:width].strip() else line.lstrip(" ") for line in lines),
        )

    def delete(self, path: Path, index: int) -> None:
        node = self._list(path)
        if node.flow:
            self._cut(node, index)
            return
        _, body, stop = self._extent(node, index)
        # at the list's own indentation no block of text above can take them in
        comments = [
            " " * node.start[1] + line.lstrip(" ")
            for number, line in enumerate(self._lines[body:stop], start=body)
            if line.lstrip(" ").startswith("#") and not self._in_block(node.items[index], number)
        ]
        self._lines[body:stop] = comments

    def put(self, path: Path, index: int, entry: Entry) -> None:
        holder, key = self._at(path[:-1]), path[-1]
        node = holder.values.get(str(key)) if isinstance(holder, yamltree.Mapping) else None
        if isinstance(node, yamltree.Sequence) and node.items and not node.flow and entry.lines:
            at = self._extent(node, index)[0] if index < len(node.items) else self._extent(node, index - 1)[2]
            self._lines[at:at] = self._indented(entry, node.start[1])
        elif isinstance(holder, yamltree.Mapping) and not holder.flow and not _has_items(node) and entry.lines:
            self._fill(holder, str(key), node, entry)
        else:
            self.insert(path, index, entry.value)
            at = self._offset + (node or holder).start[0]
            width = len(self._lines[at]) - len(self._lines[at].lstrip(" "))
            self._lines[at:at] = [f"{' ' * width}{comment}{self._eol}" for comment in entry.comments]

    def replace(self, path: Path, value: Any) -> None:
        node = self._at(path)
        if node.start == node.end:
            raise self._too_odd()
        self._splice(node.start, node.end, yamlwrite.flow(value))

    def add(self, path: Path, key: str, value: Any) -> None:
        node = self._at(path)
        if not isinstance(node, yamltree.Mapping) or not node.values:
            raise self._too_odd()
        new = f"{yamlwrite.scalar(key)}: {yamlwrite.flow(value)}"
        if node.flow:
            last = list(node.values.values())[-1]
            self._splice(last.end, last.end, f", {new}")
        else:
            column = next(iter(node.keys.values())).start[1]
            self._add_lines(self._offset + node.end[0] + 1, [" " * column + new])

    def _indented(self, entry: Entry, width: int) -> list[str]:
        lines = [line.rstrip("\r\n") for line in entry.lines]
        return [(" " * width + line if line.strip() else line) + self._eol for line in lines]

    def _list(self, path: Path) -> yamltree.Sequence:
        node = self._at(path)
        if not isinstance(node, yamltree.Sequence):
            raise self._too_odd()
        return node

    def _extent(self, node: yamltree.Sequence, index: int) -> tuple[int, int, int]:
        """Return the lines of the file where an entry's comments begin, where it begins itself, and where it ends."""
        if index:
            start = body = self._stop_of(node, index - 1)
            while not self._lines[body].lstrip(" ").startswith("-"):
                body += 1
        else:
            start = body = self._offset + node.start[0]
            while self._lines[start - 1].lstrip(" ").startswith("#"):
                start -= 1
        if not self._lines[body].startswith(" " * node.start[1] + "-"):
            # a list inside a list: its first entry shares its line with another
            raise self._too_odd()
        return start, body, self._stop_of(node, index)

    def _stop_of(self, node: yamltree.Sequence, index: int) -> int:
        """Return the line behind an entry; comments below it that are indented further than its `-` are its own."""
        stop = line = self._offset + self._end_of(node.items[index]) + 1
        while not self._lines[line].strip() or self._lines[line].startswith(" " * (node.start[1] + 1)):
            line += 1
            if self._lines[line - 1].strip():
                stop = line
        return stop

    def _end_of(self, node: yamltree.Node) -> int:
        if isinstance(node, yamltree.Sequence) and not node.flow:
            return self._end_of(node.items[-1])
        if isinstance(node, yamltree.Scalar) and node.start == node.end:
            # the mark of an empty entry is where the next token begins
            raise self._too_odd()
        if isinstance(node, yamltree.Mapping) and not node.flow:
            last = list(node.values.values())[-1]
            return node.end[0] if isinstance(last, yamltree.Scalar) else self._end_of(last)
        return node.end[0]

    def _comments(self, node: yamltree.Node, body: int, stop: int) -> list[str]:
        """Return the comments in the lines of an entry, those behind a value included."""
        ends: dict[int, int] = {}
        for mark in _ends(node):
            ends[self._offset + mark[0]] = max(mark[1], ends.get(self._offset + mark[0], 0))
        found = []
        for line in range(body, stop):
            rest = self._lines[line][ends.get(line, 0) :].lstrip(" :,]}")
            if rest.startswith("#") and (line in ends or not self._in_block(node, line)):
                found.append(rest.rstrip())
        return found

    def _in_block(self, node: yamltree.Node, line: int) -> bool:
        """Say whether a line of the file is text of a block: what looks like a comment there is none."""
        if isinstance(node, yamltree.Mapping):
            return any(self._in_block(inner, line) for inner in node.values.values())
        if isinstance(node, yamltree.Sequence):
            return any(self._in_block(inner, line) for inner in node.items)
        return node.start[0] < line - self._offset <= node.end[0]

    def _cut(self, node: yamltree.Sequence, index: int) -> None:
        items = node.items
        if any("#" in line for line in self._lines[self._offset + node.start[0] : self._offset + node.end[0]]):
            raise self._too_odd()
        if len(items) == 1:
            self._splice(node.start, node.end, "[]")
        elif index < len(items) - 1:
            self._splice(items[index].start, items[index + 1].start, "")
        else:
            self._splice(items[index - 1].end, items[index].end, "")

    def _fill(self, holder: yamltree.Mapping, key: str, node: yamltree.Node | None, entry: Entry) -> None:
        """Write the first entry below its key, which is made when it is not there."""
        column = next(iter(holder.keys.values())).start[1] if holder.keys else 0
        lines = self._indented(entry, column + 2)
        if node is None:
            at = self._offset + holder.end[0] + 1 if column else self._stop
            self._lines[at:at] = [f"{' ' * column}{yamlwrite.scalar(key)}:{self._eol}", *lines]
            return
        name = holder.keys[key]
        at = self._offset + name.start[0] + 1
        self._lines[at:at] = lines
        if node.start != node.end:
            if node.start[0] != name.start[0]:
                raise self._too_odd()
            self._splice((name.end[0], name.end[1] + 1), node.end, "")
            line = self._offset + name.start[0]
            self._lines[line] = self._lines[line].rstrip() + self._eol


def _has_items(node: yamltree.Node | None) -> bool:
    return isinstance(node, yamltree.Sequence) and bool(node.items)


def _ends(node: yamltree.Node) -> Iterator[yamltree.Mark]:
    """Yield where each key and each value that is not empty ends."""
    if isinstance(node, yamltree.Mapping):
        for key, value in node.values.items():
            yield node.keys[key].end
            yield from _ends(value)
    elif isinstance(node, yamltree.Sequence):
        for item in node.items:
            yield from _ends(item)
    if node.start != node.end and (isinstance(node, yamltree.Scalar) or node.flow):
        yield node.end


def _nothing_for_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _nothing_for_empty(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_nothing_for_empty(inner) for inner in value] or None
    return value
