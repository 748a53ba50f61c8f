"""The docs run: what comes from the code is up to date, and every command that a page shows exists."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from newsletter.cli import app

REPOSITORY = Path(__file__).parent.parent
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, REPOSITORY / "docs/generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def shown_commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`(newsletter [^`]+)`", text)
    return [
        part.split("  #")[0].strip()
        for line in [*lines, *inline]
        for part in line.split(" && ")
        if part.startswith("newsletter ")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_exists_with_its_options(page: Path) -> None:
    for line in shown_commands(page):
        words = shlex.split(line.replace("…", "").replace("[", "").replace("]", "").replace("|", " "))[1:]
        command: Any = typer.main.get_command(app)
        while words and getattr(command, "commands", None):
            while words and words[0].startswith("-"):
                words = words[2:] if words[0] in {"--project", "-p"} else words[1:]
            if not words or words[0].isupper():
                break
            assert words[0] in command.commands, f"{page.name}: {line}"
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            if word.startswith("--"):
                assert word in known | {"--help", "--json", "--project"}, f"{page.name}: {line}: {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]+`", "", page.read_text(encoding="utf-8"))  # a link in code is no link
    for target in re.findall(r"\]\((?!https?://|mailto:|#)([^)#]+)", text):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    found = [] if getattr(command, "commands", None) else [(path, command)]
    for name, child in getattr(command, "commands", {}).items():
        found += commands(child, (*path, name))
    return found


@pytest.mark.parametrize(
    ("path", "command"),
    commands(typer.main.get_command(app)),
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else "",
)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...], command: Any) -> None:
    assert f"newsletter {' '.join(path)}" in (command.help or "")


READING = {"list", "show", "check", "find", "history", "diff", "suggest", "status"}


def test_every_reading_command_can_speak_json() -> None:
    for path, command in commands(typer.main.get_command(app)):
        if path[-1] in READING:
            options = {option for parameter in command.params for option in parameter.opts}
            assert "--json" in options, path
