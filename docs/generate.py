"""Write the pages that come from the code: the commands, the settings, the checks, what a template can name.

`python docs/generate.py` writes them; `--check` only says which are out of date, and leaves with 1 when one is.
"""

import dataclasses
import inspect
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import click
import typer
from pydantic import BaseModel
from typer.testing import CliRunner

from newsletter.checks import CHECKS
from newsletter.checks.base import HEALTHY, Example, Family
from newsletter.cli import app
from newsletter.config import ENV_PREFIX, Settings
from newsletter.content.article import KEYS
from newsletter.content.issue import KEYS as ISSUE_KEYS
from newsletter.content.issue import SECTION_KEYS
from newsletter.doctor.base import Topic
from newsletter.doctor.registry import ITEMS
from newsletter.models import Article, Image, Issue, Mailbox, Reader, Section, Subscriber
from newsletter.project.examination import TROUBLES
from newsletter.render.context import CONTEXT_TYPES
from newsletter.render.environment import FUNCTIONS

DOCS = Path(__file__).parent
EXAMPLE = 100
"""Characters of an example's value that a page shows."""
BEGIN, END = "<!-- generated: {} -->", "<!-- end of generated: {} -->"


def commands() -> str:
    """Every command with its help and options, as Typer knows them."""
    lines = ["# Commands", "", "Generated from the code: `python docs/generate.py`.", ""]
    root = typer.main.get_command(app)
    for path, command in walk(root, ("newsletter",)):
        context = click.Context(command, info_name=" ".join(path))
        lines += [f"## {' '.join(path)}", ""]
        lines += [*help_text(command), "", "```", context.get_usage(), "```", ""]
        records = (parameter.get_help_record(context) for parameter in command.params)
        rows = [record for record in records if record]
        if rows:
            lines += ["| option | meaning |", "|---|---|"]
            lines += [f"| `{cell(name)}` | {cell(text)} |" for name, text in rows]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with the words that call it."""
    yield path, command
    for name, child in sorted(getattr(command, "commands", {}).items()):
        yield from walk(child, (*path, name))


def help_text(command: Any) -> list[str]:
    """Return a command's help as Markdown; its example block as code."""
    lines: list[str] = []
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            lines += ["```", *paragraph.splitlines()[1:], "```", ""]
        else:
            lines += [" ".join(paragraph.split()), ""]
    return lines[:-1]


