"""A file in the person's own editor, again and again until it can be read."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from newsletter.cli.output import note
from newsletter.errors import NewsletterError, UsageError

Read = TypeVar("Read")


def edit_until_fine(path: Path, read: Callable[[], Read]) -> Read:
    """Open the file itself, so that nothing typed can be lost, and return what `read` makes of it afterwards.

    On a terminal it offers to go back into the editor as long as `read` raises NewsletterError; else that is raised.
    """
    command = _command()
    while True:
        try:
            done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - it is the person's own editor
        except OSError as exc:
            raise UsageError(
                f"the editor {command[0]!r} cannot be started: {(exc.strerror or str(exc)).lower()}",
                remedy=f"Set $EDITOR to one that can, or edit {path} by hand.",
            ) from exc
        if done.returncode:
            note(f"note: the editor left with code {done.returncode}")
        try:
            return read()
        except NewsletterError as error:
            if not sys.stdin.isatty():
                raise
            note(f"error: {error}")
            if not typer.confirm("Edit again?", default=True, err=True):
                raise


def _command() -> list[str]:
    """Return the person's editor with its options, as git and crontab find it."""
    for name in ("VISUAL", "EDITOR"):
        words = shlex.split(os.environ.get(name, ""))
        if words:
            return words
    for name in ("sensible-editor", "editor", "nano", "vi"):
        if shutil.which(name):
            return [name]
    raise UsageError("no editor is set", remedy="Set the environment variable EDITOR to yours, like EDITOR=nano.")
