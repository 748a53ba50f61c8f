"""`newsletter template new`: a template of one's own, begun with one that is there."""

import os
from typing import Annotated

import typer

from newsletter.cli.output import note, say


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: a-z, 0-9 and hyphens.")],
    like: Annotated[
        str,
        typer.Option(
            "--from", metavar="TEMPLATE", show_default=False, help="The one to copy; the newsletter's usual one."
        ),
    ] = "",
) -> None:
    """Make a template by copying one; change it file by file, and try it with `newsletter template check NAME`.

    What stands in templates/_shared is used from there by both and not copied.

    \b
    newsletter template new harbour --from weekly
    """
    from newsletter.project import Project
    from newsletter.project.duplication import new_template

    project = Project.open(context.obj, os.environ)
    made = new_template(project.root, name, like=like or project.settings.newsletter.template)
    for file in made.files:
        say(f"created {file}")
    if made.shared:
        note(f"It uses {', '.join(made.shared)} together with other templates; copy what you want to change.")
    note(f"Look at it with `newsletter template preview {name}`; issues use it by `template: {name}`.")