def cell(text: str) -> str:
    """Make a text fit into a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def configuration() -> str:
    """Every key of newsletter.toml with its default and meaning."""
    lines = [
        "# newsletter.toml",
        "",
        "Generated from the code: `python docs/generate.py`. An unknown key is an error.",
        "",
        f"Every key can be overridden from the environment: `{ENV_PREFIX}` and the path in capitals, two underscores",
        f"between its parts, like `{ENV_PREFIX}DELIVERY__TRANSPORT=ses`. There is no key for a secret: AWS credentials",
        f"come from the places where every AWS tool looks, the SMTP password from `{ENV_PREFIX}SMTP_PASSWORD`.",
        "",
    ]
    for path, model in tables(Settings, ()):
        lines += [f"## [{'.'.join(path)}]", "", f"{inspect.cleandoc(model.__doc__ or '')}", ""]
        lines += ["| key | default | meaning |", "|---|---|---|"]
        for name, field in model.model_fields.items():
            default = "" if field.default in (None, "") else f"`{field.default}`"
            lines.append(f"| `{name}` | {default} | {cell(field.description or '')} |")
        lines.append("")
    lines += ["## [templates.NAME]", "", *textwrap.wrap(Settings.model_fields["templates"].description or "", 118), ""]
    lines += ["```toml", "[templates.weekly]", 'accent = "#005f73"', "```"]
    return "\n".join(lines).rstrip() + "\n"


def tables(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Yield every table of the settings that holds keys."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if (
            get_origin(kind) is tuple
            and isinstance(get_args(kind)[0], type)
            and issubclass(get_args(kind)[0], BaseModel)
        ):
            yield (f"[{name}]",), get_args(kind)[0]  # an array of tables: [[feeds]]
            continue
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            continue
        inner = list(tables(kind, (*path, name)))
        if inner:
            yield from inner
        else:
            yield (*path, name), kind


def checks() -> str:
    """Return every check: a table to find it by, then a section each with its reason, source and two examples."""
    lines = []
    for family in Family:
        mine = [entry for entry in CHECKS if entry.family is family]
        if mine:
            lines += [f"### {family.value.capitalize()}", "", "| id | severity | what |", "|---|---|---|"]
            lines += [
                f"| [{entry.id}](#{entry.id.lower()}) | {entry.severity} | {cell(entry.title)} |" for entry in mine
            ]
            lines.append("")
    lines += ["## Every check", ""]
    for entry in CHECKS:
        lines += [f"### {entry.id}", "", f"**{cell(entry.title)}** ({entry.severity}, {entry.family.value})", ""]
        lines += [cell(entry.why), "", f"Source: {cell(entry.source)}", ""]
        lines += [f"- fires on {example_text(entry.bad)}"]
        lines += [f"- not on {example_text(entry.good)}" if entry.good != HEALTHY else "- not on the healthy issue"]
        lines.append("")
    return "\n".join(lines).rstrip()


def example_text(example: Example) -> str:
    """Return an example of a check in one line: its own words, or the fields it changes."""
    if example.about:
        return f"{example.about}"
    parts = [f"`{key}: {shown_value(value)}`" for key, value in (*example.issue.items(), *example.article.items())]
    parts += [f"`newsletter.{key}: {shown_value(value)}`" for key, value in example.newsletter.items()]
    parts += [f"`{name}` with `{shown_value(text)}`" for name, text in example.files.items()]
    parts += [f"`{shown_value(new)}` for `{shown_value(old)}`" for old, new in example.html_edits + example.text_edits]
    if example.html:
        parts.append(f"`{shown_value(example.html)}`")
    return ", ".join(parts)


def shown_value(value: Any) -> str:
    """Return a value of an example as it would stand in a file, in one line."""
    if isinstance(value, Image | Mailbox):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return "{" + ", ".join(f"{name}: {inner}" for name, inner in fields if inner) + "}"
    if isinstance(value, tuple):
        return ", ".join(shown_value(inner) for inner in value)
    if isinstance(value, Section):
        return f"{value.title} [{', '.join(value.articles)}]"
    text = str(value).replace("\n", " ⏎ ").replace("`", "'")
    hidden = re.sub(r"[\u200b\u00ad\u202e\ufeff]", lambda match: f"<U+{ord(match[0]):04X}>", text)
    return hidden if len(hidden) <= EXAMPLE else f"{hidden[:EXAMPLE]}…"


def bad_issue() -> str:
    """Return what `newsletter check` prints of the issue that the tests keep for it, in a project made for it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        for name in ("templates", "issues"):
            shutil.copytree(DOCS.parent / name, root / name)
        shutil.copytree(DOCS.parent / "tests/checks/bad-issue", root / "issues/bad-issue")
        settings = (DOCS.parent / "newsletter.toml").read_text(encoding="utf-8")
        (root / "newsletter.toml").write_text(f'{settings}\n[checks]\nnames = ["Ines Okafor"]\n', encoding="utf-8")
        done = CliRunner().invoke(app, ["--project", str(root), "check", "bad-issue"])
        if not done.stdout:
            raise RuntimeError("`newsletter check` printed nothing of the bad issue") from done.exception
    return f"```\n$ newsletter check bad-issue\n{done.stdout.strip()}\n```"


def doctor() -> str:
    """Every item of the doctor with its id, by topic."""
    lines: list[str] = []
    for topic in Topic:
        lines += [f"### {topic.value}", "", "| id | what | where the rule comes from |", "|---|---|---|"]
        lines += [f"| {item.id} | {cell(item.title)} | {cell(item.source)} |" for item in ITEMS if item.topic is topic]
        lines.append("")
    return "\n".join(lines).rstrip()


