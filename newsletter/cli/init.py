"""`newsletter init`: begin a project."""

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import note, plural, say


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make, or . for this one.")],
    *,
    samples: Annotated[bool, typer.Option("--samples", help="Also an issue for each of the other templates.")] = False,
) -> None:
    """Begin a project: settings, templates, a sample issue and an inbox. Nothing that is there is overwritten.

    \b
    newsletter init weekly
    newsletter init weekly --samples
    """
    from newsletter.project import init_project

    result = init_project(folder, samples=samples)
    for name in result.kept:
        note(f"kept {folder / name}, which was there before")
    say(f"made {plural(len(result.created), 'file')} in {folder}")
    steps = [
        *([] if folder.resolve() == Path.cwd().resolve() else [f"cd {folder}"]),
        "newsletter preview first-light              # the sample issue in your browser",
        "newsletter article add FILE                 # a text becomes a record in issues/inbox/",
        "newsletter issue new NAME                   # your first own issue",
        "newsletter subscriber import subscribers.sample.csv --list weekly --consent-source samples",
        "newsletter send first-light --list weekly   # into the folder outbox/; nobody is mailed",
    ]
    note("Next, after a look into newsletter.toml:\n" + "\n".join(f"  {step}" for step in steps))
