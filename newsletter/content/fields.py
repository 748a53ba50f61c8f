"""Front matter -> typed fields: each error with its line, unknown keys with the nearest known one."""

import datetime as dt
import difflib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from newsletter.content import yamltree
from newsletter.content.frontmatter import is_null
from newsletter.content.text import one_line
from newsletter.errors import ContentError
from newsletter.models import Place

_IMAGE_PATH = re.compile(r"images(?:/\w[\w.+-]*)+")


class Fields:
    """The keys of one mapping; `start` is where the front matter begins, `lines` has every key as `prefix` + key."""

    def __init__(
        self, tree: yamltree.Mapping, known: Sequence[str], *, of: str, start: Place, prefix: str = ""
    ) -> None:
        self._tree = tree
        self._file = start.file
        self._first_line = start.line or 1
        self._prefix = prefix
        self.lines: dict[str, int] = {}
        for key, name in tree.keys.items():
            self.lines[prefix + key] = self._first_line + name.start[0]
            if key not in known:
                near = difflib.get_close_matches(key.lower(), known, n=1, cutoff=0.5)
                hint = f"Did you mean `{near[0]}`? " if near else ""
                raise ContentError(
                    f"{of} has no key `{key[:60]}`",
                    place=self.place(key),
                    remedy=f"{hint}Known: {', '.join(known)}.",
                )

    def place(self, key: str) -> Place:
        """Where a key stands; the beginning of the mapping when it does not."""
        line = self.lines.get(self._prefix + key, self._first_line + self._tree.start[0])
        return Place(file=self._file, line=line)

    def node(self, key: str) -> yamltree.Node | None:
        """Return the value of a key; None when it is missing, empty or null."""
        node = self._tree.values.get(key)
        return None if node is None or is_null(node) else node

    def text(self, key: str) -> str:
        """Return a text of one line, white space folded; empty when there is none."""
        return one_line(self.lines_of_text(key))

    def lines_of_text(self, key: str) -> str:
        """Return a text that may have several lines, without white space around it."""
        node = self.node(key)
        if node is None:
            return ""
        if not isinstance(node, yamltree.Scalar):
            kind = "a list" if isinstance(node, yamltree.Sequence) else "a group of keys"
            raise ContentError(
                f"`{key}` is {kind}, it has to be text", place=self.place(key), remedy="Put quotation marks around it."
            )
        return node.value.strip(" \t\n")

    def required(self, key: str, of: str) -> str:
        """Return a text that has to be there."""
        text = self.text(key)
        if not text:
            raise ContentError(f"{of} has no {key}", place=self.place(key), remedy=f"Add a line like `{key}: …`.")
        return text

    def url(self, key: str) -> str:
        """Return an absolute http(s) address; empty when there is none."""
        text = self.text(key)
        if text:
            check_url(text, key, self.place(key))
        return text

    def date(self, key: str) -> dt.date | None:
        """Return a date written as 2026-11-27; a time behind it is left out."""
        text = self.text(key)
        if not text:
            return None
        try:
            return dt.datetime.fromisoformat(text).date()
        except ValueError as exc:
            raise ContentError(
                f"`{key}` is no date: {text[:60]!r}",
                place=self.place(key),
                remedy="Write it as year, month, day: 2026-11-27.",
            ) from exc

    def choice(self, key: str, known: Sequence[str]) -> str:
        """Return one of the known words, in any case; empty when there is none."""
        text = self.text(key)
        word = text.lower()
        if not text or word in known:
            return word
        near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        raise ContentError(
            f"`{key}` cannot be {text[:60]!r}", place=self.place(key), remedy=f"{hint}Known: {', '.join(known)}."
        )

    def number(self, key: str) -> int | None:
        """Return a whole number from 0 up."""
        text = self.text(key)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ContentError(
                f"`{key}` is no whole number: {text[:60]!r}", place=self.place(key), remedy="Write it like 12."
            )
        return int(text)

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of words, written as a list or with commas; each one once."""
        node = self.node(key)
        if isinstance(node, yamltree.Scalar):
            found = [one_line(part) for part in node.value.split(",")]
        else:
            found = [text for text, _ in self.items(key)]
        return tuple(dict.fromkeys(word for word in found if word))

    def items(self, key: str) -> list[tuple[str, int]]:
        """Return the texts of a list, each with its line in the file."""
        return [
            (self._item(key, node), self._first_line + node.start[0])
            for node in self.sequence(key)
            if not is_null(node)
        ]

    def sequence(self, key: str) -> tuple[yamltree.Node, ...]:
        """Return the values of a list; an empty tuple when it is missing or empty."""
        node = self.node(key)
        if node is None:
            return ()
        if not isinstance(node, yamltree.Sequence):
            raise ContentError(
                f"`{key}` is no list",
                place=self.place(key),
                remedy="Write each entry on a line of its own, behind `- `.",
            )
        return node.items

    def free(self, key: str) -> dict[str, Any]:
        """Return a mapping of any shape, its plain scalars read as YAML 1.2 does (numbers, true, false, null)."""
        node = self.node(key)
        if node is None:
            return {}
        if not isinstance(node, yamltree.Mapping):
            raise ContentError(
                f"`{key}` is no group of keys", place=self.place(key), remedy="Write keys below it, indented."
            )
        return {name: _typed(inner) for name, inner in node.values.items()}

    def texts(self, key: str) -> dict[str, str]:
        """Return a mapping of texts of one line, as they are typed."""
        node = self.node(key)
        if node is None:
            return {}
        if not isinstance(node, yamltree.Mapping):
            raise ContentError(
                f"`{key}` is no group of keys", place=self.place(key), remedy="Write keys below it, indented."
            )
        return {name: self._item(key, inner) for name, inner in node.values.items()}

    def _item(self, key: str, node: yamltree.Node) -> str:
        if isinstance(node, yamltree.Scalar):
            return one_line(node.value)
        raise ContentError(
            f"an entry of `{key}` is no text",
            place=Place(file=self._file, line=self._first_line + node.start[0]),
            remedy="Write one word or name behind each `- `.",
        )


def check_url(text: str, what: str, place: Place) -> None:
    """Refuse what is no absolute http(s) address (RFC 3986 §4.3).

    Raises ContentError naming the address.
    """
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine or re.search(r"[\s<>\"\\]", text):
        raise ContentError(
            f"`{what}` is no complete web address: {text[:120]!r}",
            place=place,
            remedy="Write it from https:// on, as the browser shows it.",
        )


def is_image_path(text: str) -> bool:
    """Say whether a picture's source is a path inside the issue's folder: `images/…`, no dots, no spaces."""
    return bool(_IMAGE_PATH.fullmatch(text))


def check_image_source(text: str, what: str, place: Place) -> None:
    """Refuse what is neither an http(s) address nor a path inside the issue's `images` folder."""
    if is_image_path(text):
        return
    if re.match(r"(?i)https?:", text):
        check_url(text, what, place)
        return
    raise ContentError(
        f"`{what}` is neither a web address nor a file of the issue: {text[:120]!r}",
        place=place,
        remedy="Put the picture into the issue's images folder and write images/name.jpg (letters, digits, - _ + .).",
    )


def _typed(node: yamltree.Node) -> Any:
    if isinstance(node, yamltree.Mapping):
        return {key: _typed(value) for key, value in node.values.items()}
    if isinstance(node, yamltree.Sequence):
        return [_typed(item) for item in node.items]
    return _typed_scalar(node)


def _typed_scalar(node: yamltree.Scalar) -> Any:
    text = node.value
    if node.style:
        return text
    if text in {"", "~", "null", "true", "false"}:
        return {"true": True, "false": False}.get(text)
    if re.fullmatch(r"-?(?:0|[1-9][0-9]{0,17})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,17}\.[0-9]{1,17}", text) else text