def template_context() -> str:
    """Return what `{{ }}` can name, from the dataclasses that are handed to templates."""
    lines: list[str] = []
    for kind in CONTEXT_TYPES:
        title = kind.__name__.removesuffix("Context").lower()
        lines += ["At the top:" if title == "template" else f"`{title}`:", ""]
        lines += [f"- `{field.name}`: {field.metadata['about']}" for field in dataclasses.fields(kind)]
        lines.append("")
    lines.append(f"Functions: {', '.join(f'`{name}`' for name in FUNCTIONS)}.")
    return "\n".join(lines)


def template_checks() -> str:
    """Return what `newsletter template check` can find."""
    lines = ["| id | severity | what |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {it.id} | {it.severity} | {cell(it.title)} |" for it in TROUBLES)])


def reader_context() -> str:
    """Return what `[[ ]]` can name."""
    subscriber = [field.name for field in dataclasses.fields(Subscriber)] + ["first_name"]
    lines = [f"- `{field.name}`" for field in dataclasses.fields(Reader)]
    lines[0] += ": " + ", ".join(f"`subscriber.{name}`" for name in subscriber)
    lines[-1] += ": `mailing.id`, `mailing.issue`"
    return "\n".join(lines)


def records() -> str:
    """Return the fields of a record, in the order in which they are written, from the models."""
    fields = {field.name: field for kind in (Article, Image) for field in dataclasses.fields(kind)}
    kinds = {
        "image": "group",
        "tags": "list",
        "ignore": "list",
        "status": "word",
        "evidence": "group",
        "extra": "group",
    }
    rows = []
    for key in (*KEYS, "body"):
        field = fields[key]
        kind = kinds.get(key) or ("date" if "date" in str(field.type) else "text")
        rows.append((key, kind, field))
        if key == "image":
            rows += [(f"image.{inner.name}", "text", inner) for inner in dataclasses.fields(Image)]
    return field_table(rows)


def issues() -> str:
    """Return the fields of an issue.md and of one of its sections, in the order in which they are written."""
    kinds = {
        "number": "number",
        "date": "date",
        "parameters": "group",
        "ignore": "list",
        "sections": "list",
        "sections.articles": "list",
    }
    rows = []
    parts = (("", Issue, ISSUE_KEYS), ("sections.", Section, SECTION_KEYS), ("", Issue, ("introduction",)))
    for prefix, model, keys in parts:
        fields = {field.name: field for field in dataclasses.fields(model)}
        rows += [(f"{prefix}{key}", kinds.get(f"{prefix}{key}", "text"), fields[key]) for key in keys]
    return field_table(rows)


def field_table(rows: Iterable[tuple[str, str, dataclasses.Field[Any]]]) -> str:
    """Return a table of fields: name, type and the meaning that stands beside the model."""
    lines = ["| field | type | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {cell(field.metadata['about'])} |" for name, kind, field in rows]
    return "\n".join(lines)


def fill(page: str, name: str, text: str) -> str:
    """Put generated text between its two markers in a page that is otherwise written by hand."""
    begin, end = BEGIN.format(name), END.format(name)
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def page_of(name: str) -> str:
    """Read a page as it is."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def pages() -> dict[Path, str]:
    """Return every generated page with the text it should have."""
    templates = (DOCS / "templates.md").read_text(encoding="utf-8")
    for name, text in (
        ("template context", template_context()),
        ("reader context", reader_context()),
        ("template checks", template_checks()),
    ):
        templates = fill(templates, name, text)
    return {
        DOCS / "cli.md": commands(),
        DOCS / "configuration.md": configuration(),
        DOCS / "checks.md": fill(fill(page_of("checks"), "bad issue", bad_issue()), "checks", checks()),
        DOCS / "doctor.md": fill((DOCS / "doctor.md").read_text(encoding="utf-8"), "items", doctor()),
        DOCS / "templates.md": templates,
        DOCS / "articles.md": fill((DOCS / "articles.md").read_text(encoding="utf-8"), "records", records()),
        DOCS / "issues.md": fill((DOCS / "issues.md").read_text(encoding="utf-8"), "issues", issues()),
    }


def main() -> int:
    """Write the pages, or with --check compare them."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(DOCS.parent)} is out of date: python docs/generate.py")
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
